"""--report-dir: which files are there when, and what other programs read of them."""

import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

import harness
from harness import BUILD, TUTORIAL


class ReportDirTest(harness.E2ETest):
    def junit(self):
        return ElementTree.parse(self.dir / "out/junit.xml").getroot()

    def names(self):
        return sorted(path.name for path in (self.dir / "out").iterdir())

    def test_a_failing_run_leaves_three_files(self):
        self.filibuster("--application", self.tutorial(), "--report-dir", "out", expect=1)
        self.assertEqual(self.names(), ["junit.xml", "report.html", "report.json"])
        report = self.report("out/report.json")
        (bug,) = report["bugs"]
        self.assertEqual(bug["words"], "foo → bar: connection error")
        self.assertEqual(bug["counterexample_file"], "counterexample.json")
        self.assertEqual(report["service_map"]["entries"], ["foo"])
        states = {(edge["service"], edge["target"]): edge["state"]
                  for edge in report["service_map"]["edges"]}
        self.assertEqual(states, {("foo", "bar"): "bug", ("bar", "baz"): "handled"})

    def test_junit_has_a_case_for_each_execution_with_its_faults_in_the_name(self):
        self.filibuster("--application", self.tutorial(), "--report-dir", "out", expect=1)
        (suite,) = self.junit()
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")),
                         ("10", "1", "0"))
        self.assertEqual(suite.get("name"), str(TUTORIAL / "bin/test_foo_bar_baz"))
        cases = {case.get("name"): case for case in suite}
        self.assertEqual(len(cases), 10)
        self.assertEqual(len(cases["test 1: no fault"]), 0)
        (failure,) = cases["test 11: foo → bar: connection error"]
        self.assertEqual(failure.tag, "failure")
        self.assertEqual(failure.get("message"),
                         "exit code 1; foo answered 500 Internal Server Error")
        self.assertIn("does not hold", failure.text)

    def test_junit_holds_what_xml_cannot(self):
        test = self.script("test", "#!/bin/sh\nprintf '\\001]]>\\377<b>\\n'\nexit 1\n")
        self.filibuster("--application", self.tutorial(), "--report-dir", "out",
                        functional_test=test, expect=2)
        (failure,) = self.junit().iter("failure")
        self.assertEqual(failure.text, "\\x01]]>\ufffd<b>\n")

    def test_a_replay_leaves_them_too(self):
        application = self.tutorial()
        self.filibuster("--application", application, expect=1)
        self.filibuster("--application", application, "--counterexample-file", "counterexample.json",
                        "--report-dir", "out", expect=1)
        self.assertEqual(self.report("out/report.json")["verdict"], "reproduced")
        self.assertIn("This is a replay", (self.dir / "out/report.html").read_text())

    def test_a_run_that_says_nothing_is_no_pass_anywhere(self):
        self.filibuster("--application", self.tutorial(), "--report-dir", "out", expect=2,
                        functional_test=self.script("test", "#!/bin/sh\nexit 1\n"))
        self.assertEqual(self.report("out/report.json")["outcome"], "failed")
        self.assertEqual(self.junit()[0].get("failures"), "1")
        dead = self.tutorial(baz=["/bin/false"])
        self.filibuster("--application", dead, "--report-dir", "out", expect=2)
        self.assertEqual(self.report("out/report.json")["outcome"], "incomplete")
        self.assertEqual(self.junit()[0].get("errors"), "1")
        self.assertIn("incomplete", (self.dir / "out/report.html").read_text())

    def test_ctrl_c_leaves_what_ran(self):
        test = self.script("test", "#!/bin/sh\nif [ -e begun ]; then echo waiting; exec sleep 600; fi\n"
                           "touch begun\nexec '%s'\n" % (TUTORIAL / "bin/test_foo_bar_baz"))
        env = dict(os.environ, NO_COLOR="1")
        application = self.tutorial()
        env["FOO_URL"] = self.foo_url
        process = subprocess.Popen(
            [BUILD / "bin/filibuster", "--port", "0", "--functional-test", test, "--application",
             application, "--baseline-runs", "1", "--report-dir", "out"],
            cwd=self.dir, env=env, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if "Running test 2" in line:
                break
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=harness.TIMEOUT)[1]
        self.assertEqual(process.returncode, 130, rest)
        report = self.report("out/report.json")
        self.assertEqual(report["ended_by"], "interrupted")
        self.assertEqual(len(report["test_executions"]), 1)
        self.assertEqual(self.names(), ["junit.xml", "report.html", "report.json"])

    def test_a_directory_that_cannot_be_written_is_told_before_anything_runs(self):
        self.write("out", "a file")
        run = self.filibuster("--application", self.tutorial(), "--report-dir", "out", expect=2)
        self.assertNotIn("Running", run.output)
        self.assertRegex(run.output, r"out: cannot be made: ")

    def test_without_graphviz_the_table_says_it_all(self):
        (self.dir / "path").mkdir()
        self.filibuster("--application", self.tutorial(), "--report-dir", "out", expect=1,
                        environment={"PATH": str(self.dir / "path")})
        page = (self.dir / "out/report.html").read_text()
        self.assertIn("Graphviz's <code>dot</code> is not installed", page)
        self.assertNotIn("<svg", page)
        self.assertIn("bar → baz", page)

    def test_sources_elsewhere_are_not_read(self):
        """A service says where its calls are: it must not choose what the report shows."""
        self.write("secret.cc", "the secret\n" * 40)
        self.write("app/services/foo/foo.cc", "the source\n" * 40)
        analysis = {"http": {"pattern": "httplib\\..*",
                             "exceptions": [{"name": "httplib::Error::Connection"}],
                             "call_sites": [self.site("foo/foo.cc"), self.site("../../secret.cc"),
                                            self.site(str(self.dir / "secret.cc"))]}}
        self.filibuster("--application", self.tutorial(), "--report-dir", "out", "--analysis-file",
                        self.write("analysis.json", analysis), "--services-directory",
                        "app/services", expect=1)
        sources = self.report("out/report.json")["sources"]
        self.assertEqual([source["file"] for source in sources], ["foo/foo.cc"])
        self.assertNotIn("the secret", (self.dir / "out/report.html").read_text())

    @staticmethod
    def site(file):
        return {"service": "foo", "file": file, "line": 16, "module": "httplib", "method": "Get",
                "target": {"service": "bar"},
                "handlers": [{"faults": ["httplib::Error::Connection"], "kind": "none",
                              "outcome": {"escapes": True, "status_code": "500"}}]}


if __name__ == "__main__":
    harness.main()
