"""A counterexample in a service by itself: without runner and without control server."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

import harness
from harness import BUILD, TUTORIAL

SANITIZER = os.environ.get("FILIBUSTER_SANITIZER_RUNTIME", "")


class ReplayTest(harness.E2ETest):
    def start(self, service, command, **environment):
        """Starts a service of the tutorial and waits until it answers."""
        env = dict(os.environ)
        env.pop("FILIBUSTER_URL", None)
        for name, port in self.ports.items():
            env[name.upper() + "_PORT"] = str(port)
            env[name.upper() + "_URL"] = "http://127.0.0.1:%d" % port
        env.update(environment)
        log = open(self.dir / (service + ".log"), "w")
        self.addCleanup(log.close)
        process = subprocess.Popen(command, env=env, stderr=log, stdout=log, cwd=self.dir)
        self.addCleanup(process.wait)
        self.addCleanup(process.send_signal, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url(service, "/health-check")).close()
                return process
            except OSError:
                self.assertIsNone(process.poll())
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)

    def url(self, service, path):
        return "http://127.0.0.1:%d%s" % (self.ports[service], path)

    def get(self, service, path):
        try:
            with urllib.request.urlopen(self.url(service, path)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def log(self, service):
        return (self.dir / (service + ".log")).read_text()

    def bin(self, name):
        return [str(TUTORIAL / "bin" / name)]

    def find_the_bug(self):
        self.filibuster("--application", self.tutorial(), expect=1)

    def test_the_tutorials_bug_shows_in_foo_alone_while_bar_runs_as_ever(self):
        self.find_the_bug()
        for service in ("baz", "bar"):
            self.start(service, self.bin(service))
        self.start("foo", self.bin("foo"), FILIBUSTER_COUNTEREXAMPLE="counterexample.json")
        path = "/foo/bar/baz"
        status, body = self.get("foo", path)
        self.assertEqual(status, 500)
        self.assertIn("Connection", body)
        self.assertRegex(self.log("foo"),
                         r"\[FILIBUSTER\] \[NOTICE\]: counterexample\.json: foo -> bar "
                         r"\(common/http_client\.cc:\d+\): httplib::Error::Connection\n")
        # The file's fault is that of the first call: the next is as ever.
        self.assertEqual(self.get("foo", path), (200, "foo bar baz"))
        # The functional test can be told of the same file.
        self.start("foo_again", self.bin("foo"), **self.moved(
            "foo_again", FILIBUSTER_COUNTEREXAMPLE="counterexample.json"))
        test = subprocess.run(self.bin("test_foo_bar_baz"), cwd=self.dir, capture_output=True,
                              text=True, env=dict(os.environ,
                                                  FOO_URL=self.url("foo_again", ""),
                                                  FILIBUSTER_COUNTEREXAMPLE="counterexample.json"))
        self.assertEqual(test.returncode, 1)
        self.assertIn("does not hold: under a fault, the status is 503 or 404", test.stderr)

    def moved(self, name, **environment):
        """Another foo, on a port of its own."""
        self.ports[name] = self.port()
        return dict(environment, FOO_PORT=str(self.ports[name]))

    def test_a_fault_behind_another_service_is_found_through_both(self):
        self.tutorial()
        index = {}
        self.filibuster("--application", self.tutorial(), "--keep-going", "--report",
                        "report.json", expect=1)
        for execution in self.report()["test_executions"]:
            for fault in execution["faults"]:
                if fault["service"] == "bar" and len(execution["faults"]) == 1:
                    index = fault
        self.write("behind.json", {"schema_version": 1, "functional_test": "", "faults": [{
            "service": "bar", "target_service": "baz", "module": "httplib", "method": "Get",
            "args": ["%d/baz" % self.ports["baz"]], "execution_index": index["execution_index"],
            "failure_metadata": {"return_value": {"status_code": "503"}}}]})
        self.start("baz", self.bin("baz"))
        for service in ("bar", "foo"):
            self.start(service, self.bin(service), FILIBUSTER_COUNTEREXAMPLE="behind.json")
        self.assertEqual(self.get("foo", "/foo/bar/baz")[0], 503)
        self.assertIn("bar -> baz", self.log("bar"))
        self.assertEqual(self.log("foo").count("NOTICE"), 0)

    def test_a_service_without_a_readable_counterexample_says_so_and_runs_as_ever(self):
        self.tutorial()
        self.write("analysis.json", {"cpp.httplib": {"pattern": ".*", "exceptions": []}})
        for service in ("baz", "bar"):
            self.start(service, self.bin(service))
        for file, reason in (("nowhere.json", "cannot be read: No such file or directory"),
                             ("analysis.json", "this is no counterexample")):
            self.start("foo_" + file, self.bin("foo"), **self.moved(
                "foo_" + file, FILIBUSTER_COUNTEREXAMPLE=file))
            self.assertEqual(self.get("foo_" + file, "/foo/bar/baz"), (200, "foo bar baz"))
            log = self.log("foo_" + file)
            self.assertIn("[FILIBUSTER] [WARNING]: FILIBUSTER_COUNTEREXAMPLE: %s: " % file, log)
            self.assertIn(reason + "; no fault will be injected", log)

    def test_a_service_that_nobody_has_changed_replays_by_preload(self):
        self.tutorial()
        ports = {"front": self.port(), "back": self.port()}
        self.ports = ports
        service = str(BUILD / "bin/poco_service")
        self.write("by_hand.json", {"faults": [{
            "service": "front", "module": "poco", "method": "GET",
            "args": ["%d/" % ports["back"]], "execution_index": "[[\"elsewhere\", 1]]",
            "forced_exception": {"name": "Poco::Net::ConnectionRefusedException",
                                 "metadata": {}}}]})
        self.start("back", [service, str(ports["back"])])
        inject = [str(BUILD / "bin/filibuster-inject"), "--service-name", "front", "--"]
        self.start("front", inject + [service, str(ports["front"]), str(ports["back"])],
                   LD_PRELOAD=SANITIZER, FILIBUSTER_COUNTEREXAMPLE="by_hand.json")
        self.assertEqual(self.get("front", "/")[0], 502)
        self.assertIn("Poco::Net::ConnectionRefusedException", self.log("front"))
        self.assertEqual(self.get("front", "/")[0], 200)


if __name__ == "__main__":
    harness.main()
