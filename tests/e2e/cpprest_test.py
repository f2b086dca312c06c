"""The C++ REST SDK, by preload: a chain of three services that nobody has changed."""

import os

import harness
from harness import BUILD

SERVICE = str(BUILD / "bin/cpprest_service")
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

ANALYSIS = {
    "cpp.cpprest": {
        "pattern": "cpprest\\.request",
        "exceptions": [
            {"name": "web::http::http_exception(EHOSTUNREACH)"},
            {"name": "web::http::http_exception(ETIMEDOUT)", "restrictions": "timeout"},
        ],
        "errors": [{"service_name": ".*",
                    "types": [{"return_value": {"status_code": "503"}}]}],
    }
}


class CpprestTest(harness.E2ETest):
    def test_every_fault_of_every_call_in_the_chain_is_injected_and_handled(self):
        names = ("front", "middle", "back")
        ports = {name: self.port() for name in names}
        services = []
        for name, callee in zip(names, ("middle", "back", None)):
            command = [SERVICE, str(ports[name])] + ([str(ports[callee])] if callee else [])
            environment = {"LD_PRELOAD": SANITIZER} if SANITIZER else {}
            services.append({"name": name, "command": command, "port": ports[name],
                             "environment": environment, "inject": "preload"})
        run = self.filibuster(
            "--application", self.write("application.json", {"services": services}),
            "--analysis-file", self.write("analysis.json", ANALYSIS),
            "--disable-dynamic-reduction", "--report", "report.json",
            functional_test=self.script("test", TEST % {"port": ports["front"]}), expect=0)
        report = self.report()
        # front asks middle twice, which asks back twice for each: six calls with three faults.
        self.assertEqual(report["executions"],
                         {"run": 19, "pruned": 0, "failed": 0, "undelivered": 0}, run.output)
        for execution in report["test_executions"][1:]:
            (fault,) = execution["faults"]
            self.assertEqual(fault["callsite_file"], "support/cpprest_service.cc")
            self.assertIn((fault["service"], fault["target_service"]),
                          (("front", "middle"), ("middle", "back")))


if __name__ == "__main__":
    harness.main()
