#include "planner/nondeterminism.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planner/report.h"
#include "planner/report_pages.h"
#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using What = CallDifference::What;

Exploration ExploreTwice(FakeTestRunner& runner, CallTable& calls) {
  auto space = FaultSpace::Create(DefaultAnalysis());
  return Explore(runner, *space, calls, {.reduction = Reduction::kNone, .baseline_runs = 2});
}

std::vector<What> Kinds(const Exploration& exploration) {
  std::vector<What> kinds;
  for (const CallDifference& difference : exploration.differences) kinds.push_back(difference.what);
  return kinds;
}

TEST(NondeterminismTest, FindsNothingWhereRunsAreEqual) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return true;
  });
  CallTable calls;
  const Exploration result = ExploreTwice(runner, calls);
  EXPECT_THAT(result.differences, IsEmpty());
  EXPECT_EQ(result.executions.size(), 6u) << "the second fault-free run is no execution of its own";
  EXPECT_EQ(runner.ran.size(), 7u);
}

TEST(NondeterminismTest, DeliversFaultsToCallsWhoseTargetDiffers) {
  int run = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    ++run;
    application.Call("a", fmt::format("b/{}", run), [&] { return application.Call("b", "c"); });
    return true;
  });
  CallTable calls;
  const Exploration result = ExploreTwice(runner, calls);
  EXPECT_THAT(Kinds(result), ElementsAre(What::kTarget));
  EXPECT_THAT(DifferenceWarnings(result),
              ElementsAre("a a.cc:17 httplib.Get: called \"b/1\" b/1 in one run without faults and "
                          "\"b/2\" b/2 in another; its target is left out of its execution index"));
  EXPECT_EQ(result.executions.size(), 11u);
  EXPECT_EQ(result.undelivered, 0u);
}

TEST(NondeterminismTest, FailsEveryCallOfASiteWhoseCountDiffers) {
  int run = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    const int count = 1 + ++run % 2;
    for (int i = 0; i < count; ++i) application.Call("a", "b");
    return true;
  });
  CallTable calls;
  const Exploration result = ExploreTwice(runner, calls);
  EXPECT_THAT(Kinds(result), ElementsAre(What::kCount));
  EXPECT_EQ(result.undelivered, 0u);
  EXPECT_EQ(result.executions.size(), 6u);
}

TEST(NondeterminismTest, NamesCallsThatComeInAnotherOrder) {
  int run = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    const bool first = ++run % 2 == 0;
    application.site = first ? "b.cc" : "c.cc";
    application.Call("a", first ? "b" : "c");
    application.site = first ? "c.cc" : "b.cc";
    application.Call("a", first ? "c" : "b");
    return true;
  });
  CallTable calls;
  const Exploration result = ExploreTwice(runner, calls);
  EXPECT_THAT(Kinds(result), ElementsAre(What::kOrder));
  EXPECT_EQ(result.undelivered, 0u);
}

TEST(NondeterminismTest, NamesCallsOfOneSiteThatComeInAnotherOrder) {
  int run = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    const bool first = ++run % 2 == 0;
    application.Call("a", first ? "b" : "c");
    application.Call("a", first ? "c" : "b");
    return true;
  });
  CallTable calls;
  const Exploration result = ExploreTwice(runner, calls);
  EXPECT_THAT(DifferenceWarnings(result),
              ElementsAre("a a.cc:17 httplib.Get: called \"c\" c before \"b\" b in one run without "
                          "faults and after it in another"));
  EXPECT_EQ(result.undelivered, 0u);
}

// a calls c in the first run alone, and, with `also_under_faults`, beside a fault of b.
FakeTestRunner::Test CallsOnce(int& run, bool also_under_faults) {
  return [&run, also_under_faults](FakeApplication& application, bool) {
    const bool failed = application.Call("a", "b") != "200";
    if (++run == 1 || (failed && also_under_faults)) application.Call("d", "c");
    return true;
  };
}

TEST(NondeterminismTest, DoesNotSayAllWhereACallWasMadeInAnEarlierRunOnly) {
  int run = 0;
  FakeTestRunner runner(CallsOnce(run, false));
  CallTable calls;
  const Exploration result = ExploreTwice(runner, calls);
  EXPECT_THAT(result.unplanned, ElementsAre("d d.cc:17 httplib.Get"));
  const ExploreOptions options;
  const Report report{.options = options, .exploration = result, .calls = calls};
  EXPECT_EQ(VerdictText(report),
            "passed: the planned fault sets; none was planned for 1 call site, seen in an earlier "
            "run without faults only");
  EXPECT_THAT(DifferenceWarnings(result),
              ElementsAre("d d.cc:17 httplib.Get: made 1 calls in one run without faults and 0 in "
                          "another; no fault was planned for it"));
  const auto document = ReportDocument(report);
  EXPECT_EQ(document["unplanned_call_sites"], nlohmann::ordered_json({"d d.cc:17 httplib.Get"}));
  const std::string junit = ReportToJunit(document);
  EXPECT_THAT(junit, HasSubstr("skipped=\"1\""));
  EXPECT_THAT(junit, HasSubstr("<testcase name=\"faults of d d.cc:17 httplib.Get\""));
}

TEST(NondeterminismTest, SaysAllWhereTheCallOfAnEarlierRunFailsUnderAnotherFault) {
  int run = 0;
  FakeTestRunner runner(CallsOnce(run, true));
  CallTable calls;
  const Exploration result = ExploreTwice(runner, calls);
  EXPECT_THAT(Kinds(result), ElementsAre(What::kCount));
  EXPECT_THAT(result.unplanned, IsEmpty());
}

TEST(NondeterminismTest, EndsIfTheFaultFreeRunFailsNowAndThen) {
  int run = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    application.Call("a", "b");
    return ++run == 1;
  });
  CallTable calls;
  EXPECT_TRUE(ExploreTwice(runner, calls).baseline_failed());
}

}  // namespace
}  // namespace filibuster
