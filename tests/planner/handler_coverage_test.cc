#include "planner/handler_coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/analysis_json.h"
#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kAnalysis[] = R"({"http": {"pattern": "httplib",
  "exceptions": [{"name": "E1"}, {"name": "E2"}, {"name": "E3"}],
  "call_sites": [
  {"service": "a", "file": "a.cc", "line": 17, "module": "httplib", "method": "Get",
   "target": {"service": "b"},
   "handlers": [
     {"faults": ["E1", "E2"], "kind": "catch", "file": "a.cc", "line": 18,
      "outcome": {"status_code": "503"}},
     {"faults": ["E3"], "kind": "catch", "file": "a.cc", "line": 19,
      "outcome": {"status_code": "503"}},
     {"faults": ["418"], "kind": "none", "outcome": {"continues": true}}]},
  {"service": "a", "file": "a.cc", "line": 40, "module": "httplib", "method": "Get",
   "target": {"service": "c"},
   "handlers": [{"faults": ["E1"], "kind": "none", "outcome": {"escapes": true}}]}]}})";

TEST(HandlerCoverageTest, SaysWhatWasTakenAndWhyTheRestWasNot) {
  const auto analysis = *AnalysisFromText(kAnalysis, "analysis.json");
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return true;
  });
  CallTable calls;
  CallSites sites(analysis, calls);
  auto space = FaultSpace::Create(analysis);
  const Exploration exploration =
      Explore(runner, *space, calls, {.reduction = Reduction::kOutcomes, .facts = sites.Facts()});
  EXPECT_THAT(runner.ran, ElementsAre("", "a>b:E1")) << "all outcomes are alike";

  std::vector<std::string> lines;
  for (const HandlerCoverage& coverage : CoverHandlers(exploration, sites, *space, calls)) {
    lines.push_back(fmt::format("{} {} {} {}", EntryText(*coverage.entry, *coverage.site),
                                coverage.executions, coverage.first.value_or(0),
                                coverage.why_never));
  }
  EXPECT_THAT(
      lines, ElementsAre("catch at a.cc:18 1 2 ",
                         "catch at a.cc:19 0 0 skipped: same outcome as fault E1: catch at a.cc:18",
                         "nothing at a.cc:17 0 0 none of its faults is among those to inject",
                         "nothing at a.cc:40 0 0 the call was never reached"));
}

TEST(HandlerCoverageTest, ComparesThePredictionWithWhatTheTestWasAnswered) {
  const auto analysis = *AnalysisFromText(kAnalysis, "analysis.json");
  FakeTestRunner runner([](FakeApplication& application, bool) {
    const std::string first = application.Call("a", "b");
    application.Answer(first == "E3" ? "500" : first == "200" ? "200" : "503");
    application.Call("d", "e");
    application.Answer("418");
    return true;
  });
  CallTable calls;
  CallSites sites(analysis, calls);
  auto space = FaultSpace::Create(analysis);
  const Exploration exploration = Explore(runner, *space, calls, {});
  const auto coverage = CoverHandlers(exploration, sites, *space, calls);
  EXPECT_THAT(coverage[0].answers, ElementsAre(Pair("503", coverage[0].executions)));
  EXPECT_EQ(ConfirmationOf(coverage[0]), Confirmation::kConfirmed);
  EXPECT_THAT(coverage[1].answers, ElementsAre(Pair("500", coverage[1].executions)));
  EXPECT_EQ(ConfirmationOf(coverage[1]), Confirmation::kRefuted);
}

}  // namespace
}  // namespace filibuster
