"""The small examples over HTTP: each has one bug, which one fault set reveals."""

import json

import harness


def executions(run, failed, pruned=0):
    return {"run": run, "pruned": pruned, "failed": failed, "undelivered": 0}


class ExamplesTest(harness.E2ETest):
    def faults_of_the_bug(self, report):
        """The only counterexample, as (service, place, target, fault) for each fault."""
        (bug,) = report["bugs"]
        faults = []
        for fault in bug["counterexample"]:
            how = (fault["forced_exception"]["name"] if "forced_exception" in fault
                   else fault["failure_metadata"]["return_value"]["status_code"])
            place = "%s:%s" % (fault["callsite_file"], fault["callsite_line"])
            faults.append((fault["service"], place, fault.get("target_service"), how))
        return faults

    def replay(self, example, functional_test):
        run, _ = self.explore(example, functional_test, "--counterexample-file",
                              "counterexample.json", expect=1)
        self.assertIn("Counterexample reproduced.", run.output)

    def test_a_fallback_to_the_same_server_fails_with_it(self):
        _, report = self.explore("fallback", "test_find", "--keep-going", expect=1)
        self.assertEqual(report["executions"], executions(run=3, failed=1))
        source = "fallback/services/catalog/catalog.cc"
        primary = "catalog/catalog.cc:" + self.line_of(source, "primary_.Get")
        fallback = "catalog/catalog.cc:" + self.line_of(source, "fallback_.Get")
        refused = "httplib::Error::Connection"
        self.assertEqual(self.faults_of_the_bug(report), [
            ("catalog", primary, "search", refused), ("catalog", fallback, "search", refused)])
        self.replay("fallback", "test_find")

    def test_a_default_is_wrong_only_if_two_calls_fail(self):
        _, report = self.explore("default-value", "test_total", "--keep-going", expect=1)
        self.assertEqual(report["executions"], executions(run=4, failed=1))
        place = "shop/shop.cc:" + self.line_of("default-value/services/shop/shop.cc",
                                               "curl_easy_perform")
        refused = "CURLE_COULDNT_CONNECT"
        self.assertEqual(self.faults_of_the_bug(report), [
            ("shop", place, "profiles", refused), ("shop", place, "tax", refused)])
        self.replay("default-value", "test_total")

    def test_what_a_call_in_a_pool_throws_is_lost(self):
        _, report = self.explore("threads", "test_portal", "--keep-going",
                                 "--disable-dynamic-reduction", expect=1)
        # No fault, portal -> dashboard, news; the weather with and without the news.
        self.assertEqual(report["executions"], executions(run=5, failed=2))
        place = "dashboard/dashboard.cc:" + self.line_of(
            "threads/services/dashboard/dashboard.cc", "client.Get(path)")
        self.assertEqual(self.faults_of_the_bug(report), [
            ("dashboard", place, "weather", "httplib::Error::Connection")])
        self.replay("threads", "test_portal")

    def test_the_calls_in_the_pool_belong_to_the_request(self):
        _, report = self.explore("threads", "test_portal", "--only-initial-execution", expect=0)
        calls = {call["target_service"]: json.loads(call["execution_index"])
                 for call in report["test_executions"][0]["calls"]}
        self.assertEqual(sorted(calls), ["dashboard", "news", "weather"])
        self.assertEqual(calls["weather"][:-1], calls["dashboard"])
        self.assertEqual(calls["news"][:-1], calls["dashboard"])

    def test_a_python_service_in_the_chain_takes_no_timeout_for_a_failure(self):
        _, report = self.explore("mixed", "test_tickets", "--keep-going",
                                 "--disable-dynamic-reduction", expect=1)
        # No fault, three of tickets -> seats, three of seats -> prices.
        self.assertEqual(report["executions"], executions(run=7, failed=1))
        place = "seats/seats.py:" + self.line_of("mixed/services/seats/seats.py",
                                                 "instrumentation.get(")
        self.assertEqual(self.faults_of_the_bug(report), [
            ("seats", place, "prices", "TimeoutError")])
        self.replay("mixed", "test_tickets")


if __name__ == "__main__":
    harness.main()
