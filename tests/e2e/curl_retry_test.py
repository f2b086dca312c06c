"""Services that nobody has changed, by preload: a retry that hides a failed write."""

import os
import subprocess

import harness
from harness import BUILD

EXAMPLE = BUILD / "examples/curl-retry"
INJECT = BUILD / "bin/filibuster-inject"
SANITIZER = os.environ.get("FILIBUSTER_SANITIZER_RUNTIME", "")


class CurlRetryTest(harness.E2ETest):
    def application(self, **more):
        """application.json for ports of the test's own; more: members for each service."""
        ports = {"orders": self.port(), "ledger": self.port()}
        self.urls = {}
        for name, port in ports.items():
            self.urls[name.upper() + "_URL"] = "http://127.0.0.1:%d" % port
        environment = dict(self.urls)
        for name, port in ports.items():
            environment[name.upper() + "_PORT"] = str(port)
        if SANITIZER:
            environment["LD_PRELOAD"] = SANITIZER
        return self.write("application.json", {"services": [
            dict({"name": name, "command": self.command(name), "port": port,
                  "environment": environment}, **more)
            for name, port in ports.items()]})

    def command(self, service):
        return [str(EXAMPLE / "bin" / service)]

    def explore(self, application, *arguments, expect):
        return self.filibuster(
            "--application", application, "--analysis-file", EXAMPLE / "analysis.json",
            "--report", "report.json", *arguments,
            functional_test=EXAMPLE / "bin/test_orders", environment=self.urls, expect=expect)

    def expect_the_hidden_write(self):
        report = self.report()
        self.assertEqual(report["executions"],
                         {"run": 7, "pruned": 0, "failed": 1, "undelivered": 0})
        first, second = self.report("counterexample.json")["faults"]
        self.assertEqual(first["forced_exception"]["name"], "CURLE_COULDNT_CONNECT")
        self.assertEqual(second["failure_metadata"]["return_value"]["status_code"], "503")
        for fault in (first, second):
            self.assertEqual(fault["service"], "orders")
            self.assertEqual(fault["callsite_file"], "orders/orders.cc")
        self.assertEqual(second["target_service"], "ledger")

    def test_only_the_refused_second_attempt_is_hidden(self):
        application = self.application(inject="preload")
        self.explore(application, "--keep-going", "--disable-dynamic-reduction", expect=1)
        self.expect_the_hidden_write()
        run = self.explore(application, "--counterexample-file", "counterexample.json", expect=1)
        self.assertIn("Counterexample reproduced.", run.output)

    def test_the_line_of_the_call_is_that_of_the_source(self):
        self.explore(self.application(inject="preload"), expect=1)
        source = (harness.SOURCE / "examples/curl-retry/services/orders/orders.cc").read_text()
        line = source.split("curl_easy_perform")[0].count("\n") + 1
        for fault in self.report("counterexample.json")["faults"]:
            self.assertEqual(fault["callsite_line"], str(line))

    def test_without_debug_information_a_call_is_its_place_in_the_program(self):
        stripped = self.dir / "orders"
        subprocess.run(["strip", "-o", stripped, EXAMPLE / "bin/orders"], check=True)
        application = self.application(inject="preload")
        text = application.read_text()
        application.write_text(text.replace(str(EXAMPLE / "bin/orders"), str(stripped)))
        self.explore(application, expect=1)
        for fault in self.report("counterexample.json")["faults"]:
            self.assertRegex(fault["callsite_file"], "^[0-9a-f]{16,}\\+[0-9a-f]+$")


class FilibusterInjectTest(CurlRetryTest):
    """The same services, started through filibuster-inject."""

    def command(self, service):
        return [str(INJECT), "--service-name", service, "--", *super().command(service)]

    def application(self, **more):
        return super().application()

    def test_it_takes_the_place_of_what_it_starts(self):
        environment = dict(os.environ, LD_PRELOAD=SANITIZER)
        environment.pop("FILIBUSTER_URL", None)
        run = subprocess.run([INJECT, "--service-name", "foo", "--", "sh", "-c",
                              "echo $FILIBUSTER_SERVICE_NAME; exit 7"],
                             env=environment, capture_output=True, text=True)
        self.assertEqual((run.stdout, run.stderr, run.returncode), ("foo\n", "", 7))

    def test_what_cannot_be_started_is_named(self):
        run = self.run_tool("filibuster-inject", "--service-name", "foo", "--", "./nowhere",
                            expect=2)
        self.assertIn("./nowhere: No such file or directory", run.output)


if __name__ == "__main__":
    harness.main()
