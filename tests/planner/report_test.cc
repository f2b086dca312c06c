#include "planner/report.h"

#include <gtest/gtest.h>

#include "planner/counterexample.h"
#include "planner/replay.h"
#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

// a calls b, and fails under the given fault.
struct Explored {
  explicit Explored(ExploreOptions chosen, std::string bug = "") : options(std::move(chosen)) {
    FakeTestRunner runner(
        [bug](FakeApplication& application, bool) { return application.Call("a", "b") != bug; });
    auto space = FaultSpace::Create(DefaultAnalysis());
    exploration = Explore(runner, *space, calls, options);
  }
  Report report() const { return {"./test", options, exploration, calls}; }

  ExploreOptions options;
  CallTable calls;
  Exploration exploration;
};

TEST(ReportTest, SaysAllOnlyIfAllWasRun) {
  EXPECT_EQ(VerdictText(Explored({}).report()), "passed: all fault sets");
  EXPECT_EQ(VerdictText(Explored({.max_tests = 2}).report()),
            "incomplete: ended by --max-tests 2: 4 fault sets not run");
  EXPECT_EQ(
      VerdictText(Explored({.max_faults = 0}).report()),
      "incomplete: no fault was injected; all fault sets up to 0 faults, 5 over that not run");
  EXPECT_EQ(VerdictText(Explored({.only_initial_execution = true}).report()),
            "incomplete: ended by --only-initial-execution: 5 fault sets not run");
}

TEST(ReportTest, SaysWhichTestFailedFirst) {
  EXPECT_EQ(VerdictText(Explored({.keep_going = true}, "500").report()),
            "failed: 1 of 6 executions, the first is test 4; all fault sets");
  EXPECT_EQ(VerdictText(Explored({}, "500").report()),
            "failed: 1 of 4 executions, the first is test 4; ended by the first failing execution: "
            "2 fault sets not run");
  EXPECT_EQ(VerdictText(Explored({}, "200").report()), "failed: without any fault");
}

TEST(ReportTest, HoldsEachExecution) {
  const Json json = Json::parse(ReportToJson(Explored({}, "500").report()));
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["functional_test"], "./test");
  EXPECT_EQ(json["executions"],
            Json({{"run", 4}, {"pruned", 0}, {"failed", 1}, {"undelivered", 0}}));
  EXPECT_EQ(json["first_failure_at"], 4);
  const Json& last = json["test_executions"][3];
  EXPECT_EQ(last["number"], 4);
  EXPECT_EQ(last["outcome"], "failed");
  EXPECT_EQ(last["status"], "exit code 1");
  EXPECT_EQ(last["faults"][0]["target_service"], "b");
  EXPECT_EQ(last["faults"][0]["failure_metadata"]["return_value"]["status_code"], "500");
  EXPECT_EQ(last["calls"][0]["fault_injected"], true);
  EXPECT_EQ(last["calls"][0]["status_code"], "500");
  EXPECT_EQ(json["skipped"][0]["reason"]["ended_by"], "the first failing execution");
}

TEST(ReportTest, HoldsWhatTheTestWasAnswered) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b", [&] { return application.Call("b", "c"); });
    const std::string result = application.Call("a", "d");
    application.Answer(result == "500" ? "503" : "200");
    application.Call("e", "f");
    application.Answer("200");
    return result != "500";
  });
  auto space = FaultSpace::Create(DefaultAnalysis());
  CallTable calls;
  const Exploration exploration = Explore(runner, *space, calls, {});
  const Json json = Json::parse(ReportToJson({"./test", {}, exploration, calls}));
  const Json& failed = json["test_executions"].back();
  EXPECT_EQ(failed["outcome"], "failed");
  EXPECT_EQ(failed["answered"], "a answered 503 Service Unavailable, e answered 200");
  ASSERT_EQ(failed["answers"].size(), 2u);
  EXPECT_EQ(failed["answers"][0], Json({{"service", "a"},
                                        {"result", "503 Service Unavailable"},
                                        {"status_code", "503"},
                                        {"calls", {0, 2}}}));
  EXPECT_EQ(failed["answers"][1]["calls"], Json::array({3}));
}

TEST(ReportTest, HoldsAReplay) {
  const Explored explored({}, "500");
  const auto report_of = [&](FakeTestRunner::Test test) {
    FakeTestRunner runner(std::move(test));
    CallTable calls;
    const Exploration replayed = ExplorationOf(*ReplayCounterexample(
        MakeCounterexample(*explored.exploration.first_failure, explored.calls, "./test"), runner,
        calls));
    return Json::parse(ReportToJson({.functional_test = "./test",
                                     .exploration = replayed,
                                     .calls = calls,
                                     .replayed = "counterexample.json"}));
  };
  const Json failed = report_of(
      [](FakeApplication& application, bool) { return application.Call("a", "b") != "500"; });
  EXPECT_EQ(failed["verdict"], "reproduced");
  EXPECT_EQ(failed["counterexample_file"], "counterexample.json");
  EXPECT_EQ(failed["executions"],
            Json({{"run", 1}, {"pruned", 0}, {"failed", 1}, {"undelivered", 0}}));
  EXPECT_EQ(failed["test_executions"][0]["status"], "exit code 1");
  const Json passed = report_of([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return true;
  });
  EXPECT_EQ(passed["verdict"], "not reproduced");
  const Json lost = report_of([](FakeApplication&, bool) { return false; });
  EXPECT_EQ(lost["verdict"], "incomplete: not under all faults of the counterexample");
  EXPECT_EQ(lost["test_executions"][0]["outcome"], "undelivered");
  EXPECT_EQ(lost["test_executions"][0]["status"], "exit code 1");
}

}  // namespace
}  // namespace filibuster
