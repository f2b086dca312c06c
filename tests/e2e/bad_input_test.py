"""Bad input gets a clear error, exit 2, and nothing written over."""

import json
import os
import signal
import socket
import subprocess
import time

import harness
from harness import BUILD, PYTHON_BAR, TUTORIAL


class AnalysisInputTest(harness.E2ETest):
    def analyze(self, directory, output="analysis.json", **kwargs):
        return self.run_tool("filibuster-analysis", "--services-directory", directory,
                             "--output-file", output, **kwargs)

    def test_a_missing_services_directory(self):
        run = self.analyze("nowhere", expect=2)
        self.assertIn("nowhere", run.output)
        self.assertFalse((self.dir / "analysis.json").exists())

    def test_an_empty_services_directory(self):
        (self.dir / "services").mkdir()
        run = self.analyze("services", expect=2)
        self.assertIn("services", run.output)

    def test_services_without_cpp_sources(self):
        self.write("services/foo/README", "no code here")
        run = self.analyze("services", expect=2)
        self.assertIn("C++", run.output)

    def test_an_old_output_survives_a_failure(self):
        self.write("analysis.json", "old")
        self.analyze("nowhere", expect=2)
        self.assertEqual((self.dir / "analysis.json").read_text(), "old")

    def test_an_output_that_cannot_be_written(self):
        self.write("services/foo/foo.cc", "int main() {}\n")
        run = self.analyze("services", output="no/such/dir/analysis.json", expect=2)
        self.assertIn("no/such/dir", run.output)

    def test_a_source_that_does_not_parse_is_named_and_the_rest_is_analysed(self):
        self.write("services/foo/broken.cc", "#include \"missing.h\"\nint f( {\n")
        self.write("services/foo/foo.cc", "int main() {}\n")
        run = self.analyze("services", expect=0)
        self.assertIn("broken.cc:1", run.output)
        self.assertIn("missing.h", run.output)
        self.assertTrue((self.dir / "analysis.json").exists())

    def test_an_old_output_survives_sources_none_of_which_parses(self):
        self.write("analysis.json", "old")
        self.write("services/foo/foo.cc", "#include \"missing.h\"\nusing namespace missing;\n")
        run = self.analyze("services", expect=2)
        self.assertIn("none of its C++ sources parses", run.output)
        self.assertIn("missing.h", run.output)
        self.assertEqual((self.dir / "analysis.json").read_text(), "old")

    def test_strict_makes_a_file_that_does_not_parse_a_failure(self):
        self.write("analysis.json", "old")
        self.write("services/foo/broken.cc", "#include \"missing.h\"\n")
        self.write("services/foo/foo.cc", "int main() {}\n")
        run = self.run_tool("filibuster-analysis", "--services-directory", "services", "--strict",
                            "--output-file", "analysis.json", expect=2)
        self.assertIn("broken.cc:1:10: 'missing.h' file not found (--strict; 1 in all", run.output)
        self.assertEqual((self.dir / "analysis.json").read_text(), "old")

    def test_what_may_not_be_read_is_named_and_is_a_failure_if_strict(self):
        self.write("services/foo/foo.cc", "int main() {}\n")
        self.write("services/foo/secret.cc", "int f() { return 1; }\n").chmod(0)
        self.write("services/foo/closed/more.cc", "int g() { return 1; }\n")
        self.write("services/bar/bar.cc", "int main() {}\n")
        for directory in ("services/foo/closed", "services/bar"):
            (self.dir / directory).chmod(0)
            self.addCleanup((self.dir / directory).chmod, 0o755)
        # Root may read everything.
        self.dir.chmod(0o755)
        command = [BUILD / "bin/filibuster-analysis", "--services-directory", "services", "--no-cache"]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        run = subprocess.run(command, cwd=self.dir, capture_output=True, text=True,
                             timeout=harness.TIMEOUT)
        self.assertEqual(run.returncode, 0, run.stderr)
        for unread in ("services/foo/secret.cc", "services/foo/closed", "services/bar"):
            self.assertIn(unread + ": cannot be read: ", run.stderr)
        run = subprocess.run([*command, "--strict"], cwd=self.dir, capture_output=True, text=True,
                             timeout=harness.TIMEOUT)
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertIn("(--strict; 3 in all", run.stderr)

    def test_a_link_to_itself_is_named(self):
        self.write("services/foo/foo.cc", "int main() {}\n")
        (self.dir / "services/foo/loop.cc").symlink_to("loop.cc")
        run = self.analyze("services", expect=0)
        self.assertIn("services/foo/loop.cc: cannot be read: ", run.output)

    def test_a_cache_that_is_damaged_does_no_harm(self):
        self.write("services/foo/foo.cc", "int f() { throw 1; }\nint main() { return f(); }\n")

        def run(*options):
            self.run_tool("filibuster-analysis", "--services-directory", "services",
                          "--output-file", "analysis.json", *options, expect=0)
            return (self.dir / "analysis.json").read_text()

        expected = run("--no-cache")
        self.assertEqual(run("--cache-dir", "cache"), expected)
        (entry,) = (self.dir / "cache").rglob("*.facts")
        self.assertEqual(run("--cache-dir", "cache"), expected)
        entry.write_bytes(entry.read_bytes()[:-7])
        self.assertEqual(run("--cache-dir", "cache"), expected)
        (self.dir / "file").write_text("no directory")
        self.assertEqual(run("--cache-dir", "file"), expected)

    def test_a_crash_inside_clang_costs_the_file_that_it_is_in(self):
        for name, code in [("good", "int f() { return 1; }"), ("main", "int main() { throw 1; }"),
                           ("crash", "#pragma clang __debug crash"),
                           ("fatal", "#pragma clang __debug llvm_fatal_error")]:
            self.write("services/foo/%s.cc" % name, "#include <cstddef>\n" + code + "\n")
        run = self.run_tool("filibuster-analysis", "--services-directory", "services", "--no-cache",
                            "--output-file", "analysis.json", expect=0)
        for name in ("crash", "fatal"):
            self.assertIn("services/foo/%s.cc: cannot be read: clang crashed: " % name, run.output)
        self.assertEqual(run.output.count("cannot be read"), 2)

    def test_a_file_that_takes_too_long_is_given_up(self):
        self.write("services/foo/foo.cc", "int main() {}\n")
        self.write("services/foo/slow.cc", "#include <regex>\n#include <functional>\n")
        run = self.run_tool("filibuster-analysis", "--services-directory", "services", "--no-cache",
                            "--file-timeout", "0.001", "--output-file", "x.json", "--strict",
                            expect=2)
        self.assertIn("(--file-timeout)", run.output)


class FilibusterInputTest(harness.E2ETest):
    def test_analysis_files(self):
        for content, expected in [
            ("{", "analysis.json:1:"),
            ("[]", "expected an object"),
            ('{"http": {"errors": []}}', "pattern"),
            ('{"http": {"pattern": "(", "errors": []}}', "$.http.pattern"),
        ]:
            with self.subTest(content):
                self.write("analysis.json", content)
                run = self.filibuster("--analysis-file", "analysis.json",
                                      functional_test="true", expect=2)
                self.assertIn("analysis.json", run.output)
                self.assertIn(expected, run.output)

    def test_a_functional_test_that_is_not_there(self):
        run = self.filibuster(functional_test="./nowhere", expect=2)
        self.assertIn("./nowhere", run.output)

    def test_a_functional_test_that_is_not_executable(self):
        self.write("test.sh", "true")
        run = self.filibuster(functional_test="./test.sh", expect=2)
        self.assertIn("./test.sh", run.output)
        self.assertIn("not executable", run.output)

    def test_a_functional_test_that_fails_without_faults(self):
        test = self.script("test.sh", "#!/bin/sh\necho to stdout\necho to stderr >&2\nexit 3\n")
        run = self.filibuster(functional_test=test, expect=2)
        self.assertIn("to stdout", run.output)
        self.assertIn("to stderr", run.output)
        self.assertIn("exit code 3", run.output)
        self.assertNotIn("Running test 2", run.output)
        self.assertFalse((self.dir / "counterexample.json").exists())

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            run = self.run_tool("filibuster", "--functional-test", "true", "--port", port, expect=2)
        self.assertIn(str(port), run.output)
        self.assertIn("in use", run.output)

    def test_a_host_that_others_reach_needs_a_token(self):
        application = self.tutorial(foo="foo_fixed")
        everywhere = ("--host", "0.0.0.0", "--application", application)
        run = self.filibuster(*everywhere, expect=2)
        self.assertIn("FILIBUSTER_TOKEN", run.output)
        run = self.filibuster(*everywhere, environment={"FILIBUSTER_TOKEN": "secret"}, expect=0)
        self.assertIn("Number of test executions ran: 10", run.output)

    def test_an_application_file_with_a_mistake(self):
        self.write("application.json", {"schema_version": 1, "services": [{"name": "foo"}]})
        run = self.filibuster("--application", "application.json", functional_test="true", expect=2)
        self.assertIn("application.json: $.services[0]", run.output)

    def test_a_service_that_does_not_start(self):
        application = self.tutorial(baz=["/bin/sh", "-c", "echo no baz today >&2; exit 7"])
        run = self.filibuster("--application", application, expect=2)
        self.assertIn("baz", run.output)
        self.assertIn("exit code 7", run.output)
        self.assertIn("no baz today", run.output)

    def test_unknown_options_and_missing_ones(self):
        self.assertIn("--functional-test", self.run_tool("filibuster", expect=2).output)
        run = self.filibuster("--no-such-option", functional_test="true", expect=2)
        self.assertIn("--no-such-option", run.output)
        for timeout in ("nan", "inf", "1e300", "0", "-1", "soon"):
            run = self.filibuster("--timeout", timeout, functional_test="true", expect=2)
            self.assertIn("--timeout: found " + timeout + ", expected seconds", run.output)
        self.assertIn("frob", self.run_tool("filibuster-services", "frob", expect=2).output)
        self.assertIn("start, stop or status", self.run_tool("filibuster-services", expect=2).output)

    def test_a_counterexample_file_of_another_format(self):
        self.write("counterexample.json", "{}")
        run = self.filibuster("--counterexample-file", "counterexample.json",
                              functional_test="true", expect=2)
        self.assertIn("counterexample.json", run.output)


class MisbehaviourTest(harness.E2ETest):
    def test_a_service_that_dies_is_a_finding_and_is_restarted(self):
        application = self.tutorial(foo="foo_fixed", bar=PYTHON_BAR, BAR_WHEN_BAZ_FAILS="crash")
        run = self.filibuster("--application", application, "--keep-going", "--report",
                              "report.json", "--analysis-file", self.python_analysis(), expect=1)
        self.assertIn("service bar died: signal 6 (SIGABRT, Aborted)", run.output)
        report = self.report()
        self.assertGreaterEqual(report["executions"]["failed"], 2, run.output)

    def test_a_failing_execution_that_leaves_the_application_changed_is_warned_of(self):
        application = self.tutorial(foo="foo_fixed")
        test = self.script("test", """#!/usr/bin/env python3
import os, pathlib, sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(os.environ["FOO_URL"] + "/foo/bar/baz").read()
except urllib.error.HTTPError:
    pathlib.Path(sys.argv[1]).touch()
sys.exit(os.path.exists(sys.argv[1]))
""")
        for command, warned in (("./test failed; code=$?; rm -f failed; exit $code", False),
                                ("./test spoilt", True)):
            run = self.filibuster("--application", application, "--keep-going",
                                  functional_test=command, expect=1)
            self.assertEqual("now fails without faults" in run.output, warned, run.output)

    def test_a_service_that_stops_after_its_answer_is_a_finding(self):
        application = self.tutorial(foo="foo_fixed", bar=PYTHON_BAR, BAR_WHEN_BAZ_FAILS="stop")
        run = self.filibuster("--application", application, "--max-tests", "2",
                              "--analysis-file", self.python_analysis("python.requests"), expect=1)
        self.assertRegex(run.output, "service bar (was stopped|no longer answers)")
        self.assertTrue((self.dir / "counterexample.json").exists())

    def test_a_service_that_dies_after_its_answer_is_a_finding_of_the_test_that_killed_it(self):
        application = self.tutorial(foo="foo_fixed", bar=PYTHON_BAR, BAR_WHEN_BAZ_FAILS="die")
        run = self.filibuster("--application", application, "--keep-going", "--report",
                              "report.json", "--analysis-file", self.python_analysis(), expect=1)
        self.assertIn("service bar died: signal 6 (SIGABRT, Aborted)", run.output)
        report = self.report()
        self.assertEqual(report["executions"]["undelivered"], 0, run.output)
        for execution in report["test_executions"]:
            bar_saw_it = any(fault["service"] == "bar" for fault in execution["faults"])
            self.assertEqual(execution["outcome"], "failed" if bar_saw_it else "passed", execution)

    def test_a_service_that_dies_later_than_that_is_one_too(self):
        application = self.tutorial(foo="foo_fixed", bar=PYTHON_BAR, BAR_WHEN_BAZ_FAILS="die",
                                    BAR_DIES_AFTER="0.6")
        faults = {"exceptions": [{"name": "httplib::Error::" + name} for name in (
            "Connection", "Read", "Write", "Canceled", "ConnectionTimeout", "BindIPAddress")]}
        analysis = json.loads(self.python_analysis("python.requests").read_text())
        analysis["cpp.httplib"] = dict(faults, pattern="httplib\\.Get")
        # Others run meanwhile, which kill nothing.
        test = self.script("slow", "#!/bin/sh\nsleep 0.3\nexec %s\n"
                           % (TUTORIAL / "bin/test_foo_bar_baz"))
        run = self.filibuster("--application", application, "--keep-going", "--report",
                              "report.json", "--analysis-file",
                              self.write("analysis.json", analysis), functional_test=test, expect=1)
        executions = self.report()["test_executions"]
        self.assertEqual(len(executions), 8, run.output)
        for execution in executions:
            bar_saw_it = any(fault["service"] == "bar" for fault in execution["faults"])
            self.assertEqual(execution["outcome"], "failed" if bar_saw_it else "passed",
                             run.output)

    def test_a_service_that_hangs_after_its_answer_is_a_finding_of_the_test_that_did_it(self):
        application = self.tutorial(foo="foo_fixed", bar=PYTHON_BAR, BAR_WHEN_BAZ_FAILS="wedge")
        self.filibuster("--application", application, "--keep-going", "--timeout", "10", "--report",
                        "report.json", "--analysis-file", self.python_analysis(), expect=1)
        report = self.report()
        self.assertEqual(report["executions"]["failed"], len(
            [run for run in report["test_executions"] if run["outcome"] == "failed"]))
        for execution in report["test_executions"]:
            bar_saw_it = any(fault["service"] == "bar" for fault in execution["faults"])
            self.assertEqual(execution["outcome"], "failed" if bar_saw_it else "passed", execution)

    def test_a_run_in_which_nothing_is_injected_is_no_pass(self):
        run = self.filibuster(functional_test="true", expect=2)
        self.assertIn("No call between services was seen", run.output)
        application = self.tutorial(foo="foo_fixed")
        self.write("analysis.json", {"java": {"pattern": "java", "exceptions": [{"name": "E"}]}})
        run = self.filibuster("--application", application, "--analysis-file", "analysis.json",
                              expect=2)
        self.assertIn("No fault of the analysis applies", run.output)

    def test_a_hanging_functional_test_fails_in_time_and_is_ended(self):
        application = self.tutorial(foo="foo_fixed", bar=PYTHON_BAR, BAR_WHEN_BAZ_FAILS="hang")
        started = time.monotonic()
        run = self.filibuster("--application", application, "--timeout", "10", "--analysis-file",
                              self.python_analysis(), expect=1)
        self.assertLess(time.monotonic() - started, harness.TIMEOUT / 2)
        self.assertIn("no end after 10 s", run.output)

    def test_a_fault_that_is_not_delivered_is_no_pass(self):
        application = self.tutorial(foo="foo_fixed")
        test = self.script("test.sh", """#!/bin/sh
            test -e seen && exit 0
            touch seen
            exec %s
            """ % (TUTORIAL / "bin/test_foo_bar_baz"))
        run = self.filibuster("--application", application, "--report", "report.json",
                              "--baseline-runs", "1", functional_test=test, expect=2)
        report = self.report()
        self.assertEqual(report["executions"]["undelivered"], report["executions"]["run"] - 1)
        self.assertIn("not delivered", run.output)

    def test_the_finding_stays_when_the_service_cannot_be_started_again(self):
        once = self.script("once", '#!/bin/sh\ntest -e ran && exit 9\ntouch ran\nexec "$@"\n')
        application = self.tutorial(foo="foo_fixed", bar=[str(once), *PYTHON_BAR],
                                    BAR_WHEN_BAZ_FAILS="crash")
        run = self.filibuster("--application", application, "--keep-going", "--report",
                              "report.json", "--analysis-file", self.python_analysis(), expect=1)
        self.assertIn("service bar died: signal 6 (SIGABRT, Aborted)", run.output)
        self.assertIn("Bug 1 of 1: bar -> baz", run.output)
        self.assertIn("exit code 9", run.output)
        self.assertTrue((self.dir / "counterexample.json").exists())
        self.assertEqual(self.report()["executions"]["failed"], 1)

    def start_and_wait(self, application, test, log=subprocess.DEVNULL):
        process = subprocess.Popen(
            [str(BUILD / "bin/filibuster"), "--port", "0", "--application", str(application),
             "--functional-test", str(test), "--report", "report.json"],
            cwd=self.dir, env=dict(os.environ, FOO_URL=self.foo_url), stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_until(lambda: (self.dir / "pid").exists() and (self.dir / "pid").read_text())
        self.assertIsNone(process.poll())
        return process

    def wait_until(self, condition):
        deadline = time.monotonic() + harness.TIMEOUT
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def is_served(self, name):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.ports[name])) == 0

    @staticmethod
    def runs(pid):
        """A process that has ended, and that nobody has taken note of yet, does not."""
        try:
            with open("/proc/%d/stat" % pid) as stat:
                return ") Z " not in stat.read()
        except OSError:
            return False

    def test_ctrl_c_ends_the_children_and_writes_the_report(self):
        application = self.tutorial(foo="foo_fixed")
        test = self.script("test.sh", """#!/bin/sh
            test -e seen && { echo $$ > pid; sleep 1000; }
            touch seen
            exec %s
            """ % (TUTORIAL / "bin/test_foo_bar_baz"))
        process = self.start_and_wait(application, test)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=harness.TIMEOUT), 130)
        self.assertEqual(self.report()["executions"]["run"], 1)
        pid = int((self.dir / "pid").read_text())
        self.assertRaises(ProcessLookupError, os.kill, pid, 0)
        self.assertFalse([name for name in self.ports if self.is_served(name)])

    def test_ctrl_c_while_the_services_start_ends_them(self):
        application = self.tutorial(baz=["/bin/sh", "-c", "echo $$ > pid; exec sleep 1000"])
        with (self.dir / "log").open("w") as log:
            process = self.start_and_wait(application, "true", log)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=harness.TIMEOUT), 128 + signal.SIGTERM)
        self.assertIn("Interrupted before the first test execution",
                      (self.dir / "log").read_text())
        self.assertEqual(self.report()["executions"]["run"], 0)
        self.assertFalse([name for name in self.ports if self.is_served(name)])

    def test_services_and_functional_test_end_with_a_filibuster_that_is_killed(self):
        application = self.tutorial()
        test = self.script("test.sh", "#!/bin/sh\necho $$ > pid\nexec sleep 1000\n")
        process = self.start_and_wait(application, test)
        pid = int((self.dir / "pid").read_text())
        self.assertTrue(self.is_served("foo"))
        process.kill()
        self.wait_until(lambda: not any(self.is_served(name) for name in self.ports))
        self.wait_until(lambda: not self.runs(pid))


if __name__ == "__main__":
    harness.main()
