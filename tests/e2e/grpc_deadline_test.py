"""gRPC, included and preloaded: a call without a deadline waits as long as its callee likes."""

import os

import harness
from harness import BUILD

EXAMPLE = BUILD / "examples/grpc-deadline"
SANITIZER = os.environ.get("FILIBUSTER_SANITIZER_RUNTIME", "")


class GrpcDeadlineTest(harness.E2ETest):
    def setUp(self):
        super().setUp()
        ports = {name: self.port() for name in ("shop", "prices", "reviews")}
        environment = {name.upper() + "_ADDRESS": "127.0.0.1:%d" % port
                       for name, port in ports.items()}
        self.address = {"SHOP_ADDRESS": environment["SHOP_ADDRESS"]}
        preloaded = dict(environment, **({"LD_PRELOAD": SANITIZER} if SANITIZER else {}))
        services = []
        for name, port in ports.items():
            service = {"name": name, "command": [str(EXAMPLE / "bin" / name)], "port": port,
                       "health_check": "tcp", "environment": environment}
            if name != "prices":  # that one includes filibuster/grpc.h
                service.update(environment=preloaded, inject="preload")
            services.append(service)
        self.application = self.write("application.json", {"services": services})

    def explore(self, *arguments, expect):
        return self.filibuster(
            "--application", self.application, "--analysis-file", EXAMPLE / "analysis.json",
            "--report", "report.json", *arguments,
            functional_test=EXAMPLE / "bin/test_page", environment=self.address, expect=expect)

    def test_only_reviews_that_come_late_keep_the_page_from_being_shown(self):
        run = self.explore("--keep-going", "--disable-dynamic-reduction", expect=1)
        # No fault, each of four of prices, each of three of reviews, and these together. Late
        # reviews fail however prices fares; late prices never do, by the deadline of that call.
        self.assertEqual(self.report()["executions"],
                         {"run": 20, "pruned": 0, "failed": 5, "undelivered": 0})
        (bug,) = self.report()["bugs"]
        (fault,) = bug["counterexample"]
        self.assert_is_late_reviews(fault)
        self.assertIn("latency (20 s)", run.output)

    def test_late_prices_are_the_deadline_that_has_passed(self):
        self.explore("--keep-going", expect=1)
        self.assertEqual(self.report()["executions"],
                         {"run": 16, "pruned": 1, "failed": 4, "undelivered": 0})
        (skipped,) = self.report()["skipped"]
        (fault,) = skipped["faults"]
        self.assertEqual(fault["args"], ["/shop.Prices/Get"])
        self.assertEqual(fault["forced_exception"]["name"], "grpc::StatusCode::DEADLINE_EXCEEDED")

    def test_the_counterexample_reproduces(self):
        self.explore(expect=1)
        for fault in self.report("counterexample.json")["faults"]:
            if fault["args"] == ["/shop.Reviews/List"]:
                self.assert_is_late_reviews(fault)
        run = self.explore("--counterexample-file", "counterexample.json", expect=1)
        self.assertIn("Counterexample reproduced.", run.output)

    def assert_is_late_reviews(self, fault):
        self.assertEqual(fault["service"], "shop")
        self.assertEqual(fault["target_service"], "reviews")
        self.assertEqual(fault["args"], ["/shop.Reviews/List"])
        self.assertEqual(fault["forced_exception"],
                         {"name": "latency", "metadata": {"abort": False, "sleep": 20}})
        self.assertEqual(fault["callsite_file"], "shop/shop.cc")
        source = (harness.SOURCE / "examples/grpc-deadline/services/shop/shop.cc").read_text()
        line = source.split("reviews_->List")[0].count("\n") + 1
        self.assertEqual(fault["callsite_line"], str(line))


if __name__ == "__main__":
    harness.main()
