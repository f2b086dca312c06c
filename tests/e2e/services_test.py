"""filibuster-services, as a user calls it."""

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

    def test_mistakes(self):
        self.assertIn("cannot read", self.services("start", expect=2).output)
        self.tutorial()
        self.assertIn("start, stop or status", self.run_tool("filibuster-services", expect=2).output)
        self.write("a-file", "")
        run = self.services("start", "--state-dir", "a-file", expect=2)
        self.assertIn("choose --state-dir", run.output)


if __name__ == "__main__":
    harness.main()
