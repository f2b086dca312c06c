"""The tutorial, as a user walks through it, with the real programs."""

import json
import shutil

import harness
from harness import SOURCE, TUTORIAL


class TutorialTest(harness.E2ETest):
    def test_the_planted_bug_is_found_by_test_11(self):
        application = self.tutorial()
        run = self.filibuster("--application", application, "--report", "report.json",
                              expect=1)
        self.assertIn("[FILIBUSTER] [INFO]: Running test 11", run.output)
        self.assertNotIn("Running test 12", run.output)
        self.assertIn("Test failed; counterexample file written: counterexample.json", run.output)
        self.assertRegex(run.output, r"Replay it, in %s: filibuster --functional-test .* "
                                     r"--counterexample-file counterexample\.json" % self.dir)
        report = self.report()
        self.assertEqual(report["first_failure_at"], 11)
        self.assertEqual(
            report["executions"], {"run": 10, "pruned": 1, "failed": 1, "undelivered": 0}
        )
        counterexample = self.report("counterexample.json")
        (fault,) = counterexample["faults"]
        self.assertEqual(fault["service"], "foo")
        self.assertEqual(fault["target_service"], "bar")
        self.assertEqual(fault["forced_exception"]["name"], "httplib::Error::Connection")
        self.assertIn("log", json.loads(counterexample["TestExecution"]))

    def test_a_counterexample_replays_and_passes_after_the_fix(self):
        application = self.tutorial()
        self.filibuster("--application", application, expect=1)
        replay = ("--application", application, "--counterexample-file", "counterexample.json")
        before = (self.dir / "counterexample.json").read_bytes()
        run = self.filibuster(*replay, expect=1)
        self.assertIn("Counterexample reproduced.", run.output)
        self.assertEqual((self.dir / "counterexample.json").read_bytes(), before)
        # Other ports, another binary, other lines: the same call all the same.
        fixed = self.tutorial(foo="foo_fixed")
        run = self.filibuster("--application", fixed, "--counterexample-file",
                              "counterexample.json", expect=0)
        self.assertIn("did not reproduce", run.output)

    def test_fixed_all_eleven_pass_and_one_is_pruned(self):
        application = self.tutorial(foo="foo_fixed")
        run = self.filibuster("--application", application, "--report", "report.json", expect=0)
        self.assertIn("Number of test executions ran: 10", run.output)
        self.assertIn("Test executions pruned with only dynamic pruning: 1", run.output)
        self.assertIn("Total tests: 11", run.output)
        self.assertEqual(
            self.report()["executions"], {"run": 10, "pruned": 1, "failed": 0, "undelivered": 0}
        )
        self.assertFalse((self.dir / "counterexample.json").exists())

    def test_without_reduction_all_eleven_run(self):
        application = self.tutorial(foo="foo_fixed")
        run = self.filibuster("--application", application, "--disable-dynamic-reduction", expect=0)
        self.assertIn("Number of test executions ran: 11", run.output)
        self.assertIn("Total tests: 11", run.output)

    def test_the_log_shows_calls_and_faults_as_filibuster_prints_them(self):
        application = self.tutorial()
        run = self.filibuster("--application", application, expect=1)
        for line in (
            "[FILIBUSTER] [INFO]: gen_id: 0",
            "[FILIBUSTER] [INFO]:   module: httplib",
            "[FILIBUSTER] [INFO]:   method: Get",
            "[FILIBUSTER] [INFO]:   args: ['%d/bar/baz']" % self.ports["bar"],
            "[FILIBUSTER] [INFO]:   vclock: {'bar': 1, 'foo': 1}",
            "[FILIBUSTER] [INFO]: * Failed with metadata: "
            "[('return_value', {'status_code': '503'})]",
            "[FILIBUSTER] [INFO]: * Failed with exception: "
            "{'name': 'httplib::Error::Connection', 'metadata': {}}",
            "[FILIBUSTER] [INFO]: Failures for this execution:",
        ):
            self.assertIn(line + "\n", run.output)

    def test_quiet_leaves_failures_only(self):
        application = self.tutorial()
        run = self.filibuster("--application", application, "--quiet", expect=1)
        self.assertNotIn("[INFO]", run.output)
        self.assertIn("counterexample file written", run.output)

    def test_keep_going_runs_everything_and_still_fails(self):
        application = self.tutorial()
        self.filibuster("--application", application, "--keep-going", "--report", "report.json",
                        expect=1)
        self.assertEqual(self.report()["executions"]["failed"], 1)

    def test_only_the_initial_execution_runs_when_asked(self):
        application = self.tutorial()
        run = self.filibuster("--application", application, "--only-initial-execution", expect=0)
        self.assertNotIn("Running test 2", run.output)
        self.assertIn("Number of test executions ran: 1", run.output)

    def test_the_naive_test_fails_at_its_first_fault(self):
        application = self.tutorial()
        run = self.filibuster("--application", application,
                              functional_test=TUTORIAL / "bin/test_foo_bar_baz_naive", expect=1)
        self.assertIn("Running test 2", run.output)
        self.assertNotIn("Running test 3", run.output)

    def test_the_analysis_needs_no_build(self):
        shutil.copytree(SOURCE / "examples/tutorial", self.dir / "tutorial")
        for services, output in ((SOURCE / "examples/tutorial/services", "built.json"),
                                 ("tutorial/services", "not_built.json")):
            self.run_tool("filibuster-analysis", "--services-directory", services,
                          "--output-file", output, expect=0)
        not_built = (self.dir / "not_built.json").read_text()
        self.assertIn('"escapes": true', not_built)
        self.assertEqual(not_built, (self.dir / "built.json").read_text())

    def test_the_analysis_of_the_sources_finds_the_bug_and_then_passes(self):
        services = SOURCE / "examples/tutorial/services"
        run = self.run_tool("filibuster-analysis", "--services-directory", services,
                            "--output-file", "analysis.json", expect=0)
        self.assertIn("Found services: ['bar', 'baz', 'foo']", run.output)
        application = self.tutorial()
        self.filibuster("--application", application, "--analysis-file", "analysis.json", expect=1)
        counterexample = self.report("counterexample.json")
        self.assertEqual(counterexample["faults"][0]["forced_exception"]["name"],
                         "httplib::Error::Connection")
        fixed = self.tutorial(foo="foo_fixed")
        self.filibuster("--application", fixed, "--analysis-file", "analysis.json",
                        "--report", "report.json", expect=0)
        self.assertEqual(self.report()["executions"]["failed"], 0)


if __name__ == "__main__":
    harness.main()
