"""filibuster/gtest.h: GoogleTest's tests under faults, over the tutorial's services."""

import concurrent.futures
import json
import os
import re
import shutil
import socket
import time
import xml.etree.ElementTree

import harness
from harness import BUILD, PYTHON_BAR


class GtestTest(harness.E2ETest):
    def run_tests(self, gtest_filter, *arguments, foo="foo", expect, program="gtest_cases",
                  environment=None):
        application = self.tutorial(foo=foo)
        return self.run_tool(
            program, "--gtest_filter=" + gtest_filter, "--filibuster_application=%s" % application,
            *arguments, expect=expect, environment=environment).output

    def replay_filter(self, output):
        found = re.findall(r"Replay it: --gtest_filter=(\S+)", output)
        self.assertEqual(len(found), 1, output)
        return found[0]

    def test_the_bug_is_found_and_its_execution_is_picked_by_the_filter_of_the_message(self):
        output = self.run_tests("FooBarBaz.SaysFooBarBaz", expect=1)
        self.assertIn("Under the faults: foo → bar: connection error", output)
        self.assertIn("\nSeen: foo answered 500 Internal Server Error\n", output)
        self.assertIn("[ FAULTS   ] no fault\n", output)
        self.assertIn("[ FAULTS   ] foo → bar: connection error\n", output)
        self.assertRegex(output, r"gtest_cases\.cc:\d+: Failure")
        self.assertIn("1 FAILED TEST", output)
        picked = self.replay_filter(output)
        self.assertRegex(picked, r"^FooBarBaz\.SaysFooBarBaz/foo_to_bar_Connection_[0-9a-f]{8}$")

        again = self.run_tests(picked, expect=1)
        self.assertIn("Running 1 test from 1 test suite", again)
        self.assertIn("Under the faults: foo → bar: connection error", again)
        self.assertIn("foo answered 500", again)
        # Though the line of the call is another one.
        fixed = self.run_tests(picked, foo="foo_fixed", expect=0)
        self.assertIn("foo → bar: connection error: passed", fixed)

    def test_services_are_preloaded_wherever_the_test_program_is(self):
        application = json.loads(
            self.tutorial(foo="foo_fixed", LD_PRELOAD=harness.SANITIZER_RUNTIME).read_text())
        for service in application["services"]:
            service["inject"] = "preload"
        application = self.write("application.json", application)
        program = shutil.copy(BUILD / "bin/gtest_cases", self.dir)
        for path, expected, code in (
                ("%s:%s" % (BUILD / "bin", os.environ["PATH"]), "passed: all fault sets", 0),
                (str(self.dir), "found no libfilibuster-preload.so beside this program", 1)):
            run = self.run_tool(program, "--gtest_filter=FooBarBaz.SaysFooBarBaz",
                                "--filibuster_application=%s" % application, expect=code,
                                environment={"PATH": path})
            self.assertIn(expected, run.output)

    def test_what_is_fixed_passes_with_as_many_executions_as_filibuster_runs(self):
        report = self.dir / "tests.xml"
        output = self.run_tests("FooBarBaz.SaysFooBarBaz", "--gtest_output=xml:%s" % report,
                                foo="foo_fixed", expect=0)
        self.assertIn("[FILIBUSTER] 10 executions, 1 fault sets skipped as nothing new; "
                      "passed: all fault sets", output)
        self.assertEqual(output.count("[ FAULTS   ] "), 10)
        properties = xml.etree.ElementTree.parse(report).iter("testcase")
        self.assertIn('<property name="filibuster_executions" value="10"/>', report.read_text())
        self.assertEqual([case.get("name") for case in properties], ["SaysFooBarBaz"])

    def test_the_report_of_a_test_is_that_of_filibuster(self):
        output = self.run_tests("FooBarBaz.SaysFooBarBaz", "--filibuster_report_dir=reports",
                                expect=1)
        report = self.report("reports/FooBarBaz.SaysFooBarBaz/report.json")
        self.assertEqual(report["functional_test"], "FooBarBaz.SaysFooBarBaz")
        self.assertEqual(report["outcome"], "failed")
        self.assertTrue(report["bugs"][0]["replay"].endswith(
            "gtest_cases --gtest_filter=" + self.replay_filter(output)))
        self.assertTrue((self.dir / "reports/FooBarBaz.SaysFooBarBaz/report.html").exists())

    def test_the_fault_free_execution_can_be_picked(self):
        output = self.run_tests("FooBarBaz.SaysFooBarBaz/no_fault", expect=0)
        self.assertIn("[FILIBUSTER] no fault: passed", output)
        output = self.run_tests("*.SaysFooBar???/no_fault", expect=0)
        self.assertIn("[FILIBUSTER] no fault: passed", output)

    def test_an_execution_under_two_faults_is_picked(self):
        output = self.run_tests("FooBarBaz.FailsUnderTwoFaultsOnly", expect=1)
        picked = self.replay_filter(output)
        self.assertIn("+", picked)
        again = self.run_tests(picked, expect=1)
        under = re.search("Under the faults: .*", output)[0]
        self.assertIn(" + ", under)
        self.assertIn(under, again)

    def test_a_name_of_no_call_is_an_error(self):
        output = self.run_tests("FooBarBaz.SaysFooBarBaz/foo_to_bar_Connection_00000000", expect=1)
        self.assertIn("no call that is made is the one that foo_to_bar_Connection_00000000 fails",
                      output)

    def test_assertions_know_the_faults_and_options_say_how_much_is_explored(self):
        output = self.run_tests("FooBarBaz.KnowsWhereTheFaultIs", expect=0)
        self.assertIn("11 executions, 0 fault sets skipped", output)

    def test_a_flag_bounds_the_exploration(self):
        output = self.run_tests("FooBarBaz.FailsUnderTwoFaultsOnly", "--filibuster_max_faults=1",
                                expect=0)
        self.assertIn("passed: all fault sets up to 1 fault", output)

    def test_a_failure_without_faults_injects_none(self):
        output = self.run_tests("FooBarBaz.FailsWithoutFaults", expect=1)
        self.assertIn("It fails without faults; none was injected.", output)
        self.assertIn('"something else"', output)

    def test_a_test_without_calls_does_not_pass(self):
        output = self.run_tests("FooBarBaz.CallsNobody", expect=1)
        self.assertIn("No call between services was seen: no fault was injected.", output)

    def test_a_body_that_hangs_ends_the_program_with_its_faults_and_its_time(self):
        output = self.run_tests("FooBarBaz.HangsUnderAFault", "--filibuster_timeout=10", expect=1)
        self.assertRegex(output, "Under the faults: .* → .*\nno end after 10 s")
        self.assertIn("[  FAILED  ] FooBarBaz.HangsUnderAFault;", output)
        deadline = time.monotonic() + harness.TIMEOUT
        while any(self.is_served(port) for port in self.ports.values()):
            self.assertLess(time.monotonic(), deadline, "a service goes on")
            time.sleep(0.02)
        again = self.run_tests(self.replay_filter(output), "--filibuster_timeout=10", expect=1)
        self.assertIn(re.search("Under the faults: .*", output)[0], again)

    @staticmethod
    def is_served(port):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    def test_a_body_asks_for_the_failures_of_its_own_execution(self):
        output = self.run_tests("FooBarBaz.KnowsItsFailures", "--filibuster_keep_going", expect=1)
        self.assertIn("and no more", output)
        self.assertNotIn("of an execution before", output)
        self.assertNotIn("it does not know", output)

    def test_a_skipped_test_is_skipped(self):
        output = self.run_tests("FooBarBaz.IsSkipped", expect=0)
        self.assertIn("[  SKIPPED ] FooBarBaz.IsSkipped", output)
        self.assertIn("not today", output)

    def test_an_exception_is_a_failure_under_its_faults(self):
        output = self.run_tests("FooBarBaz.Throws", expect=1)
        self.assertIn("an exception left the test's body: taken by surprise", output)
        self.assertIn("Under the faults: ", output)

    def test_each_execution_has_a_fixture_of_its_own(self):
        output = self.run_tests("FooTest.*", expect=0)
        executions = int(re.search(r"\[FILIBUSTER\] (\d+) executions", output)[1])
        lines = output.splitlines()
        # One for TEST_F, and two runs without faults, which are one execution.
        self.assertGreater(executions, 5)
        for line in ("constructed", "set up", "torn down", "destroyed"):
            self.assertEqual(lines.count(line), 1 + executions + 1, line)
        self.assertEqual(lines.count("suite is set up"), 1)

    def test_each_parameter_is_explored_and_its_executions_are_picked(self):
        output = self.run_tests("*FooTimes.Answers*", "--filibuster_keep_going", expect=1)
        self.assertIn("Asked/FooTimes.Answers/0", output)
        filters = re.findall(r"Replay it: --gtest_filter=(\S+)", output)
        once = [name for name in filters if name.endswith("/0")]
        twice = [name for name in filters if name.endswith("/1")]
        self.assertEqual((len(once), len(twice)), (1, 1), filters)
        again = self.run_tests(twice[0], expect=1)
        self.assertIn("Running 1 test from 1 test suite", again)
        self.assertEqual(re.findall("when asked for time .", again),
                         re.findall("when asked for time .", output)[-1:])

    def test_shards_run_each_test_once_and_wait_for_each_others_services(self):
        application = self.tutorial(foo="foo_fixed")

        def run_shard(shard):
            return self.run_tool(
                "gtest_cases", "--filibuster_application=%s" % application,
                "--gtest_filter=FooBarBaz.SaysFooBarBaz:FooBarBaz.KnowsWhere*",
                environment={"GTEST_TOTAL_SHARDS": "2", "GTEST_SHARD_INDEX": str(shard)},
                expect=0).output

        with concurrent.futures.ThreadPoolExecutor() as pool:
            outputs = list(pool.map(run_shard, range(2)))
        ran = [re.findall(r"\[       OK \] (\S+)", output) for output in outputs]
        self.assertEqual([len(names) for names in ran], [1, 1])
        self.assertNotEqual(*ran)

    def test_services_that_run_already_are_used(self):
        application = self.tutorial(foo="foo_fixed")
        port = self.port()
        services = ["--application", application, "--state-dir", self.dir / "state"]
        self.run_tool("filibuster-services", "start", *services, "--filibuster-url",
                      "http://127.0.0.1:%d" % port, expect=0)
        self.addCleanup(self.run_tool, "filibuster-services", "stop", *services)
        output = self.run_tool("gtest_cases", "--gtest_filter=FooBarBaz.SaysFooBarBaz",
                               "--filibuster_port=%d" % port, expect=0).output
        self.assertIn("[FILIBUSTER] 10 executions", output)

    def test_a_service_that_dies_is_a_failure_and_is_started_again(self):
        dying = self.script("dying_bar", """#!/usr/bin/env python3
import http.server, os
class Bar(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/bar/baz":
            os.abort()
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
class Server(http.server.HTTPServer):
    allow_reuse_address = True
Server(("127.0.0.1", int(os.environ["BAR_PORT"])), Bar).serve_forever()
""")
        application = self.tutorial(bar=[str(dying)])
        output = self.run_tool("gtest_cases", "--gtest_filter=FooBarBaz.SaysFooBarBaz",
                               "--filibuster_application=%s" % application, expect=1).output
        self.assertIn("service bar died: signal 6 (SIGABRT, Aborted)", output)
        self.assertIn("It fails without faults; none was injected.", output)

    def test_a_service_that_dies_after_its_answer_is_a_failure_of_the_execution_that_killed_it(self):
        application = self.tutorial(foo="foo_fixed", bar=PYTHON_BAR, BAR_WHEN_BAZ_FAILS="die")
        output = self.run_tool("gtest_cases", "--gtest_filter=FooBarBaz.SaysFooBarBaz",
                               "--filibuster_application=%s" % application,
                               "--filibuster_analysis_file=%s" % self.python_analysis(),
                               "--filibuster_keep_going=true", expect=1).output
        self.assertEqual(output.count("service bar died: signal 6 (SIGABRT, Aborted)"),
                         output.count("Under the faults: "), output)
        # It may be seen while the test runs, or after it had ended.
        self.assertRegex(output, "Under the faults: bar → .*\n(Seen: .*\n)?service bar died: ")

    def test_a_flag_that_is_not_known_is_an_error(self):
        output = self.run_tests("FooBarBaz.SaysFooBarBaz", "--filibuster_retries=3", expect=1)
        self.assertIn("--filibuster_retries=3: no such flag", output)

    def test_calls_of_the_test_program_fail_too_if_it_is_a_service(self):
        output = self.run_tests("*", "--gtest_repeat=2",
                                "--gtest_recreate_environments_when_repeating",
                                program="gtest_client", foo="foo_fixed", expect=0)
        executions = re.findall(r"\[FILIBUSTER\] (\d+) executions", output)
        self.assertEqual(len(executions), 2)
        self.assertEqual(*executions)
        self.assertGreater(int(executions[0]), 10)


if __name__ == "__main__":
    harness.main()
