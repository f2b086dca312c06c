#include "planner/failure_look.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

// foo answers 503, and the test writes this.
std::string Look(std::string_view output, const char* status = "503") {
  CallTable calls;
  KnownCall call;
  call.invocation.source_service_name = "foo";
  call.invocation.execution_index = R"([["a", 1]])";
  const RequestAnswer answer{.calls = {calls.EnterCall(call)},
                             .result = calls.EnterResult({.status_code = status})};
  return FailureLook("exit code 1", std::span(&answer, 1), output, calls);
}

TEST(FailureLookTest, IsNotKnownWithoutAnAnswer) {
  EXPECT_EQ(FailureLook("exit code 1", {}, "expected 200, got 503\n", CallTable()), "");
}

TEST(FailureLookTest, IsAlikeForOneAnswerAndOneAssertion) {
  const std::string look = Look("asked\nexpected 200 \"foo\", got 503 \"5001/bar: Connection\"\n");
  EXPECT_EQ(look, Look("expected 200 \"foo\", got 503 \"5001/bar: Read\"\n\n"));
  EXPECT_NE(look, Look("expected 200 \"foo\", got 500 \"5001/bar: Read\"\n"));
  EXPECT_NE(look, Look("expected 200 \"foo\", got 503 \"5001/bar: Read\"\n", "500"));
}

TEST(FailureLookTest, TellsAssertionsApartByTheirPlaces) {
  EXPECT_NE(Look("./foo_test.cc:12: Failure\nno\n"), Look("./foo_test.cc:13: Failure\nno\n"));
  EXPECT_EQ(Look("127.0.0.1:5001 is down\nno\n"), Look("127.0.0.1:5002 is down\nno\n"));
  EXPECT_EQ(Look(":\n1.:2\n.:3 x.c:\nno\n"), Look("no"));
}

}  // namespace
}  // namespace filibuster
