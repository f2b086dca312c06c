"""Runs services under each fault of each call, and holds what filibuster-analysis claims of that call
and fault against what was seen: the goldens' services, and those of programs/.

In programs/ an outcome is unknown where the line with its path says `// unknown: REASON`, and only there.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from claims import Claims, differs
from service_run import ServiceRun

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parents[1] / "golden"
NOT_RUN = ["stand_ins"] + re.findall(r"^(\w+): ", (HERE / "not_run.txt").read_text(), re.MULTILINE)
PROGRAMS = pathlib.Path(os.environ["TRUTH_PROGRAMS"])  # where the services' programs were built
ANALYSIS = os.environ["TRUTH_ANALYSIS"]                # filibuster-analysis
HOST = "http://localhost:9000"  # that programs/ call
OCCURRENCES = 4  # of a call in one request, each of which fails once


def services_of(construct):
    services = construct / "services"
    return services if services.is_dir() else construct


def analyze(services):
    with tempfile.TemporaryDirectory(prefix="filibuster-truth-") as directory:
        output = pathlib.Path(directory) / "analysis.json"
        subprocess.run(
            [ANALYSIS, "--services-directory", services, "--no-cache", "--strict", "--quiet", "--checks=-*",
             "--output-file", output, f"--extra-arg=-isystem{GOLDEN / 'stand_ins'}"],
            stdout=subprocess.DEVNULL, check=True)
        return json.loads(output.read_text())


class Comparison:
    """What one service's claims and its runs have in common, and what not."""

    def __init__(self, service, claims):
        self.service = service
        self.claims = claims
        self.wrong = []
        self.unknown = set()  # paths of URLs with an outcome that is unknown
        self.without_answer = []  # requests that come to no answer without a fault
        self.agreed = 0

    def run(self, program, services):
        with ServiceRun(program, services) as service:
            started = service.run()
            self.faults_of(service, started, route=-1, flavour=0, earlier=0)
            for route in range(started.routes or 0):
                for flavour in (0, 1):
                    seen = service.run(route, flavour)
                    self.faults_of(service, seen, route, flavour, earlier=len(started.calls))

    def faults_of(self, service, without_fault, route, flavour, earlier):
        if without_fault.status is not None:
            self.check_status(without_fault, f"route {route} without a fault")
        if route >= 0 and (without_fault.died or without_fault.went_on):
            self.without_answer.append(f"route {route} without a fault: {without_fault}")
            return
        occurrences = collections.Counter()
        for number, call in enumerate(without_fault.calls):
            occurrence = occurrences[call.method, call.url]
            occurrences[call.method, call.url] += 1
            if number < earlier or occurrence >= OCCURRENCES:
                continue
            sites = self.claims.of_call(call)
            if not sites:
                self.wrong.append(f"{call.place}: {call.method} {call.url}: no such call site")
            for entry in (entry for site in sites for entry in site["handlers"]):
                for fault in entry["faults"]:
                    self.compare(service, call, entry["outcome"],
                                 {"route": route, "flavour": flavour, "occurrence": occurrence,
                                  "fault": fault, "method": call.method, "url": call.url})

    def compare(self, service, call, outcome, plan):
        if "unknown" in outcome:
            self.unknown.add(call.url.removeprefix(HOST))
        seen = service.run(**plan)
        always = service.run(**plan, always=True) if outcome.get("retries") else None
        why = differs(outcome, seen, always)
        where = f"{call.place}: {call.method} {call.url} under {plan['fault']}"
        if why:
            self.wrong.append(f"{where}: claimed {json.dumps(outcome)}, but {why}")
        elif "unknown" not in outcome:
            self.agreed += 1
        self.check_status(seen, where)

    def check_status(self, seen, where):
        if seen.status is not None and not self.claims.allows_status(self.service, seen.status):
            self.wrong.append(f"{where}: {seen.status} is not among the service's errors")


def compare(construct, analysis):
    """Comparisons of all services of a construct that were built."""
    claims = Claims(analysis)
    services = services_of(construct)
    comparisons = []
    for program in sorted(PROGRAMS.glob(f"{construct.name}.*")):
        comparison = Comparison(program.suffix[1:], claims)
        comparison.run(program, services)
        comparisons.append(comparison)
    return comparisons


def marked_unknown(construct):
    """Paths of URLs on lines that say that an outcome of theirs is unknown."""
    paths = set()
    for source in construct.rglob("*.cc"):
        for line in source.read_text().splitlines():
            code, mark, _ = line.partition("// unknown: ")
            if mark:
                paths.update(re.findall(r'"(/[^"]*)"', code))
    return paths


class TruthTest(unittest.TestCase):
    maxDiff = None

    def hold(self, construct, analysis):
        """Fails where a claim is wrong."""
        comparisons = compare(construct, analysis)
        self.assertTrue(comparisons, "nothing was built of it")
        wrong = sorted({line for comparison in comparisons for line in comparison.wrong})
        if wrong:
            self.fail(f"{len(wrong)} wrong claims:\n" + "\n".join(wrong))
        return comparisons


def golden_is_right(construct):
    def test(self):
        self.hold(construct, json.loads((construct / "analysis.expected.json").read_text()))
    return test


def program_is_right(construct):
    def test(self):
        comparisons = self.hold(construct, analyze(construct))
        unknown = set().union(*(comparison.unknown for comparison in comparisons))
        self.assertEqual(unknown, marked_unknown(construct))
        self.assertEqual([], sum((comparison.without_answer for comparison in comparisons), []))
        self.assertTrue(any(comparison.agreed for comparison in comparisons))
    return test


def constructs(directory):
    return sorted(construct for construct in directory.iterdir() if construct.name not in NOT_RUN)


for construct in constructs(GOLDEN):
    setattr(TruthTest, f"test_golden_{construct.name}", golden_is_right(construct))
for construct in constructs(HERE / "programs"):
    setattr(TruthTest, f"test_program_{construct.name}", program_is_right(construct))

if __name__ == "__main__":
    unittest.main()
