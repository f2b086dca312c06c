"""filibuster-loadgen on the tutorial: load under a counterexample's fault."""

import json
import os
import signal
import socket
import subprocess
import time

import harness
from harness import BUILD, TUTORIAL
from terminal_test import Terminal, drawn


class LoadgenTest(harness.E2ETest):
    def setUp(self):
        super().setUp()
        self.find_counterexample()

    def find_counterexample(self):
        """foo -> bar: httplib::Error::Connection, which foo takes for nothing it knows: 500."""
        self.write("connection.json", {"cpp.httplib": {
            "pattern": "httplib\\.Get", "exceptions": [{"name": "httplib::Error::Connection"}]}})
        self.filibuster("--application", self.tutorial(), "--analysis-file", "connection.json",
                        expect=1)
        (fault,) = self.report("counterexample.json")["faults"]
        self.assertEqual((fault["service"], fault["target_service"]), ("foo", "bar"))

    def arguments(self, concurrency, num_requests):
        return ("--counterexample-file", "counterexample.json", "--report", "load.json",
                "--concurrency", concurrency, "--num-requests", num_requests)

    def load(self, *more, foo="foo_fixed", test=TUTORIAL / "bin/test_foo_bar_baz", concurrency=4,
             num_requests=5, expect=0, **kwargs):
        run = self.run_tool("filibuster-loadgen", "--port", "0", "--functional-test", test,
                            "--application", self.tutorial(foo=foo),
                            *self.arguments(concurrency, num_requests), *more,
                            environment=self.preload(), expect=expect, **kwargs)
        return run, self.report("load.json") if expect < 2 else None

    def preload(self):
        # The functional test is instrumented by the sanitizer, whose runtime has to be the first.
        return {"LD_PRELOAD": harness.SANITIZER_RUNTIME} if harness.SANITIZER_RUNTIME else {}

    def test_each_request_has_the_fault_and_fails_by_it(self):
        run, report = self.load(foo="foo", expect=1)
        self.assertEqual((report["requests"], report["passed"], report["failed"]), (20, 0, 20))
        self.assertEqual(report["failures"], {"exit code 1": 20})
        self.assertEqual(report["failure_rate"], 1)
        self.assertEqual([fault["injected"] for fault in report["faults"]], [20])
        self.assertIn("foo -> bar", report["faults"][0]["fault"])
        self.assertIn("does not hold: under a fault, the status is 503 or 404", run.output)
        self.assertRegex(run.output, r"failed +20 +100.0 %")

    def test_no_request_fails_once_the_bug_is_fixed(self):
        run, report = self.load()
        self.assertEqual((report["requests"], report["failed"]), (20, 0))
        self.assertEqual([fault["injected"] for fault in report["faults"]], [20])
        latencies = list(report["latency_ms"].values())
        self.assertEqual(list(report["latency_ms"]),
                         ["p0", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "max"])
        self.assertEqual(latencies, sorted(latencies))
        self.assertGreater(latencies[0], 0)
        self.assertRegex(run.output, r"requests +20 +4 at a time")

    def test_a_retry_is_the_second_call_of_its_request_whatever_runs_beside_it(self):
        self.explore("curl-retry", "test_orders", expect=1)
        self.assertEqual(len(self.report("counterexample.json")["faults"]), 2)
        run = self.run_tool(
            "filibuster-loadgen", "--port", "0", "--functional-test",
            BUILD / "examples/curl-retry/bin/test_orders", "--application", "application.json",
            *self.arguments(4, 5), environment=dict(self.urls, **self.preload()), expect=1)
        report = self.report("load.json")
        self.assertEqual(report["failures"], {"exit code 1": 20}, run.output)
        self.assertEqual([fault["injected"] for fault in report["faults"]], [20, 20])

    def test_a_fault_of_a_later_request_is_not_taken_for_one_of_the_first(self):
        test = self.script("test.sh", "#!/bin/sh\n%s\n%s\n" % (
            (TUTORIAL / "bin/test_foo_bar_baz",) * 2))
        counterexample = self.report("counterexample.json")
        del counterexample["TestExecution"]
        (fault,) = counterexample["faults"]
        (entry,) = json.loads(fault["execution_index"])
        fault["execution_index"] = json.dumps([[entry[0], 2]])
        fault["occurrence"] = 2
        self.write("counterexample.json", counterexample)
        run, _ = self.load(test=test, expect=2)
        self.assertIn("no call of the load got this fault: foo -> bar", run.output)

    def test_a_request_that_takes_too_long_has_failed(self):
        _, report = self.load("--max-request-latency-for-failure", "0.001", expect=1)
        self.assertEqual(report["failures"], {"took 0.001 s or longer": 20})
        self.assertEqual(report["max_request_latency_for_failure"], 0.001)

    def test_load_stays_on_the_addresses_of_the_application(self):
        with socket.socket() as elsewhere:
            elsewhere.bind(("127.0.0.1", 0))
            elsewhere.listen()
            elsewhere.settimeout(0)
            test = self.script("test.sh", """#!/bin/sh
                python3 -c 'import socket; socket.create_connection(("127.0.0.1", %d))' && exit 0
                python3 -c 'import socket; socket.create_connection(("192.0.2.1", 80))' && exit 0
                exec %s
                """ % (elsewhere.getsockname()[1], TUTORIAL / "bin/test_foo_bar_baz"))
            run, report = self.load(test=test, foo="foo", concurrency=2, num_requests=1, expect=1)
            self.assertRaises(BlockingIOError, elsewhere.accept)
        # It got as far as to the test itself, which may go where the application is.
        self.assertEqual([fault["injected"] for fault in report["faults"]], [2])
        self.assertIn("no connection to 127.0.0.1, port %d: load stays on the addresses"
                      % elsewhere_port(run.output), run.output)
        self.assertIn("no connection to 192.0.2.1, port 80", run.output)

    def test_without_an_application_load_stays_on_loopback(self):
        test = self.script("test.sh", """#!/bin/sh
            python3 -c 'import socket; socket.create_connection(("192.0.2.1", 80))'
            """)
        run = self.run_tool("filibuster-loadgen", "--port", "0", "--functional-test", test,
                            *self.arguments(1, 1), environment=self.preload(), expect=2)
        self.assertIn("no connection to 192.0.2.1, port 80", run.output)

    def test_a_fault_that_cannot_be_delivered_ends_it_before_the_load(self):
        run, _ = self.load(test="true", expect=2)
        self.assertIn("a fault of the counterexample was not delivered", run.output)
        self.assertFalse((self.dir / "load.json").exists())

    def test_a_service_that_dies_under_load_is_a_failure(self):
        # The replay before the load is the first request.
        application = self.tutorial(bar=["/bin/sh", "-c", "exec " + str(TUTORIAL / "bin/bar")])
        test = self.script("test.sh", """#!/bin/sh
            %s
            if test -e replayed; then
              read pid < pid
              kill -9 $pid
              while test -e /proc/$pid && ! grep -q 'State:.Z' /proc/$pid/status; do :; done
            fi
            touch replayed
            exit 0
            """ % (TUTORIAL / "bin/test_foo_bar_baz"))
        content = application.read_text().replace("exec ", "echo $$ > pid; exec ")
        application.write_text(content)
        run = self.run_tool("filibuster-loadgen", "--port", "0", "--functional-test", test,
                            "--application", application, *self.arguments(1, 1),
                            environment=self.preload(), expect=1)
        self.assertIn("service bar died: signal 9 (SIGKILL, Killed)", run.output)
        self.assertEqual(self.report("load.json")["broken_services"],
                         ["bar died: signal 9 (SIGKILL, Killed)"])

    def test_ctrl_c_ends_the_load_and_keeps_the_numbers_until_then(self):
        application = self.tutorial(foo="foo_fixed")
        test = self.script("test.sh", """#!/bin/sh
            echo run >> runs
            test $(wc -l < runs) -gt 3 && sleep 1000
            exec %s
            """ % (TUTORIAL / "bin/test_foo_bar_baz"))
        command = [str(BUILD / "bin/filibuster-loadgen"), "--port", "0", "--functional-test", test,
                   "--application", application, *self.arguments(1, 10)]
        process = subprocess.Popen(
            list(map(str, command)), cwd=self.dir, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=dict(os.environ, FOO_URL=self.foo_url, **self.preload()))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + harness.TIMEOUT
        runs = self.dir / "runs"
        while not runs.exists() or runs.read_text().count("run") < 4:
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=harness.TIMEOUT), 130)
        report = self.report("load.json")
        # Two of the three that ended were the replay: on other ports, the call had to be found first.
        self.assertEqual((report["requests"], report["interrupted"]), (1, True))
        for port in self.ports.values():
            with socket.socket() as client:
                self.assertNotEqual(client.connect_ex(("127.0.0.1", port)), 0)

    def test_a_terminal_shows_how_far_it_is(self):
        application = self.tutorial(foo="foo_fixed")
        terminal = Terminal(self, "--functional-test", TUTORIAL / "bin/test_foo_bar_baz",
                            "--application", application, *self.arguments(2, 200),
                            program="filibuster-loadgen", **self.preload())
        lines = drawn(terminal.finish(expect=0))
        self.assertTrue(lines, terminal.output)
        self.assertIn("2 at a time", lines[-1])


def elsewhere_port(output):
    return int(output.split("no connection to 127.0.0.1, port ")[1].split(":")[0])


class LoadgenInputTest(harness.E2ETest):
    def refused(self, *arguments):
        return self.run_tool("filibuster-loadgen", "--port", "0", *arguments, expect=2).output

    def test_options_that_are_missing_or_out_of_range(self):
        required = {"--functional-test": "true", "--counterexample-file": "counterexample.json",
                    "--concurrency": "2", "--num-requests": "2"}
        for missing in required:
            given = [word for option, value in required.items() if option != missing
                     for word in (option, value)]
            self.assertIn(missing, self.refused(*given))
        for option, value, expected in [
            ("--concurrency", "0", "not in range 1 to 1000"),
            ("--concurrency", "100000", "not in range 1 to 1000"),
            ("--num-requests", "0", "found 0, expected a whole number from 1"),
            ("--max-request-latency-for-failure", "-1", "found -1, expected seconds"),
        ]:
            given = [word for pair in dict(required, **{option: value}).items() for word in pair]
            output = self.refused(*given)
            self.assertIn(option, output)
            self.assertIn(expected, output)

    def load(self, *arguments):
        return self.refused("--functional-test", "true", "--concurrency", "1", "--num-requests",
                            "1", *arguments)

    def test_files_that_cannot_be_used_are_named(self):
        self.assertIn("nowhere.json", self.load("--counterexample-file", "nowhere.json"))
        self.write("counterexample.json", "{}")
        self.assertIn("counterexample.json",
                      self.load("--counterexample-file", "counterexample.json"))
        self.assertIn("./nowhere", self.refused(
            "--functional-test", "./nowhere", "--concurrency", "1", "--num-requests", "1",
            "--counterexample-file", "counterexample.json"))


if __name__ == "__main__":
    harness.main()
