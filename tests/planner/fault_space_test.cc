#include "planner/fault_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/analysis_json.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The faults of one call, as JSON: exceptions and errors.
struct Faults {
  std::vector<std::string> exceptions;
  std::vector<std::string> errors;
};

Faults FaultsOf(const Analysis& analysis, const Invocation& invocation,
                std::optional<std::string> target) {
  CallTable calls;
  auto space = FaultSpace::Create(analysis);
  const CallId call = calls.EnterCall({invocation, kFunctionalTest, std::move(target)});
  Faults faults;
  KnownFaults known(*space, calls);
  const CallFaults& found = known.Of(calls.EnterForm({call, invocation.metadata}));
  for (const FaultId id : found.exceptions) {
    faults.exceptions.push_back(ToJson(calls.fault(id))["forced_exception"].dump());
  }
  for (const FaultId id : found.errors) {
    faults.errors.push_back(ToJson(calls.fault(id))["failure_metadata"].dump());
  }
  return faults;
}

Invocation Get(Json metadata = Json::object()) {
  Invocation invocation;
  invocation.module = "httplib";
  invocation.method = "Get";
  invocation.metadata = std::move(metadata);
  invocation.execution_index = "[]";
  return invocation;
}

Analysis WithException(const std::string& metadata) {
  return *AnalysisFromText(
      R"({"m": {"pattern": "httplib", "exceptions": [{"name": "E", "metadata": )" + metadata +
          "}]}}",
      "analysis.json");
}

TEST(FaultSpaceTest, TriesExceptionsAndErrorsInTheFilesOrder) {
  const Faults faults = FaultsOf(DefaultAnalysis(), Get({{"timeout", 10}}), "bar");
  EXPECT_THAT(faults.exceptions,
              ElementsAre(R"({"metadata":{},"name":"httplib::Error::Connection"})",
                          R"({"metadata":{},"name":"httplib::Error::Read"})"));
  EXPECT_THAT(faults.errors, ElementsAre(R"({"return_value":{"status_code":"500"}})",
                                         R"({"return_value":{"status_code":"502"}})",
                                         R"({"return_value":{"status_code":"503"}})"));
}

TEST(FaultSpaceTest, HasNoTimeoutForACallWithoutOne) {
  EXPECT_EQ(FaultsOf(DefaultAnalysis(), Get(), "bar").exceptions.size(), 1u);
  EXPECT_EQ(FaultsOf(DefaultAnalysis(), Get({{"timeout", nullptr}}), "bar").exceptions.size(), 1u);
}

TEST(FaultSpaceTest, HasNoErrorsForAnExternalService) {
  EXPECT_THAT(FaultsOf(DefaultAnalysis(), Get(), std::nullopt).errors, IsEmpty());
}

TEST(FaultSpaceTest, MatchesPatternsAtTheStartOnly) {
  const auto analysis = *AnalysisFromText(
      R"({"m": {"pattern": "httplib", "exceptions": [{"name": "start"}],
                "errors": [{"service_name": "bar", "types": [{"return_value": {"status_code": "500"}}]}]},
          "n": {"pattern": "lib\\.Get", "exceptions": [{"name": "middle"}]},
          "o": {"pattern": ".*\\.Ge$", "exceptions": [{"name": "end"}]}})",
      "analysis.json");
  const Faults faults = FaultsOf(analysis, Get(), "bar-primary");
  EXPECT_THAT(faults.exceptions, ElementsAre(HasSubstr("start")));
  EXPECT_EQ(faults.errors.size(), 1u);
  EXPECT_THAT(FaultsOf(analysis, Get(), "sidebar").errors, IsEmpty());
}

TEST(FaultSpaceTest, NamesAFaultOnceThoughTwoModulesHaveIt) {
  const auto analysis = *AnalysisFromText(
      R"({"m": {"pattern": "httplib", "exceptions": [{"name": "E"}]},
          "n": {"pattern": "httplib", "exceptions": [{"name": "E"}, {"name": "F"}]}})",
      "analysis.json");
  EXPECT_EQ(FaultsOf(analysis, Get(), "bar").exceptions.size(), 2u);
}

TEST(FaultSpaceTest, ComputesMetadataFromTheCall) {
  const auto metadata_of = [](const std::string& metadata) {
    return FaultsOf(WithException(metadata), Get({{"timeout", 10}}), "bar").exceptions;
  };
  EXPECT_THAT(metadata_of(R"-({"sleep": "@expr(metadata['timeout'])"})-"),
              ElementsAre(R"({"metadata":{"sleep":10},"name":"E"})"));
  EXPECT_THAT(metadata_of(R"-({"sleep": "@expr(metadata['timeout'])+0.001"})-"),
              ElementsAre(R"({"metadata":{"sleep":10.001},"name":"E"})"));
  EXPECT_THAT(metadata_of(R"-({"sleep": "@expr(metadata['timeout']-1)", "abort": false})-"),
              ElementsAre(R"({"metadata":{"abort":false,"sleep":9},"name":"E"})"));
  EXPECT_THAT(metadata_of(R"-({"sleep": "@expr(metadata['timeout']+1)"})-"),
              ElementsAre(R"({"metadata":{"sleep":11},"name":"E"})"));
  EXPECT_THAT(metadata_of(R"-({"abort": false, "messages": 3})-"),
              ElementsAre(R"({"metadata":{"abort":false,"messages":3},"name":"E"})"));
  EXPECT_THAT(metadata_of(R"-({"sleep": "@expr(metadata['deadline'])"})-"), IsEmpty());
}

TEST(FaultSpaceTest, RefusesAnExpressionThatItCannotRead) {
  const auto space = FaultSpace::Create(WithException(R"-({"sleep": "@expr(metadata.timeout)"})-"));
  ASSERT_FALSE(space);
  EXPECT_EQ(space.error().message,
            "m: exceptions: E: metadata: sleep: found \"@expr(metadata.timeout)\", expected an "
            "expression like @expr(metadata['timeout']+1)");
}

TEST(FaultSpaceTest, LatenciesOfACallComeBehindItsErrors) {
  const auto faults_of = [](const Json& latency, std::optional<std::string> target) {
    CallTable calls;
    auto space = FaultSpace::Create(
        *AnalysisFromText(Json{{"m",
                                {{"pattern", "grpc"},
                                 {"errors", Json::parse(R"([{"service_name": ".*", "types": [
                                          {"exception": {"metadata": {"code": "INTERNAL"}}}]}])")},
                                 {"latencies", Json::array({latency})}}}}
                              .dump(),
                          "analysis.json"));
    Invocation invocation;
    invocation.module = "grpc";
    invocation.method = "insecure_channel";
    invocation.args = {"/shop.Prices/Get"};
    invocation.execution_index = "[]";
    const CallId call = calls.EnterCall({invocation, kFunctionalTest, std::move(target)});
    std::string names;
    for (const FaultId id : space->ErrorsOf(calls.EnterForm({call, {}}), calls)) {
      names += FaultName(calls.fault(id)) + "\n";
    }
    return names;
  };
  const auto latency = [](const char* type, const char* matcher, int milliseconds) {
    return Json{{"type", type}, {"matcher", matcher}, {"milliseconds", milliseconds}};
  };
  EXPECT_EQ(faults_of(latency("SERVICE", "pri", 1500), "prices"), "INTERNAL\nlatency (1.5 s)\n");
  EXPECT_EQ(faults_of(latency("SERVICE", "pri", 1500), "reviews"), "INTERNAL\n");
  EXPECT_EQ(faults_of(latency("METHOD", "shop\\.Prices/", 2000), "x"), "INTERNAL\nlatency (2 s)\n");
  EXPECT_EQ(faults_of(latency("METHOD", "shop\\.Reviews/", 2000), "x"), "INTERNAL\n");
  // Nobody waits in a service that is not instrumented.
  EXPECT_EQ(faults_of(latency("SERVICE", ".*", 1500), std::nullopt), "");
}

TEST(FaultSpaceTest, MistakesInLatenciesAreNamed) {
  const auto error_of = [](const char* latencies) {
    const auto space = FaultSpace::Create(
        *AnalysisFromText(std::string(R"({"m": {"pattern": "x", "latencies": )") + latencies + "}}",
                          "analysis.json"));
    return space ? "" : space.error().message;
  };
  EXPECT_EQ(error_of("7"), "m: latencies: found 7, expected a list");
  EXPECT_THAT(error_of(R"([{"type": "HOST"}])"), HasSubstr(R"(expected "type": "SERVICE" or)"));
  EXPECT_THAT(error_of(R"([{"type": "SERVICE", "milliseconds": 1}])"), HasSubstr("\"matcher\""));
  EXPECT_THAT(error_of(R"([{"type": "SERVICE", "matcher": ".*", "milliseconds": -1}])"),
              HasSubstr("\"milliseconds\": an integer from 1 to 1000000000"));
  EXPECT_THAT(error_of(R"([{"type": "SERVICE", "matcher": ".*", "milliseconds": 1000000001}])"),
              HasSubstr("1000000000"));
  EXPECT_THAT(error_of(R"([{"type": "SERVICE", "matcher": "(", "milliseconds": 1}])"),
              HasSubstr("m: latencies: matcher: \"(\" is not a regular expression"));
}

TEST(FaultSpaceTest, CorruptedBodiesAreFaultsOfServicesThatWereReachedIfAskedFor) {
  const auto faults_of = [](bool transformers, std::optional<std::string> target) {
    const Analysis analysis = *AnalysisFromText(
        R"({"m": {"pattern": "httplib\\.Get", "transformers": [
             {"type": "SERVICE", "matcher": "bar", "transformation": "truncated"},
             {"type": "METHOD", "matcher": "Get", "transformation": "json_type"},
             {"type": "METHOD", "matcher": "Post", "transformation": "empty"}]}})",
        "analysis.json");
    CallTable calls;
    auto space = FaultSpace::Create(analysis, transformers);
    const CallId call = calls.EnterCall({Get(), kFunctionalTest, std::move(target)});
    std::string names;
    for (const FaultId id : space->ErrorsOf(calls.EnterForm({call, Json::object()}), calls)) {
      names += FaultName(calls.fault(id)) + "\n";
    }
    return names;
  };
  EXPECT_EQ(faults_of(true, "bar"), "corrupted body (truncated)\ncorrupted body (json_type)\n");
  EXPECT_EQ(faults_of(true, "baz"), "corrupted body (json_type)\n");
  EXPECT_EQ(faults_of(true, std::nullopt), "");
  EXPECT_EQ(faults_of(false, "bar"), "");
}

TEST(FaultSpaceTest, TransformersForCallsByGrpcOrThriftAreRefusedBeforeAnythingRuns) {
  const auto error_of = [](const std::string& pattern) {
    const Analysis analysis = *AnalysisFromText(R"({"m": {"pattern": ")" + pattern + R"(",
             "call_sites": [{"service": "cart", "file": "cart.cc", "line": 1, "column": 1,
                             "function": "f", "module": "thrift", "method": "Reserve",
                             "target": {"unresolved": "x"}, "handlers": []}],
             "transformers": [
               {"type": "SERVICE", "matcher": "bar", "transformation": "empty"}]}})",
                                                "analysis.json");
    EXPECT_TRUE(FaultSpace::Create(analysis));
    const auto space = FaultSpace::Create(analysis, /*transformers=*/true);
    return space ? "" : space.error().message;
  };
  EXPECT_EQ(
      error_of(R"(grpc\\..*)"),
      R"(m: transformers: the pattern grpc\..* matches grpc.insecure_channel, expected calls )"
      "by HTTP only: answers of gRPC and Thrift are not corrupted");
  EXPECT_THAT(error_of(R"((httplib|thrift)\\..*)"), HasSubstr("matches thrift.,"));
  EXPECT_THAT(error_of(R"(thrift\\.(Reserve|Release))"), HasSubstr("matches thrift.Reserve,"));
  EXPECT_EQ(error_of(R"((httplib|curl|poco|cpprest)\\..*)"), "");
}

TEST(FaultSpaceTest, AMistakeInATransformerIsNamedIfTransformersAreAskedFor) {
  const Analysis analysis = *AnalysisFromText(
      R"({"m": {"pattern": "x", "transformers": [
           {"type": "SERVICE", "matcher": ".*", "transformation": "shuffle"}]}})",
      "analysis.json");
  EXPECT_TRUE(FaultSpace::Create(analysis));
  EXPECT_THAT(FaultSpace::Create(analysis, /*transformers=*/true).error().message,
              HasSubstr("expected \"transformation\": empty, truncated, bit_flip or json_type"));
}

TEST(FaultSpaceTest, ACorruptedBodyIsSeenOnlyByACallerThatSaysSo) {
  const Fault fault =
      ForcedException{"corrupted_body", {{"abort", false}, {"transformation", "empty"}}};
  EXPECT_TRUE(IsSeen(fault, {{"status_code", "200"}, {"transformation", "empty"}}, Json()));
  EXPECT_FALSE(IsSeen(fault, {{"status_code", "200"}, {"transformation", "truncated"}}, Json()));
  EXPECT_FALSE(IsSeen(fault, {{"status_code", "200"}}, Json()));
  EXPECT_FALSE(IsSeen(fault, Json(), {{"name", "corrupted_body"}, {"metadata", Json::object()}}));
}

}  // namespace
}  // namespace filibuster
