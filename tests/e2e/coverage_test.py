"""filibuster-coverage, as a user calls it. What it counts is in tests/coverage."""

import harness


class CoverageTest(harness.E2ETest):
    def test_mistakes(self):
        run = self.run_tool("filibuster-coverage", expect=2)
        self.assertIn("application.json: cannot read", run.output)
        self.tutorial()
        run = self.run_tool("filibuster-coverage", "--application", "application.json", expect=2)
        self.assertIn("coverage: no coverage data; build the services with the coverage preset",
                      run.output)
        self.assertFalse((self.dir / "htmlcov").exists())

    def test_services_built_without_coverage_are_told_of(self):
        application = self.tutorial(foo="foo_fixed")
        run = self.filibuster("--application", application, "--coverage-dir", "coverage",
                              "--only-initial-execution", expect=0)
        self.assertIn("coverage: no coverage data: were the services built with the coverage preset?",
                      run.output)


if __name__ == "__main__":
    harness.main()
