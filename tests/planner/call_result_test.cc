#include "planner/call_result.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

CallResult Exception(const std::string& name, Json metadata = Json::object()) {
  return *ResultOf(nullptr, {{"name", name}, {"metadata", std::move(metadata)}});
}

CallResult Status(const Json& code) { return *ResultOf({{"status_code", code}}, nullptr); }

TEST(CallResultTest, IsTheSameForAStatusInjectedAndOneThatAroseByItself) {
  EXPECT_EQ(ResultOf(FailureMetadata{{{"status_code", "503"}}, nullptr}), Status(503));
}

TEST(CallResultTest, IsTheSameForACodeWhicheverExceptionCarriesIt) {
  const CallResult error =
      ResultOf(FailureMetadata{nullptr, {{"metadata", {{"code", "NOT_FOUND"}}}}});
  EXPECT_EQ(error, Exception("RpcError", {{"code", "NOT_FOUND"}}));
  EXPECT_NE(error, ResultOf(ForcedException{"RpcError", {{"code", "UNAVAILABLE"}}}));
}

TEST(CallResultTest, KnowsACodeAsFilibusterForPythonReportsTheOneThatItInjects) {
  EXPECT_EQ(ResultOf(ForcedException{"grpc._channel._InactiveRpcError", {{"code", "UNAVAILABLE"}}}),
            Exception("grpc._channel._InactiveRpcError", {{"code", "StatusCode.UNAVAILABLE"}}));
}

TEST(CallResultTest, IsSeenByItsNameWhateverMetadataTheCallerRepeats) {
  const CallResult planned = ResultOf(
      ForcedException{"requests.Timeout", {{"sleep", 1}, {"abort", false}, {"cause", "x"}}});
  EXPECT_TRUE(IsSeenAs(planned, Exception("requests.Timeout", {{"sleep", 1}, {"abort", false}})));
  EXPECT_TRUE(IsSeenAs(planned, Exception("requests.exceptions.Timeout")));
  EXPECT_FALSE(IsSeenAs(planned, Exception("requests.exceptions.ConnectTimeout")));
  EXPECT_FALSE(IsSeenAs(planned, Exception("unknown")));
  EXPECT_FALSE(IsSeenAs(planned, Status(200)));
}

TEST(CallResultTest, IsSeenByItsStatus) {
  const CallResult planned = ResultOf(FailureMetadata{{{"status_code", "503"}}, nullptr});
  EXPECT_TRUE(IsSeenAs(planned, Status(503)));
  EXPECT_FALSE(IsSeenAs(planned, Status(200)));
  EXPECT_FALSE(IsSeenAs(planned, Exception("httplib::Error::Connection")));
}

}  // namespace
}  // namespace filibuster
