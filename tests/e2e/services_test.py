"""filibuster-services, as a user calls it."""

import json
import signal
import subprocess
import time

import harness
from harness import BUILD


class ServicesTest(harness.E2ETest):
    def services(self, command, *arguments, **kwargs):
        return self.run_tool("filibuster-services", command, "--application", "application.json",
                             *arguments, **kwargs)

    def test_start_status_stop_and_all_of_it_again(self):
        self.tutorial()
        self.addCleanup(self.services, "stop")
        for _ in range(2):
            self.assertEqual(self.services("status", expect=1).output.count(" down\n"), 3)
            self.assertEqual(self.services("start", expect=0).output.count(": started (pid "), 3)
            self.assertEqual(self.services("start", expect=0).output.count(": runs already (pid "), 3)
            self.assertEqual(self.services("status", expect=0).output.count(" healthy\n"), 3)
            self.assertEqual(self.services("stop", expect=0).output.count(": stopped\n"), 3)
            self.assertEqual(self.services("stop", expect=0).output.count(": did not run\n"), 3)
        self.assertEqual(
            sorted(path.name for path in (self.dir / ".filibuster/logs").iterdir()),
            ["bar.log", "baz.log", "foo.log"],
        )

    def test_a_service_that_dies_while_starting_is_named_with_its_log(self):
        self.tutorial(bar=["/bin/sh", "-c", "echo no license; kill -KILL $$"])
        run = self.services("start", expect=2)
        self.assertIn("service bar: it ended while starting: signal 9 (SIGKILL, Killed)", run.output)
        self.assertIn("no license", run.output)
        self.assertEqual(self.services("status", expect=1).output.count(" down\n"), 3)

    def test_ctrl_c_while_starting_ends_what_was_started(self):
        self.tutorial(bar=["sleep", "1000"])
        process = subprocess.Popen(
            [str(BUILD / "bin/filibuster-services"), "start"], cwd=self.dir,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + harness.TIMEOUT
        while " healthy\n" not in self.services("status").output:
            self.assertLess(time.monotonic(), deadline)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=harness.TIMEOUT), 130)
        self.assertEqual(self.services("status", expect=1).output.count(" down\n"), 3)

    def test_two_runs_do_not_share_services(self):
        self.tutorial()
        test = self.script("test", "#!/bin/sh\ntouch running\nuntil [ -e go ]; do sleep 0.05; done\n")
        first = subprocess.Popen(
            [str(BUILD / "bin/filibuster"), "--port", "0", "--functional-test", str(test),
             "--application", "application.json", "--only-initial-execution"],
            cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(first.wait)
        self.addCleanup(first.terminate)
        deadline = time.monotonic() + harness.TIMEOUT
        while not (self.dir / "running").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        for run in (self.filibuster("--application", "application.json", expect=2),
                    self.services("start", expect=2)):
            self.assertIn("service foo: process %d, another run, has started it" % first.pid, run.output)
        self.write("go", "")
        self.assertEqual(first.wait(timeout=harness.TIMEOUT), 0)
        self.assertEqual(self.services("status", expect=1).output.count(" down\n"), 3)

    def test_a_service_that_is_instrumented_in_its_sources_may_be_preloaded_too(self):
        application = json.loads(self.tutorial(LD_PRELOAD=harness.SANITIZER_RUNTIME).read_text())
        for service in application["services"]:
            if service["name"] != "bar":
                service["inject"] = "preload"
        self.write("application.json", application)
        self.filibuster("--application", "application.json", "--report", "report.json", expect=1)
        self.assertEqual(self.report()["executions"]["run"], 10)
        self.assertIn("instrumented twice", (self.dir / ".filibuster/logs/foo.log").read_text())
        self.assertNotIn("instrumented twice", (self.dir / ".filibuster/logs/bar.log").read_text())

    def test_mistakes(self):
        self.assertIn("cannot read", self.services("start", expect=2).output)
        self.tutorial()
        self.assertIn("start, stop or status", self.run_tool("filibuster-services", expect=2).output)
        self.write("a-file", "")
        run = self.services("start", "--state-dir", "a-file", expect=2)
        self.assertIn("choose --state-dir", run.output)


if __name__ == "__main__":
    harness.main()
