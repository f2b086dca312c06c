#include "planner/simulate.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json_reader.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

SimulateOptions Cinema3() {
  SimulateOptions options;
  options.model = FILIBUSTER_MODELS "/cinema-3/model.json";
  options.analysis = FILIBUSTER_MODELS "/cinema-3/analysis.paper.json";
  return options;
}

TEST(SimulateTest, PrintsTheFiguresAsJson) {
  const auto simulation = Simulate(Cinema3());
  ASSERT_TRUE(simulation) << simulation.error();
  const Json json = Json::parse(SimulationToJson(*simulation, false));
  EXPECT_EQ(json["executions"], 37);
  EXPECT_EQ(json["pruned"], 45);
  EXPECT_EQ(json["first_failure_at"], nullptr);
  EXPECT_EQ(json["behaviours"], 9);
  EXPECT_GE(json["planning_ms"], 0);
  EXPECT_GT(json["peak_memory_bytes"], 0);
}

TEST(SimulateTest, ComparesTheReductions) {
  SimulateOptions options = Cinema3();
  options.compare = true;
  const auto simulation = Simulate(options);
  ASSERT_TRUE(simulation) << simulation.error();
  const Json json = Json::parse(SimulationToJson(*simulation, true));
  EXPECT_EQ(json["reductions"]["none"]["executions"], 91);
  EXPECT_EQ(json["reductions"]["dynamic"]["executions"], 37);
  EXPECT_EQ(json["reductions"]["none"]["behaviours"], json["reductions"]["handlers"]["behaviours"]);
  EXPECT_EQ(json["reductions"]["none"]["behaviours_by_outcome"],
            json["reductions"]["outcomes"]["behaviours"]);
  EXPECT_NE(SimulationToText(*simulation).find("handlers"), std::string::npos);
}

TEST(SimulateTest, ExploresOnFromFailingExecutions) {
  SimulateOptions options;
  options.model = FILIBUSTER_MODELS "/planted/wrong-default/model.json";
  options.analysis = FILIBUSTER_MODELS "/planted/analysis.json";
  const auto simulation = Simulate(options);
  ASSERT_TRUE(simulation) << simulation.error();
  EXPECT_GT(simulation->results[0].failed, 1u);
  EXPECT_EQ(simulation->results[0].first_failure_at, 12);
}

TEST(SimulateTest, CountsWhatIsLeftOut) {
  SimulateOptions options = Cinema3();
  options.explore.max_faults = 1;
  options.explore.max_tests = 5;
  const auto simulation = Simulate(options);
  ASSERT_TRUE(simulation) << simulation.error();
  EXPECT_EQ(simulation->results[0].executions, 5u);
  EXPECT_GT(simulation->results[0].over_max_faults, 0u);
  EXPECT_GT(simulation->results[0].not_reached, 0u);
}

TEST(SimulateTest, WritesAReport) {
  const TempDir directory;
  SimulateOptions options = Cinema3();
  options.report = directory.path() / "report.json";
  ASSERT_TRUE(Simulate(options));
  const auto report = ReadJsonFile(*options.report);
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ((*report)["executions"]["run"], 37);
  EXPECT_EQ((*report)["skipped"].size(), 45u);
  EXPECT_TRUE((*report)["skipped"][0]["reason"].contains("implied_by"));
}

TEST(SimulateTest, SaysWhatIsWrongWithItsFiles) {
  const TempDir directory;
  SimulateOptions options = Cinema3();
  options.model = directory.path() / "model.json";
  EXPECT_NE(Simulate(options).error().message.find("model.json"), std::string::npos);
  options = Cinema3();
  options.analysis = directory.path() / "analysis.json";
  ASSERT_TRUE(WriteFile(*options.analysis, R"({"http": {"pattern": "("}})"));
  EXPECT_NE(Simulate(options).error().message.find("$.http.pattern: not a regular expression"),
            std::string::npos);
}

}  // namespace
}  // namespace filibuster
