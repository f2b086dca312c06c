#include "planner/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "analyzer/analysis_json.h"
#include "planner/application_model.h"
#include "planner/call_sites.h"
#include "planner/explore.h"
#include "planner/model_runner.h"
#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;

constexpr const char* kPlanted[] = {
    "unhandled-exception", "unhandled-status",  "fallback-to-same-server",
    "retry-doubles-load",  "missing-fallback",  "wrong-default",
    "two-faults",          "timeout-inversion",
};

int FirstFailure(const std::string& name, Order order, std::uint32_t seed = 1) {
  const std::string directory = std::string(FILIBUSTER_MODELS) + "/planted/";
  const auto model = ReadModel(directory + name + "/model.json");
  EXPECT_TRUE(model) << model.error();
  auto space = FaultSpace::Create(*ReadAnalysis(directory + "analysis.json"));
  CallTable calls;
  ModelRunner runner(*model);
  const Exploration exploration =
      Explore(runner, *space, calls, {.order = order, .facts = runner.Facts(), .seed = seed});
  EXPECT_TRUE(exploration.first_failure_at) << name;
  return exploration.first_failure_at.value_or(0);
}

double MeanRank(Order order, int seeds = 1) {
  double sum = 0;
  for (const char* name : kPlanted) {
    for (int seed = 1; seed <= seeds; ++seed) {
      sum += FirstFailure(name, order, static_cast<std::uint32_t>(seed));
    }
  }
  return sum / static_cast<double>(std::size(kPlanted)) / seeds;
}

TEST(OrderTest, FindsPlantedBugsFirstWhenGuided) {
  const double guided = MeanRank(Order::kGuided);
  const double lifo = MeanRank(Order::kLifo);
  const double random = MeanRank(Order::kRandom, 20);
  RecordProperty("guided", std::to_string(guided));
  RecordProperty("lifo", std::to_string(lifo));
  RecordProperty("random", std::to_string(random));
  EXPECT_LT(4 * guided, lifo);
  EXPECT_LT(2 * guided, random);
}

TEST(OrderTest, FindsAnExceptionThatNobodyTakesWithTheFirstFault) {
  EXPECT_EQ(FirstFailure("unhandled-exception", Order::kGuided), 2);
}

// The tutorial, before its bug is fixed, with the facts that the analysis has of it.
TEST(OrderTest, FindsTheTutorialsBugWithTheFirstFault) {
  const auto analysis = *AnalysisFromText(
      R"({"cpp.httplib": {"pattern": "httplib\\.Get",
          "exceptions": [{"name": "httplib::Error::Connection"}, {"name": "httplib::Error::Read"}],
          "call_sites": [
            {"service": "foo", "file": "foo.cc", "line": 17, "module": "httplib", "method": "Get",
             "handlers": [
              {"faults": ["httplib::Error::Read"], "kind": "catch", "file": "foo.cc", "line": 18,
               "outcome": {"status_code": "503"}},
              {"faults": ["500", "503"], "kind": "status-check", "file": "foo.cc", "line": 21,
               "outcome": {"status_code": "503"}},
              {"faults": ["httplib::Error::Connection"], "kind": "none",
               "outcome": {"escapes": true, "status_code": "500"}}]},
            {"service": "bar", "file": "bar.cc", "line": 17, "module": "httplib", "method": "Get",
             "handlers": [
              {"faults": ["httplib::Error::Read", "httplib::Error::Connection"], "kind": "catch",
               "file": "bar.cc", "line": 18, "outcome": {"status_code": "503"}},
              {"faults": ["500"], "kind": "status-check", "file": "bar.cc", "line": 21,
               "outcome": {"status_code": "503"}}]}]},
          "http": {"pattern": "httplib\\..*",
           "errors": [{"service_name": ".*", "types": [{"return_value": {"status_code": "500"}},
                                                       {"return_value": {"status_code": "503"}}]}]}})",
      "analysis.json");
  FakeTestRunner runner([](FakeApplication& application, bool fault_injected) {
    const std::string bar = application.Call(
        "foo", "bar", [&] { return application.Call("bar", "baz") == "200" ? "200" : "503"; });
    return bar != "httplib::Error::Connection" && (bar == "200") != fault_injected;
  });
  CallTable calls;
  CallSites sites(analysis, calls);
  auto space = FaultSpace::Create(analysis);
  const Exploration exploration =
      Explore(runner, *space, calls,
              {.reduction = Reduction::kOutcomes, .order = Order::kGuided, .facts = sites.Facts()});
  EXPECT_THAT(runner.ran, ElementsAre("", "foo>bar:httplib::Error::Connection"));
  EXPECT_EQ(exploration.first_failure_at, 2);
}

TEST(OrderTest, PutsWhatIsUnknownBeforeWhatWasSeen) {
  const auto analysis = *AnalysisFromText(
      R"({"http": {"pattern": "httplib", "exceptions": [{"name": "E1"}, {"name": "E2"},
                                                         {"name": "E3"}, {"name": "E4"}],
          "call_sites": [
            {"service": "a", "file": "a.cc", "line": 17, "module": "httplib", "method": "Get",
             "handlers": [
              {"faults": ["E1", "E2"], "kind": "catch", "file": "a.cc", "line": 18,
               "outcome": {"status_code": "503"}},
              {"faults": ["E4"], "kind": "catch", "file": "a.cc", "line": 19,
               "outcome": {"status_code": "504"}},
              {"faults": ["E3"], "kind": "catch", "outcome": {"unknown": "why"}}]}]}})",
      "analysis.json");
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return true;
  });
  CallTable calls;
  CallSites sites(analysis, calls);
  auto space = FaultSpace::Create(analysis);
  Explore(runner, *space, calls,
          {.reduction = Reduction::kNone, .order = Order::kGuided, .facts = sites.Facts()});
  EXPECT_THAT(runner.ran, ElementsAre("", "a>b:E3", "a>b:E1", "a>b:E4", "a>b:E2"));
}

}  // namespace
}  // namespace filibuster
