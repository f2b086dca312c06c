"""Corrupted bodies: faults like others, for those who ask for them."""

import harness
from harness import TUTORIAL


def analysis(transformation):
    return {
        "cpp.httplib": {
            "pattern": "httplib\\.Get",
            "exceptions": [],
            "transformers": [
                {"type": "SERVICE", "matcher": "baz", "transformation": transformation},
            ],
        }
    }


class TransformersTest(harness.E2ETest):
    def explore(self, *arguments, expect, transformation="truncated"):
        return self.filibuster("--application", self.tutorial(foo="foo_fixed"), "--analysis-file",
                               self.write("analysis.json", analysis(transformation)),
                               "--report", "report.json", *arguments, expect=expect)

    def test_a_body_that_nobody_checks_is_found_and_replays(self):
        run = self.explore("--transformers", expect=1)
        self.assertIn('foo answered 200 "foo bar b"', run.output)
        self.assertIn("bar -> baz (common/http_client.cc:12): corrupted body (truncated)",
                      run.output)
        (fault,) = self.report("counterexample.json")["faults"]
        self.assertEqual(fault["forced_exception"],
                         {"name": "corrupted_body",
                          "metadata": {"abort": False, "transformation": "truncated"}})
        run = self.explore("--counterexample-file", "counterexample.json", expect=1)
        self.assertIn("Counterexample reproduced.", run.output)

    def test_without_the_flag_no_body_is_corrupted(self):
        run = self.explore(expect=2)
        self.assertIn("Number of test executions ran: 1", run.output)

    def test_a_body_that_cannot_be_transformed_so_is_no_fault_that_passed(self):
        run = self.explore("--transformers", expect=2, transformation="json_type")
        self.assertIn("corrupted body (json_type): the caller saw 200 instead", run.output)

    def test_calls_whose_answers_are_no_documents_are_refused_before_anything_runs(self):
        for pattern, method in [("(httplib|grpc)\\..*", "grpc.insecure_channel"),
                                ("thrift\\..*", "thrift.")]:
            refused = analysis("empty")
            refused["cpp.httplib"]["pattern"] = pattern
            run = self.filibuster("--application", self.tutorial(), "--analysis-file",
                                  self.write("refused.json", refused), "--transformers", expect=2)
            self.assertIn("cpp.httplib: transformers: the pattern %s matches %s," % (pattern, method),
                          run.output)
            self.assertNotIn("Running test", run.output)


if __name__ == "__main__":
    harness.main()
