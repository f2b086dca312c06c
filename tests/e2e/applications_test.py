"""Applications that exist as models, too: exploring the services takes as many tests as the model."""

import json

import harness
from harness import SOURCE


class ApplicationsTest(harness.E2ETest):
    def simulated(self, model, reduction):
        models = SOURCE / "models" / model
        run = self.run_tool("filibuster-simulate", models / "model.json", "--analysis-file",
                            models / "analysis.paper.json", "--reduction", reduction, "--json",
                            expect=0)
        return json.loads(run.output)

    def expect_as_simulated(self, model, functional_test, reduction, tests):
        _, report = self.explore(model, functional_test, "--keep-going", "--reduction", reduction,
                                 expect=0)
        executions = report["executions"]
        self.assertEqual(executions["run"], tests)
        self.assertEqual((executions["failed"], executions["undelivered"]), (0, 0))
        simulated = self.simulated(model, reduction)
        self.assertEqual((simulated["executions"], simulated["pruned"]),
                         (executions["run"], executions["pruned"]))

    def test_cinema_3_without_reduction(self):
        self.expect_as_simulated("cinema-3", "test_bookings", "none", 91)

    def test_cinema_3_with_dynamic_reduction(self):
        self.expect_as_simulated("cinema-3", "test_bookings", "dynamic", 37)

    def test_audible_without_reduction(self):
        self.expect_as_simulated("audible", "test_download", "none", 69)

    def test_audible_with_dynamic_reduction(self):
        self.expect_as_simulated("audible", "test_download", "dynamic", 31)


if __name__ == "__main__":
    harness.main()
