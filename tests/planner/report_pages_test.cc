#include "planner/report_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/analysis_json.h"
#include "planner/report.h"
#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// b answers 503 if it cannot reach c, and 500 if c answers 500, which fails the test.
constexpr char kAnalysis[] = R"({"http": {"pattern": "httplib",
  "exceptions": [{"name": "httplib::Error::Connection"}],
  "errors": [{"service_name": "c", "types": [{"return_value": {"status_code": "500"}}]}],
  "call_sites": [
  {"service": "b", "file": "b.cc", "line": 17, "module": "httplib", "method": "Get",
   "target": {"service": "c"},
   "handlers": [
     {"faults": ["httplib::Error::Connection"], "kind": "catch", "file": "b.cc", "line": 18,
      "outcome": {"status_code": "503"}},
     {"faults": ["500"], "kind": "status-check", "file": "b.cc", "line": 20,
      "outcome": {"status_code": "404"}}]}]}})";

class ReportPagesTest : public testing::Test {
 protected:
  ReportPagesTest() {
    FakeTestRunner runner([](FakeApplication& application, bool) {
      return application.Call("a", "b", [&]() -> std::string {
        const std::string result = application.Call("b", "c");
        if (result == "200") return "200";
        return result == "500" ? "500" : "503";
      }) != "500";
    });
    auto space = FaultSpace::Create(analysis_);
    CallTable calls;
    CallSites sites(analysis_, calls);
    const ExploreOptions options{.facts = sites.Facts(), .keep_going = true};
    const Exploration exploration = Explore(runner, *space, calls, options);
    FailureOracle oracle(runner, calls, 10);
    const auto bugs = *FindBugs(exploration, calls, options.facts, oracle);
    report_ = ReportDocument({.functional_test = "./test",
                              .options = options,
                              .exploration = exploration,
                              .calls = calls,
                              .bugs = bugs,
                              .handlers = CoverHandlers(exploration, sites, *space, calls),
                              .warnings = {},
                              .replayed = "",
                              .map = MapServices(exploration, bugs, *space, calls),
                              .sites = &sites});
  }

  const Analysis analysis_ = *AnalysisFromText(kAnalysis, "analysis.json");
  nlohmann::ordered_json report_;
};

TEST_F(ReportPagesTest, MapsWhatWasTriedBetweenServices) {
  const auto& map = report_["service_map"];
  EXPECT_EQ(map["entries"], nlohmann::ordered_json({"a"}));
  std::vector<std::string> edges;
  for (const auto& edge : map["edges"]) {
    edges.push_back(fmt::format("{} {} {}/{} {} {}", edge["service"].get<std::string>(),
                                edge["target"].get<std::string>(), edge["injected"].dump(),
                                edge["faults"].dump(), edge["failed"].dump(),
                                edge["state"].get<std::string>()));
  }
  EXPECT_THAT(edges, ElementsAre("a b 1/1 0 handled", "b c 2/2 1 bug"));
}

TEST_F(ReportPagesTest, HoldsPredictionsAgainstWhatWasSeen) {
  EXPECT_EQ(report_["handlers"][0]["confirmation"], "confirmed");
  EXPECT_EQ(report_["handlers"][1]["confirmation"], "refuted");
  EXPECT_EQ(report_["handlers"][1]["answers"], nlohmann::ordered_json({{"500", 1}}));
  EXPECT_EQ(report_["handlers"][1]["failed"], 1);
}

TEST_F(ReportPagesTest, SaysWhereABugStrikesAndWhatIsThere) {
  const auto& bug = report_["bugs"][0];
  EXPECT_EQ(bug["words"], "b → c: 500 Internal Server Error");
  EXPECT_EQ(bug["sites"][0]["call_site"], "b.cc:17");
  EXPECT_EQ(bug["sites"][0]["handlers"][0]["takes_it"], false);
  EXPECT_EQ(bug["sites"][0]["handlers"][1]["takes_it"], true);
  EXPECT_EQ(bug["calls"][1]["caller"], 0);
  EXPECT_FALSE(bug["calls"][0].contains("caller"));
}

TEST_F(ReportPagesTest, EndsNoScriptBeforeItsEnd) {
  const std::string hostile = "</script><script>hacked()</script><!--{{style}}";
  report_["functional_test"] = hostile;
  report_["test_executions"][0]["words"] = hostile;
  const std::string page = ReportToHtml(report_, "");
  EXPECT_THAT(page, Not(HasSubstr("<script>hacked")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;hacked()&lt;/script&gt;&lt;!--{{style}}"));
  EXPECT_THAT(page, HasSubstr("\\u003cscript>hacked()\\u003c/script>\\u003c!--{{style}}"));
}

TEST_F(ReportPagesTest, TellsCiWhichExecutionFailed) {
  EXPECT_THAT(ReportToJunit(report_),
              HasSubstr("<testcase name=\"test 2: b → c: 500 Internal Server Error\" "
                        "classname=\"./test\" time=\"0.000\">\n"
                        "      <failure message=\"exit code 1\" type=\"failed\"></failure>"));
}

TEST_F(ReportPagesTest, NamesServicesInTheMapAsTheyAre) {
  report_["service_map"]["edges"][0]["target"] = "b\\N\"]<";
  EXPECT_THAT(ServiceMapToDot(report_), HasSubstr(R"("service b\\N\"]<" [label="b\\N\"]<")"));
}

TEST(ServiceMapTest, DoesNotBlameACallWhoseFaultsNoBugNeeds) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return application.Call("a", "c") != "500";
  });
  auto space = FaultSpace::Create(DefaultAnalysis());
  CallTable calls;
  const Exploration exploration = Explore(runner, *space, calls, {.keep_going = true});
  FailureOracle oracle(runner, calls, 10);
  const auto bugs = *FindBugs(exploration, calls, {}, oracle);
  const ServiceMap map = MapServices(exploration, bugs, *space, calls);
  ASSERT_EQ(map.edges.size(), 2u);
  EXPECT_GT(map.edges[0].failed, 0u);
  EXPECT_FALSE(map.edges[0].has_bug);
  EXPECT_TRUE(map.edges[1].has_bug);
  EXPECT_TRUE(MapServices(exploration, {}, *space, calls).edges[0].has_bug) << "nobody knows";
}

}  // namespace
}  // namespace filibuster
