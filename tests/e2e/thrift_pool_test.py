"""Thrift: a broken connection is returned to a pool, and an exception is sliced."""

import json

import harness
from harness import BUILD

EXAMPLE = BUILD / "examples/thrift-pool"


class ThriftPoolTest(harness.E2ETest):
    def application(self, **more):
        """application.json, and what the functional test is started with."""
        ports = {name: self.port() for name in ("cart", "stock")}
        environment = {name.upper() + "_PORT": str(port) for name, port in ports.items()}
        of_services = dict(environment)
        if "inject" in more and harness.SANITIZER_RUNTIME:
            of_services["LD_PRELOAD"] = harness.SANITIZER_RUNTIME
        application = self.write("application.json", {"services": [
            dict({"name": name, "command": [str(EXAMPLE / "bin" / name)], "port": port,
                  "health_check": "tcp", "environment": of_services}, **more)
            for name, port in ports.items()]})
        return application, {"functional_test": EXAMPLE / "bin/test_cart",
                             "environment": environment}

    def test_by_preload_all_but_exceptions_of_the_interface_are_injected(self):
        application, test = self.application(inject="preload")
        analysis = json.loads((EXAMPLE / "analysis.json").read_text())
        self.filibuster("--application", application, "--analysis-file",
                        self.write("analysis.json", {"cpp.thrift": analysis["cpp.thrift"]}),
                        "--keep-going", "--disable-dynamic-reduction", "--report", "report.json",
                        expect=1, **test)
        report = self.report()
        self.assertEqual(report["executions"],
                         {"run": 9, "pruned": 0, "failed": 1, "undelivered": 0})
        (bug,) = report["bugs"]
        (fault,) = bug["counterexample"]
        self.assertEqual((fault["service"], fault["target_service"], fault["callsite_file"]),
                         ("cart", "stock", "cart/cart.cc"))
        self.assertEqual((fault["method"], fault["forced_exception"]["name"]),
                         ("Reserve", "apache::thrift::transport::TTransportException::END_OF_FILE"))

    def test_the_two_planted_bugs_are_found_and_nothing_else(self):
        application, test = self.application()
        explore = ("--application", application, "--analysis-file", EXAMPLE / "analysis.json")
        self.filibuster(*explore, "--keep-going", "--disable-dynamic-reduction",
                        "--report", "report.json", expect=1, **test)

        # Three ways to fail for each of the two calls, alone and together. A sliced exception
        # fails whatever happened before; a broken connection if nothing else fails Price.
        report = self.report()
        self.assertEqual(report["executions"],
                         {"run": 16, "pruned": 0, "failed": 5, "undelivered": 0})
        source = (harness.SOURCE / "examples/thrift-pool/services/cart/cart.cc").read_text()
        found = []
        for bug in report["bugs"]:
            (fault,) = bug["counterexample"]
            self.assertEqual((fault["service"], fault["target_service"]), ("cart", "stock"))
            self.assertEqual(fault["callsite_file"], "cart/cart.cc")
            call = "client.%s(" % fault["method"]
            self.assertEqual(fault["callsite_line"], str(source.split(call)[0].count("\n") + 1))
            found.append((fault["method"], fault["forced_exception"]["name"]))
        self.assertEqual(sorted(found), [
            ("Price", "shop::NotPriced"),
            ("Reserve", "apache::thrift::transport::TTransportException::END_OF_FILE")])

        run = self.filibuster(*explore, "--counterexample-file", "counterexample.json", expect=1,
                              **test)
        self.assertIn("Counterexample reproduced.", run.output)


if __name__ == "__main__":
    harness.main()
