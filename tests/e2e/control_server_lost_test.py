"""The control server gone, silent, or back again: services go on, and nothing passes for a pass."""

import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import harness
from harness import TUTORIAL


class Relay:
    """To a port of loopback, until a file is there: then whoever is connected loses it."""

    def __init__(self, port, end):
        self.end = end
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.to = ("127.0.0.1", port)
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def close(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def is_over(self):
        return self.over.is_set() or self.end.exists()

    def accept(self):
        with self.listener:
            while not self.is_over():
                if select.select([self.listener], [], [], 0.05)[0]:
                    client = self.listener.accept()[0]
                    self.threads.append(threading.Thread(target=self.serve, args=(client,)))
                    self.threads[-1].start()

    def serve(self, client):
        with client, socket.create_connection(self.to) as server:
            other = {client: server, server: client}
            while not self.is_over():
                for ready in select.select(list(other), [], [], 0.05)[0]:
                    data = ready.recv(65536)
                    if not data or self.is_over():
                        return
                    other[ready].sendall(data)


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

    def test_a_run_in_which_a_service_loses_its_control_server_is_no_pass(self):
        control_server = self.port()
        first_is_over = self.dir / "first-is-over"
        relay = Relay(control_server, first_is_over)
        self.addCleanup(relay.close)
        foo = self.script("foo", "#!/bin/sh\nFILIBUSTER_URL=http://127.0.0.1:%d exec %s\n"
                          % (relay.port, TUTORIAL / "bin/foo_fixed"))
        test = self.script("test", "#!/bin/sh\n%s || exit 1\ntouch %s\n"
                           % (TUTORIAL / "bin/test_foo_bar_baz", first_is_over))
        run = self.run_tool("filibuster", "--port", control_server, "--functional-test", test,
                            "--application", self.tutorial(foo=foo), "--baseline-runs", "1",
                            "--report", "report.json", expect=2)
        self.assertIn("not delivered", run.output)
        log = (self.dir / ".filibuster/logs/foo.log").read_text()
        self.assertIn("cannot be reached", log)
        self.assertGreater(self.report()["executions"]["undelivered"], 0)
        self.assertEqual(self.report()["executions"]["failed"], 0)

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
