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

TEST(CallResultTest, IsAnotherForASuccessThatWasInjected) {
  const CallResult injected = ResultOf(FailureMetadata{{{"status_code", "200"}}, nullptr});
  EXPECT_NE(injected, Status(200));
  EXPECT_EQ(ResultName(injected), "200");
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

Json Named(const std::string& name, Json metadata = Json::object()) {
  return {{"name", name}, {"metadata", std::move(metadata)}};
}

TEST(CallResultTest, IsSeenByItsNameWhateverMetadataTheCallerRepeats) {
  const Fault planned =
      ForcedException{"requests.Timeout", {{"sleep", 1}, {"abort", false}, {"cause", "x"}}};
  const auto is_seen = [&](const Json& exception) { return IsSeen(planned, nullptr, exception); };
  EXPECT_TRUE(is_seen(Named("requests.Timeout", {{"sleep", 1}, {"abort", false}})));
  EXPECT_TRUE(is_seen(Named("requests.exceptions.Timeout")));
  EXPECT_FALSE(is_seen(Named("requests.exceptions.ConnectTimeout")));
  EXPECT_FALSE(is_seen(Named("unknown")));
  EXPECT_FALSE(IsSeen(planned, {{"status_code", "200"}}, nullptr));
  EXPECT_FALSE(IsSeen(planned, nullptr, nullptr));
}

TEST(CallResultTest, IsSeenByItsNameThoughTheCallerReportsACodeAsWell) {
  const Fault planned = ForcedException{"grpc::StatusCode::UNAVAILABLE", Json::object()};
  EXPECT_TRUE(
      IsSeen(planned, nullptr, Named("grpc::StatusCode::UNAVAILABLE", {{"code", "UNAVAILABLE"}})));
  EXPECT_FALSE(
      IsSeen(planned, nullptr, Named("grpc::StatusCode::INTERNAL", {{"code", "INTERNAL"}})));
}

TEST(CallResultTest, OfAStreamThatFailsBehindSomeAnswersIsAnotherAndSaysHowMany) {
  const Fault at_end = ForcedException{"grpc::StatusCode::INTERNAL", {{"abort", false}}};
  const Fault planned =
      ForcedException{"grpc::StatusCode::INTERNAL", {{"abort", false}, {"messages", 3}}};
  EXPECT_NE(ResultOf(planned), ResultOf(at_end));
  EXPECT_EQ(FaultName(planned), "grpc::StatusCode::INTERNAL, answers before it: 3");
  EXPECT_EQ(FaultName(at_end), "grpc::StatusCode::INTERNAL");
  EXPECT_TRUE(IsSeen(planned, nullptr,
                     Named("grpc::StatusCode::INTERNAL", {{"code", "INTERNAL"}, {"messages", 3}})));
}

TEST(CallResultTest, IsSeenByItsCodeWhicheverExceptionCarriesIt) {
  const Fault planned = FailureMetadata{nullptr, {{"metadata", {{"code", "NOT_FOUND"}}}}};
  EXPECT_TRUE(IsSeen(planned, nullptr, Named("RpcError", {{"code", "NOT_FOUND"}})));
  EXPECT_FALSE(IsSeen(planned, nullptr, Named("RpcError", {{"code", "INTERNAL"}})));
  EXPECT_FALSE(IsSeen(planned, {{"__class__", "Reply"}}, nullptr));
}

TEST(CallResultTest, IsSeenByItsStatus) {
  const Fault planned = FailureMetadata{{{"status_code", "503"}}, nullptr};
  EXPECT_TRUE(IsSeen(planned, {{"status_code", 503}}, nullptr));
  EXPECT_FALSE(IsSeen(planned, {{"status_code", 200}}, nullptr));
  EXPECT_FALSE(IsSeen(planned, nullptr, Named("httplib::Error::Connection")));
  // Not every instrumentation says which status an answer had.
  EXPECT_TRUE(IsSeen(planned, {{"__class__", "Response"}}, nullptr));
}

}  // namespace
}  // namespace filibuster
