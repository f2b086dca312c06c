#include "planner/explore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kConnection[] = "httplib::Error::Connection";

// foo calls bar, which calls baz. With the bug, foo does not handle a connection error.
FakeTestRunner::Test Tutorial(bool with_bug) {
  return [with_bug](FakeApplication& application, bool fault_injected) {
    const std::string bar = application.Call(
        "foo", "bar", [&] { return application.Call("bar", "baz") == "200" ? "200" : "503"; });
    if (bar == kConnection && with_bug) return false;  // foo answers 500
    return (bar == "200") != fault_injected;
  };
}

struct Explored {
  CallTable calls;
  Exploration result;
};

Explored ExploreWith(TestRunner& runner, ExploreOptions options,
                     const ExploreCallbacks& callbacks = {}) {
  Explored explored;
  auto space = FaultSpace::Create(DefaultAnalysis());
  explored.result = Explore(runner, *space, explored.calls, options, callbacks);
  return explored;
}

TEST(ExploreTest, RunsTheTutorialInFilibustersOrderAndPrunesOne) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  const auto [calls, result] = ExploreWith(runner, {});
  EXPECT_THAT(
      runner.ran,
      ElementsAre("", "bar>baz:503", "bar>baz:502", "bar>baz:500", "bar>baz:httplib::Error::Read",
                  "bar>baz:httplib::Error::Connection", "foo>bar:502", "foo>bar:500",
                  "foo>bar:httplib::Error::Read", "foo>bar:httplib::Error::Connection"));
  EXPECT_EQ(result.pruned, 1u);
  ASSERT_EQ(result.skipped.size(), 1u);
  EXPECT_EQ(result.skipped[0].number, 7);
  EXPECT_EQ(result.skipped[0].reason, SkipReason(Implied{{1, 2}}));
  EXPECT_EQ(calls.Describe(result.skipped[0].faults[0]), "foo -> bar (foo.cc:17): 503");
  EXPECT_FALSE(result.first_failure_at);
  EXPECT_THAT(result.ended_by, IsEmpty());
}

TEST(ExploreTest, FindsTheTutorialsBugInTest11) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/true));
  const auto [calls, result] = ExploreWith(runner, {});
  EXPECT_EQ(result.first_failure_at, 11);
  EXPECT_EQ(calls.Describe(result.first_failure->faults.at(0)),
            "foo -> bar (foo.cc:17): httplib::Error::Connection");
  EXPECT_EQ(result.failed, 1u);
}

TEST(ExploreTest, EndsWithAnExecutionThatTurnsOutToHaveFailed) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  runner.fails_later = "bar>baz:503";
  int told = 0;
  const auto [calls, result] = ExploreWith(
      runner, {}, {.failed_later = [&](int number, const TestExecution&) { told = number; }});
  EXPECT_THAT(runner.ran, ElementsAre("", "bar>baz:503", "bar>baz:502"));
  EXPECT_EQ(told, 2);
  EXPECT_EQ(result.first_failure_at, 2);
  EXPECT_EQ(result.failed, 1u);
  EXPECT_EQ(result.executions[1].verdict, Verdict(Failed{"service bar died"}));
  EXPECT_EQ(result.ended_by, "the first failing execution");
}

TEST(ExploreTest, AsksAtItsEndWhichExecutionsHaveFailedSince) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  runner.fails_later = "foo>bar:httplib::Error::Connection";
  const auto [calls, result] = ExploreWith(runner, {.keep_going = true});
  EXPECT_EQ(result.first_failure_at, 11);
  EXPECT_EQ(result.failed, 1u);
}

TEST(ExploreTest, AsksSoAtTheEndOfABoundedRunToo) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  runner.fails_later = "bar>baz:503";
  const auto [calls, result] = ExploreWith(runner, {.max_tests = 2});
  EXPECT_EQ(result.first_failure_at, 2);
}

TEST(ExploreTest, SaysNothingOfFaultsWhereTheFaultFreeExecutionTurnsOutToHaveFailed) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  runner.fails_later = "";
  const auto [calls, result] = ExploreWith(runner, {.baseline_runs = 1, .keep_going = true});
  EXPECT_TRUE(result.baseline_failed());
  EXPECT_EQ(result.executions.size(), 2u);
}

TEST(ExploreTest, FailsNoCallTwiceWhereConcurrentCallsComeInAnyOrder) {
  for (int swapped = 2; swapped < 12; ++swapped) {
    int run = 0;
    FakeTestRunner runner([&](FakeApplication& application, bool) {
      const bool is_swapped = ++run == swapped;
      application.Call("a", is_swapped ? "c" : "b");
      application.Call("a", is_swapped ? "b" : "c");
      return true;
    });
    const auto [calls, result] = ExploreWith(runner, {.reduction = Reduction::kNone});
    for (const ExecutionRecord& execution : result.executions) {
      std::set<CallId> failed;
      for (const CallFault& fault : execution.faults) {
        EXPECT_TRUE(failed.insert(fault.call).second) << "test " << execution.number;
      }
    }
  }
}

TEST(ExploreTest, RunsEverySetWithoutReduction) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  const auto [calls, result] = ExploreWith(runner, {.reduction = Reduction::kNone});
  EXPECT_EQ(result.executions.size(), 11u);
  EXPECT_THAT(result.skipped, IsEmpty());
}

TEST(ExploreTest, CombinesFaultsOfCallsReachedAfterAFailedOne) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    if (application.Call("a", "b") == "503") application.Call("a", "c");
    return true;
  });
  const auto [calls, result] = ExploreWith(runner, {.reduction = Reduction::kNone});
  EXPECT_THAT(runner.ran,
              ElementsAre("", "a>b:503", "a>b:503 a>c:503", "a>b:503 a>c:502", "a>b:503 a>c:500",
                          "a>b:503 a>c:httplib::Error::Read",
                          "a>b:503 a>c:httplib::Error::Connection", "a>b:502", "a>b:500",
                          "a>b:httplib::Error::Read", "a>b:httplib::Error::Connection"));
}

TEST(ExploreTest, InjectsNoFaultIfTheFaultFreeExecutionFails) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return false;
  });
  const auto [calls, result] = ExploreWith(runner, {.keep_going = true});
  EXPECT_TRUE(result.baseline_failed());
  EXPECT_THAT(runner.ran, ElementsAre(""));
}

TEST(ExploreTest, GoesOnAfterAFailureIfTold) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/true));
  const auto [calls, result] = ExploreWith(runner, {.order = Order::kFifo, .keep_going = true});
  EXPECT_EQ(result.first_failure_at, 2);
  EXPECT_EQ(result.executions.size() + result.skipped.size(), 11u);
}

TEST(ExploreTest, CountsAFaultThatWasNotDeliveredAsNoPass) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return true;
  });
  runner.lose_faults = true;
  const auto [calls, result] = ExploreWith(runner, {.reduction = Reduction::kNone});
  EXPECT_EQ(result.undelivered, 5u);
  EXPECT_EQ(result.executions[1].verdict,
            Verdict(Undelivered{{"a -> b (a.cc:17): 503: the caller saw 200 instead"}}));
}

TEST(ExploreTest, BelievesNeitherAPassNorAFailureUnderAFaultThatNoCallerSaw) {
  for (const bool passes : {true, false}) {
    FakeTestRunner runner([passes](FakeApplication& application, bool fault_injected) {
      application.Call("a", "b");
      application.Call("a", "c");
      return passes || !fault_injected;
    });
    runner.unknown = {"502"};
    const auto [calls, result] = ExploreWith(runner, {.order = Order::kFifo, .keep_going = true});
    const auto undelivered = std::ranges::find_if(result.executions, [](const auto& execution) {
      return std::holds_alternative<Undelivered>(execution.verdict);
    });
    ASSERT_NE(undelivered, result.executions.end());
    EXPECT_EQ(undelivered->verdict,
              Verdict(Undelivered{{"a -> b (a.cc:17): 502: the caller saw 200 instead"},
                                  passes ? "" : "exit code 1"}));
    // Nothing extends such a set: it would not be delivered either.
    EXPECT_EQ(std::ranges::count_if(runner.ran,
                                    [](const auto& run) { return run.starts_with("a>b:502 "); }),
              0);
  }
}

TEST(ExploreTest, CountsAFaultWhoseCallWasNotMadeAsNoPass) {
  int runs = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    if (++runs == 1) application.Call("a", "b");
    return true;
  });
  const auto [calls, result] = ExploreWith(runner, {.max_tests = 2});
  EXPECT_EQ(result.executions[1].verdict,
            Verdict(Undelivered{{"a -> b (a.cc:17): 503: the call was not made"}}));
}

TEST(ExploreTest, EndsAtItsBoundsAndNamesWhatIsLeft) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  const auto [calls, result] = ExploreWith(runner, {.max_tests = 3});
  EXPECT_EQ(runner.ran.size(), 3u);
  EXPECT_EQ(result.ended_by, "--max-tests 3");
  EXPECT_EQ(result.skipped.size(), 8u);
  EXPECT_EQ(result.skipped[0].reason, SkipReason(NotReached{"--max-tests 3"}));
}

TEST(ExploreTest, LeavesOutCombinationsOverTheBound) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    application.Call("a", "c");
    return true;
  });
  const auto [calls, result] =
      ExploreWith(runner, {.reduction = Reduction::kNone, .max_faults = 1});
  EXPECT_EQ(result.executions.size(), 11u);
  EXPECT_EQ(result.skipped.size(), 25u);
  EXPECT_EQ(result.skipped[0].reason, SkipReason(OverMaxFaults{1}));
}

TEST(ExploreTest, EndsWhenItsTimeIsUp) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  std::chrono::steady_clock::time_point now;
  ExploreOptions options{.time_budget = std::chrono::seconds(2), .now = [&] { return now; }};
  const auto [calls, result] = ExploreWith(
      runner, options, {.started = [&](const Step&) { now += std::chrono::seconds(1); }});
  EXPECT_EQ(runner.ran.size(), 2u);
  EXPECT_EQ(result.ended_by, "--time-budget 2 s");
}

TEST(ExploreTest, EndsWhenCancelled) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  const auto [calls, result] =
      ExploreWith(runner, {.cancelled = [&] { return runner.ran.size() == 4; }});
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.executions.size(), 4u);
}

TEST(ExploreTest, KeepsWhatRanWhenTheInfrastructureFails) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  runner.error_at = 3;
  const auto [calls, result] = ExploreWith(runner, {});
  EXPECT_EQ(result.error, Error{"out of order"});
  EXPECT_EQ(result.executions.size(), 2u);
}

TEST(ExploreTest, TellsEachStepWithItsPrefix) {
  FakeTestRunner runner(Tutorial(/*with_bug=*/false));
  std::vector<std::string> lines;
  ExploreWith(runner, {}, {.started = [&](const Step& step) {
                lines.push_back(fmt::format("{} {} {} {}", step.number, step.prefix.size(),
                                            step.pruned, step.remaining));
              }});
  EXPECT_THAT(lines, ElementsAre("1 0 0 0", "2 2 0 9", "3 2 0 8", "4 2 0 7", "5 2 0 6", "6 2 0 5",
                                 "7 1 0 4", "8 1 1 3", "9 1 1 2", "10 1 1 1", "11 1 1 0"));
}

}  // namespace
}  // namespace filibuster
