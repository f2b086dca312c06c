"""Test executions per second on the tutorial, with the C++ functional test and real processes.

    FILIBUSTER_BUILD_DIR=build/release FILIBUSTER_SOURCE_DIR=. python3 tests/bench/executions.py

Each round explores all eleven fault sets of the fixed tutorial, without reduction, so that all run.
The figure is of those after the first, services already started: a run ends with a quarter of a
second in which it waits for services that die late, whatever the number of executions. Beside
it, in the same round, the functional test alone: the same program, as often, with nobody watching.
"""

import pathlib
import re
import statistics
import subprocess
import sys
import time
import os

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import harness  # noqa: E402
from harness import TUTORIAL  # noqa: E402

ROUNDS = 20
EXECUTIONS = 11


class ExecutionsPerSecond(harness.E2ETest):
    def alone(self):
        """Runs of the functional test per second, against services that are not instrumented."""
        services = [
            subprocess.Popen([str(TUTORIAL / "bin" / name)], env=self.environment(),
                             stdout=subprocess.DEVNULL)
            for name in ("foo_fixed", "bar", "baz")
        ]
        try:
            command = [str(TUTORIAL / "bin/test_foo_bar_baz")]
            while subprocess.run(command, env=self.environment(),
                                 stderr=subprocess.DEVNULL).returncode != 0:
                time.sleep(0.01)
            started = time.monotonic()
            for _ in range(EXECUTIONS):
                subprocess.run(command, env=self.environment(), check=True,
                               stderr=subprocess.DEVNULL)
            return EXECUTIONS / (time.monotonic() - started)
        finally:
            for service in services:
                service.terminate()
            for service in services:
                service.wait()

    def environment(self):
        environment = dict(os.environ)
        for name, port in self.ports.items():
            environment[name.upper() + "_PORT"] = str(port)
            environment[name.upper() + "_URL"] = "http://127.0.0.1:%d" % port
        return environment

    def elapsed(self, application, *arguments):
        run = self.filibuster("--application", application, "--baseline-runs", "1", *arguments,
                              expect=0)
        count = 1 if "--only-initial-execution" in arguments else EXECUTIONS
        self.assertIn("Number of test executions ran: %d" % count, run.output)
        return float(re.search(r"Time elapsed: ([0-9.]+) seconds", run.output).group(1))

    def test_executions_per_second(self):
        figures, ratios = [], []
        for _ in range(ROUNDS):
            application = self.tutorial(foo="foo_fixed")
            first = self.elapsed(application, "--only-initial-execution")
            all_of_them = self.elapsed(application, "--disable-dynamic-reduction")
            figures.append((EXECUTIONS - 1) / (all_of_them - first))
            ratios.append(figures[-1] / self.alone())
        print("test executions per second: median %.0f, least %.0f, most %.0f (%d rounds)"
              % (statistics.median(figures), min(figures), max(figures), ROUNDS))
        print("of the rate of the functional test alone: median %.2f" % statistics.median(ratios))


if __name__ == "__main__":
    harness.main()
