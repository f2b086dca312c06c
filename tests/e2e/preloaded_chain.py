"""Three services that nobody has changed, front, middle and back, under faults by preload."""

import os

import harness

SANITIZER = os.environ.get("FILIBUSTER_SANITIZER_RUNTIME", "")

# Exits with 0 if front answers 200, or 502 after a fault.
TEST = """#!/usr/bin/env python3
import json, os, sys, urllib.error, urllib.request
try:
    status = urllib.request.urlopen("http://127.0.0.1:%(port)d/").status
except urllib.error.HTTPError as error:
    status = error.code
asked = urllib.request.urlopen(os.environ["FILIBUSTER_URL"] + "/filibuster/fault-injected")
was_injected = json.load(asked)["result"]
sys.exit(0 if status == (502 if was_injected else 200) else 1)
"""


class ChainTest(harness.E2ETest):
    def check_chain(self, program, analysis, runs):
        """Every fault of every call is injected and handled, in so many runs.

        program: of tests/support, as "poco_service"; takes its port and its callee's.
        """
        service_program = str(harness.BUILD / "bin" / program)
        names = ("front", "middle", "back")
        ports = {name: self.port() for name in names}
        services = []
        for name, callee in zip(names, ("middle", "back", None)):
            command = [service_program, str(ports[name])] + ([str(ports[callee])] if callee else [])
            environment = {"LD_PRELOAD": SANITIZER} if SANITIZER else {}
            services.append({"name": name, "command": command, "port": ports[name],
                             "environment": environment, "inject": "preload"})
        run = self.filibuster(
            "--application", self.write("application.json", {"services": services}),
            "--analysis-file", self.write("analysis.json", analysis),
            "--disable-dynamic-reduction", "--report", "report.json",
            functional_test=self.script("test", TEST % {"port": ports["front"]}), expect=0)
        report = self.report()
        self.assertEqual(report["executions"],
                         {"run": runs, "pruned": 0, "failed": 0, "undelivered": 0}, run.output)
        for execution in report["test_executions"][1:]:
            (fault,) = execution["faults"]
            self.assertEqual(fault["callsite_file"], "support/%s.cc" % program)
            self.assertIn((fault["service"], fault["target_service"]),
                          (("front", "middle"), ("middle", "back")))
