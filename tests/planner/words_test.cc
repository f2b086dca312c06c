#include "planner/words.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

Fault Status(const char* code) {
  return FailureMetadata{.return_value = {{"status_code", code}}, .exception = {}};
}

TEST(WordsTest, NamesTheSameFaultOfEachLibraryAlike) {
  for (const char* name : {"httplib::Error::Connection", "CURLE_COULDNT_CONNECT",
                           "requests.exceptions.ConnectionError",
                           "apache::thrift::transport::TTransportException::NOT_OPEN"}) {
    EXPECT_EQ(FaultWords(ForcedException{name}), "connection error");
  }
  EXPECT_EQ(FaultWords(ForcedException{"httplib::Error::Read"}), "timeout");
}

TEST(WordsTest, SaysWhatAStatusMeans) {
  EXPECT_EQ(FaultWords(Status("503")), "503 Service Unavailable");
  EXPECT_EQ(FaultWords(Status("599")), "599");
  EXPECT_EQ(FaultWords(ForcedException{"grpc::StatusCode::UNAVAILABLE", {{"code", "UNAVAILABLE"}}}),
            "UNAVAILABLE");
}

TEST(WordsTest, LeavesAnUnknownFaultItsName) {
  EXPECT_EQ(FaultWords(ForcedException{"my::Error"}), "my::Error");
  EXPECT_EQ(FaultWords(ForcedException{kLatency, {{"sleep", 2}}}), "latency (2 s)");
}

TEST(WordsTest, NamesCallsFromTheServiceThatTheTestCalled) {
  CallTable calls;
  KnownCall outer{.target_service_name = "bar"};
  outer.invocation.source_service_name = "foo";
  outer.invocation.execution_index = R"([["a", 1]])";
  KnownCall inner;
  inner.invocation.source_service_name = "bar";
  inner.invocation.args = {"5002/baz"};
  inner.invocation.execution_index = R"([["a", 1], ["b", 1]])";
  inner.parent = calls.EnterCall(outer);
  const CallId call = calls.EnterCall(inner);
  EXPECT_EQ(CallPathWords(calls, call), "foo → bar → 5002/baz");
  EXPECT_EQ(FaultSetWords(calls, {}), "no fault");
  EXPECT_EQ(FaultSetWords(calls, {{inner.parent, calls.EnterFault(Status("404"))},
                                  {call, calls.EnterFault(ForcedException{"CURLE_GOT_NOTHING"})}}),
            "foo → bar: 404 Not Found + bar → 5002/baz: no answer");
}

}  // namespace
}  // namespace filibuster
