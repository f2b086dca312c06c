"""Thrift: a broken connection is returned to a pool, and an exception is sliced."""

import harness
from harness import BUILD

EXAMPLE = BUILD / "examples/thrift-pool"


class ThriftPoolTest(harness.E2ETest):
    def test_the_two_planted_bugs_are_found_and_nothing_else(self):
        ports = {name: self.port() for name in ("cart", "stock")}
        environment = {name.upper() + "_PORT": str(port) for name, port in ports.items()}
        application = self.write("application.json", {"services": [
            {"name": name, "command": [str(EXAMPLE / "bin" / name)], "port": port,
             "health_check": "tcp", "environment": environment}
            for name, port in ports.items()]})
        explore = ("--application", application, "--analysis-file", EXAMPLE / "analysis.json")
        test = {"functional_test": EXAMPLE / "bin/test_cart", "environment": environment}
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
