"""What simulation says of the tutorial's model, and what the tutorial's processes do."""

import json
import os

import harness
from harness import SOURCE, TUTORIAL

ORDERS = ("lifo", "guided")


class PlannerTest(harness.E2ETest):
    def analyse(self):
        self.run_tool("filibuster-analysis", "--services-directory",
                      SOURCE / "examples/tutorial/services", "--output-file", "analysis.json",
                      expect=0)

    def figures(self, application, *options, expect):
        """(run, pruned, failed, first failing test) of the processes."""
        self.filibuster("--application", application, "--analysis-file", "analysis.json",
                        "--keep-going", "--report", "report.json", *options, expect=expect)
        report = self.report()
        executions = report["executions"]
        self.assertEqual(executions["undelivered"], 0)
        return (executions["run"], executions["pruned"], executions["failed"],
                report["first_failure_at"])

    def simulated(self, model, *options):
        run = self.run_tool("filibuster-simulate", SOURCE / "models/tutorial" / model,
                            "--analysis-file", "analysis.json", "--json", *options, expect=0)
        result = json.loads(run.output)
        return (result["executions"], result["pruned"], result["failed"],
                result["first_failure_at"])

    def test_the_tutorial_does_what_its_model_does(self):
        self.analyse()
        application = self.tutorial()
        for reduction in ("none", "dynamic", "sound", "handlers", "outcomes"):
            for order in ORDERS:
                options = ("--reduction", reduction, "--order", order)
                with self.subTest(options):
                    figures = self.figures(application, *options, expect=1)
                    self.assertEqual(figures, self.simulated("model.json", *options))
                    # The model must not agree by doing nothing.
                    self.assertEqual(figures[2], 1)

    def test_guided_by_outcomes_finds_the_bug_with_the_first_fault(self):
        self.analyse()
        application = self.tutorial()
        self.filibuster("--application", application, "--analysis-file", "analysis.json",
                        "--reduction", "outcomes", "--order", "guided", "--report", "report.json",
                        expect=1)
        self.assertEqual(self.report()["first_failure_at"], 2)
        first = self.simulated("model.json", "--reduction", "outcomes", "--order", "guided")[3]
        self.assertEqual(first, 2)

    def test_the_fixed_tutorial_does_what_its_model_does(self):
        self.analyse()
        application = self.tutorial(foo="foo_fixed")
        # The analysis is that of the sources before the fix: only what needs no handlers is equal.
        for reduction in ("none", "dynamic", "sound"):
            options = ("--reduction", reduction, "--order", "lifo")
            with self.subTest(options):
                self.assertEqual(self.figures(application, *options, expect=0),
                                 self.simulated("fixed.json", *options))


class VerdictTest(harness.E2ETest):
    def test_a_fault_that_the_client_does_not_know_is_not_delivered(self):
        application = self.tutorial(foo="foo_fixed")
        self.write("analysis.json", {
            "m": {"pattern": "httplib", "exceptions": [{"name": "nonsense::X"}]}})
        run = self.filibuster("--application", application, "--analysis-file", "analysis.json",
                              "--report", "report.json", expect=2)
        self.assertRegex(run.output, r"nonsense::X: the caller saw 200 instead")
        self.assertEqual(self.report()["executions"],
                         {"run": 3, "pruned": 0, "failed": 0, "undelivered": 2})

    def test_a_status_that_no_call_can_have_is_refused(self):
        self.write("analysis.json", {"m": {"pattern": "httplib", "errors": [
            {"service_name": ".*", "types": [{"return_value": {"status_code": "9999"}}]}]}})
        run = self.filibuster("--analysis-file", "analysis.json", functional_test="true", expect=2)
        self.assertIn("analysis.json: $.m.errors[0].types[0].return_value.status_code: found "
                      "\"9999\", expected an integer from 100 to 999", run.output)

    def test_each_bug_has_a_counterexample_that_replays(self):
        self.run_tool("filibuster-analysis", "--services-directory",
                      SOURCE / "examples/tutorial/services", "--output-file", "analysis.json",
                      expect=0)
        application = self.tutorial()
        naive = TUTORIAL / "bin/test_foo_bar_baz_naive"  # fails whatever fails
        run = self.filibuster("--application", application, "--analysis-file", "analysis.json",
                              "--keep-going", "--report", "report.json", functional_test=naive,
                              expect=1)
        bugs = self.report()["bugs"]
        # What nobody takes, and what the test does not accept.
        self.assertEqual(len(bugs), 2)
        self.assertEqual(sorted(name for name in os.listdir(self.dir) if "counterexample" in name),
                         sorted(["counterexample.json"] + [
                             "counterexample-%d.json" % (i + 2) for i in range(len(bugs) - 1)]))
        for i, bug in enumerate(bugs):
            name = "counterexample.json" if i == 0 else "counterexample-%d.json" % (i + 1)
            self.assertIn("counterexample file written: " + name, run.output)
            self.assertEqual([fault["execution_index"] for fault in self.report(name)["faults"]],
                             [fault["execution_index"] for fault in bug["counterexample"]])
            replay = self.filibuster("--application", application, "--counterexample-file", name,
                                     functional_test=naive, expect=1)
            self.assertIn("Counterexample reproduced.", replay.output)


class ReplayTest(harness.E2ETest):
    def setUp(self):
        super().setUp()
        self.application = self.tutorial()
        self.filibuster("--application", self.application, expect=1)

    def replay(self, *options, **kwargs):
        return self.filibuster("--application", self.application, "--counterexample-file",
                               "counterexample.json", *options, **kwargs)

    def test_a_replay_writes_a_report(self):
        self.replay("--report", "report.json", expect=1)
        report = self.report()
        self.assertEqual(report["verdict"], "reproduced")
        self.assertEqual(report["counterexample_file"], "counterexample.json")
        self.assertEqual(report["executions"],
                         {"run": 1, "pruned": 0, "failed": 1, "undelivered": 0})

    def test_it_shows_the_calls_as_they_were_made(self):
        run = self.replay(expect=1)
        self.assertIn("[FILIBUSTER] [INFO]:   vclock: {'foo': 1}\n", run.output)

    def test_another_functional_test_is_named(self):
        run = self.replay(functional_test=TUTORIAL / "bin/test_foo_bar_baz_naive", expect=1)
        self.assertRegex(run.output, r"found with another functional test: .*/test_foo_bar_baz\n")

    def test_a_fault_of_an_unknown_service_is_refused(self):
        counterexample = self.report("counterexample.json")
        counterexample["faults"][0]["service"] = "nope"
        self.write("counterexample.json", counterexample)
        run = self.replay(expect=2)
        self.assertIn("counterexample.json: $.faults[0].service: found nope, expected foo",
                      run.output)

    def test_it_is_no_initial_execution(self):
        run = self.replay("--only-initial-execution", expect=2)
        self.assertIn("--only-initial-execution", run.output)


def table(text, header):
    """The cells of the rows below the line that begins with `header`."""
    rows = text[text.index(header):].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


class DocumentationTest(harness.E2ETest):
    """The tables of docs/planner.md are what filibuster-simulate prints."""

    def setUp(self):
        super().setUp()
        self.text = (SOURCE / "docs/planner.md").read_text()

    def simulate(self, *options):
        return json.loads(self.run_tool("filibuster-simulate", *options, "--json", expect=0).output)

    def test_executions_needed(self):
        rows = table(self.text, "| model | analysis |")
        self.assertEqual(len(rows), 20)
        for model, analysis, *figures in rows:
            file = "analysis.json" if analysis == "analysis" else "analysis.%s.json" % analysis
            directory = SOURCE / "models" / model
            found = self.simulate(directory / "model.json", "--analysis-file", directory / file,
                                  "--compare")["reductions"]
            everything = found["none"]
            self.assertEqual(
                figures,
                [str(found[name]["executions"])
                 for name in ("none", "dynamic", "sound", "handlers", "outcomes")]
                + [str(everything["behaviours"]), str(everything["behaviours_by_outcome"])],
                (model, analysis))

    def test_ranks_of_planted_bugs(self):
        rows = table(self.text, "| model | guided |")
        planted = SOURCE / "models/planted"
        sums = [0.0] * 4
        for model, *figures in rows[:-1]:
            def first(*options):
                return self.simulate(planted / model / "model.json", "--analysis-file",
                                     planted / "analysis.json", "--order",
                                     *options)["first_failure_at"]
            seeds = range(1, 21)
            found = [first("guided"), first("lifo"), first("fifo"),
                     sum(first("random", "--seed", str(seed)) for seed in seeds) / len(seeds)]
            self.assertEqual(figures, ["%d" % rank for rank in found[:3]] + ["%.1f" % found[3]])
            sums = [one + other for one, other in zip(sums, found)]
        self.assertEqual(len(rows), 9)
        self.assertEqual(rows[-1], ["mean"] + ["%.1f" % (rank / 8) for rank in sums])


if __name__ == "__main__":
    harness.main()
