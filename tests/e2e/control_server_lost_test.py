"""The control server gone, silent, or back again: services go on, and nothing passes for a pass."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

import harness
from harness import TUTORIAL


class ControlServerLostTest(harness.E2ETest):
    def start(self, service, url=None):
        env = dict(os.environ)
        env.pop("FILIBUSTER_URL", None)
        for name, port in self.ports.items():
            env[name.upper() + "_PORT"] = str(port)
            env[name.upper() + "_URL"] = "http://127.0.0.1:%d" % port
        if url:
            env["FILIBUSTER_URL"] = url
        log = open(self.dir / (service + ".log"), "w")
        self.addCleanup(log.close)
        process = subprocess.Popen([str(TUTORIAL / "bin" / service)], env=env, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.send_signal, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url(service, "/health-check")).close()
                return
            except OSError:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)

    def url(self, service, path):
        return "http://127.0.0.1:%d%s" % (self.ports[service], path)

    def ask_foo(self):
        begin = time.monotonic()
        with urllib.request.urlopen(self.url("foo", "/foo/bar/baz")) as answer:
            self.assertEqual(answer.read(), b"foo bar baz")
        return time.monotonic() - begin

    def start_all(self, url):
        self.tutorial()
        self.start("baz")
        self.start("bar")
        self.start("foo", url)

    def log(self):
        return (self.dir / "foo.log").read_text()

    def test_a_service_without_its_control_server_answers_as_ever(self):
        self.start_all("http://127.0.0.1:%d" % self.port())
        for _ in range(3):
            self.ask_foo()
        self.assertEqual(self.log().count("cannot be reached: Connection refused"), 1)

    def test_a_control_server_that_is_silent_costs_a_bounded_wait_once(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(16)
            self.start_all("http://127.0.0.1:%d" % silent.getsockname()[1])
            self.assertGreater(self.ask_foo(), 4)  # the patience of docs/formats/protocol.md
            # Left alone for a second, in which a busy machine may not come to ask again: then the
            # next wait is followed by another second.
            self.assertLess(min(self.ask_foo() for _ in range(5)), 4)
        self.assertIn("cannot be reached: no answer in time", self.log())

    def test_a_service_takes_part_again_when_its_control_server_is_back(self):
        application = self.tutorial()
        port = self.port()
        self.start("baz")
        self.start("bar")
        self.start("foo", "http://127.0.0.1:%d" % port)
        self.ask_foo()
        # Those of another run: foo, which runs already, is left alone.
        run = self.run_tool("filibuster", "--port", port, "--functional-test",
                            TUTORIAL / "bin/test_foo_bar_baz", "--application", application,
                            "--only-initial-execution", "--report", "report.json", expect=0)
        (execution,) = self.report()["test_executions"]
        self.assertEqual([call["service"] for call in execution["calls"]], ["foo"], run.output)

    def test_an_assertion_that_cannot_ask_is_infrastructure_and_no_verdict(self):
        nowhere = "http://127.0.0.1:%d" % self.port()
        test = self.script("test", "#!/bin/sh\nFILIBUSTER_URL=%s exec %s\n"
                           % (nowhere, TUTORIAL / "bin/test_foo_bar_baz"))
        run = self.filibuster("--application", self.tutorial(), functional_test=test, expect=2)
        self.assertRegex(run.output, re.escape(
            "infrastructure: control server %s cannot be reached" % nowhere))
        self.assertNotIn("counterexample file written", run.output)


if __name__ == "__main__":
    harness.main()
