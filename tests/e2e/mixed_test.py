"""A service of another language, under another instrumentation, in the middle of the chain."""

import json
import sys

import harness
from harness import E2E

# The shape and the keys of the file that Filibuster for Python ships.
DEFAULT_ANALYSIS = {
    "python.requests": {
        "pattern": "requests\\.(get|put|post|head)",
        "exceptions": [
            {"name": "requests.exceptions.ConnectionError"},
            {"name": "requests.exceptions.Timeout", "restrictions": "timeout"},
        ],
    },
    "java.WebClient": {
        "pattern": "WebClient\\.(GET|PUT|POST|HEAD)",
        "exceptions": [
            {
                "name": "com.linecorp.armeria.client.UnprocessedRequestException",
                "metadata": {"cause": "io.netty.channel.ConnectTimeoutException"},
            }
        ],
    },
    "http": {
        "pattern": "(((requests\\.(get|put|post|head))|(WebClient\\.(GET|PUT|POST|HEAD))))",
        "errors": [
            {
                "service_name": ".*",
                "types": [{"return_value": {"status_code": code}} for code in ("500", "502", "503")],
            }
        ],
    },
    "grpc": {
        "pattern": "((grpc\\.insecure\\_channel)|(.*Service/.*))",
        "errors": [
            {
                "service_name": ".*",
                "types": [{"exception": {"metadata": {"code": "NOT_FOUND"}}}],
            }
        ],
    },
}


class MixedTest(harness.E2ETest):
    def setUp(self):
        super().setUp()
        self.bar = [sys.executable, "-B", str(E2E / "python_bar.py")]

    def run_mixed(self, analysis):
        application = self.tutorial(foo="foo_fixed", bar=self.bar)
        return self.filibuster("--application", application, "--keep-going", "--report",
                               "report.json", "--analysis-file",
                               self.write("analysis.json", analysis))

    def test_the_calls_of_both_instrumentations_form_one_chain(self):
        run = self.run_mixed(DEFAULT_ANALYSIS)
        self.assertEqual(run.returncode, 0, run.output)
        report = self.report()
        # Fault-free, and bar -> baz with two exceptions and three statuses.
        self.assertEqual(report["executions"]["run"], 6, run.output)
        foo, bar = report["test_executions"][0]["calls"]
        self.assertEqual((foo["service"], foo["module"], foo["target_service"]),
                         ("foo", "httplib", "bar"))
        self.assertEqual((bar["service"], bar["module"], bar["target_service"]),
                         ("bar", "requests", "baz"))
        parent = json.loads(foo["execution_index"])
        self.assertEqual(json.loads(bar["execution_index"])[: len(parent)], parent)

    def test_faults_are_delivered_into_both(self):
        analysis = dict(DEFAULT_ANALYSIS)
        analysis["cpp.httplib"] = {
            "pattern": "httplib\\.Get",
            "exceptions": [{"name": "httplib::Error::Connection"},
                           {"name": "httplib::Error::Read", "restrictions": "timeout"}],
        }
        run = self.run_mixed(analysis)
        self.assertEqual(run.returncode, 0, run.output)
        self.assertEqual(self.report()["executions"],
                         {"run": 8, "pruned": 0, "failed": 0, "undelivered": 0})


if __name__ == "__main__":
    harness.main()
