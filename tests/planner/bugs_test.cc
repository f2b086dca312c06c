#include "planner/bugs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Calls b, c, d and e one after the other whatever comes; `fails` says when the test does.
FakeTestRunner FourCalls(std::function<bool(const std::vector<std::string>&)> fails) {
  return FakeTestRunner([fails](FakeApplication& application, bool) {
    std::vector<std::string> results;
    for (const char* target : {"b", "c", "d", "e"})
      results.push_back(application.Call("a", target));
    return !fails(results);
  });
}

struct Found {
  CallTable calls;
  std::vector<Bug> bugs;
  size_t runs = 0;  // to minimise
};

Found Find(FakeTestRunner runner, ExploreOptions options = {}, int minimize_tests = 100) {
  Found found;
  auto analysis = DefaultAnalysis();
  for (Module& module : analysis.modules) {
    if (!module.exceptions.empty()) module.exceptions.resize(1);
    for (ServiceErrors& errors : module.errors) errors.types.resize(1);
  }
  auto space = FaultSpace::Create(analysis);
  options.keep_going = true;
  const Exploration exploration = Explore(runner, *space, found.calls, options);
  const size_t explored = runner.ran.size();
  FailureOracle oracle(runner, found.calls, minimize_tests);
  found.bugs = *FindBugs(exploration, found.calls, options.facts, oracle);
  found.runs = runner.ran.size() - explored;
  return found;
}

TEST(BugsTest, FindsNoneWhereNothingFails) {
  EXPECT_THAT(Find(FourCalls([](const auto&) { return false; })).bugs, IsEmpty());
}

TEST(BugsTest, IsOneBugHoweverManyFaultsAreAround) {
  const Found found = Find(FourCalls([](const auto& results) { return results[1] == "500"; }));
  ASSERT_EQ(found.bugs.size(), 1u);
  EXPECT_EQ(found.bugs[0].cause, "a -> c (a.cc:17): 500");
  EXPECT_EQ(found.bugs[0].executions.size(), 27u);
  EXPECT_EQ(found.bugs[0].counterexample.size(), 1u);
  EXPECT_EQ(found.runs, 0u);
}

TEST(BugsTest, TellsBugsApart) {
  const Found found = Find(FourCalls([](const auto& results) {
    return results[0] == "500" || (results[1] == "500" && results[3] == "500");
  }));
  ASSERT_EQ(found.bugs.size(), 2u);
  EXPECT_EQ(found.bugs[0].cause, "a -> c (a.cc:17): 500 and a -> e (a.cc:17): 500");
  EXPECT_EQ(found.bugs[1].cause, "a -> b (a.cc:17): 500");
}

// Calls b and c and answers 503 if one fails, or 500 if c does; the test accepts neither.
FakeTestRunner Naive(bool tells) {
  return FakeTestRunner([tells](FakeApplication& application, bool) {
    const std::string b = application.Call("a", "b");
    const std::string c = application.Call("a", "c");
    const bool well = b == "200" && c == "200";
    if (tells) application.Answer(c == "500" ? "500" : well ? "200" : "503");
    return well;
  });
}

TEST(BugsTest, IsOneBugWhatLooksTheSameToTheTest) {
  const Found found = Find(Naive(true));
  ASSERT_EQ(found.bugs.size(), 2u);
  const auto cause = [](const AlikeFailure& alike) { return alike.cause; };
  EXPECT_EQ(found.bugs[0].cause, "a -> c (a.cc:17): 500");
  EXPECT_THAT(found.bugs[0].alike, IsEmpty());
  const Bug& answers503 = found.bugs[1];
  EXPECT_EQ(answers503.answers.size(), 1u);
  std::vector<std::string> causes = {answers503.cause};
  std::ranges::transform(answers503.alike, std::back_inserter(causes), cause);
  EXPECT_THAT(causes, testing::UnorderedElementsAre(
                          "a -> b (a.cc:17): 500", "a -> b (a.cc:17): httplib::Error::Connection",
                          "a -> c (a.cc:17): httplib::Error::Connection"));
  for (const AlikeFailure& alike : answers503.alike) {
    EXPECT_THAT(answers503.executions, testing::IsSupersetOf(alike.executions));
  }
}

TEST(BugsTest, TellsApartWhereNobodySaysWhatTheTestWasAnswered) {
  EXPECT_EQ(Find(Naive(false)).bugs.size(), 4u);
}

TEST(BugsTest, IsABugOfItsOwnWhatNobodyTakes) {
  ExploreOptions options;
  options.facts = [](const CallForm&, const CallResult& result) {
    return Branch{.entry = result.status_code + result.exception, .handled = false};
  };
  EXPECT_EQ(Find(Naive(true), options).bugs.size(), 4u);
}

// Calls b three times and c; `fails` says when the test does.
FakeTestRunner LikeCalls(std::function<bool(const std::vector<bool>&)> fails) {
  return FakeTestRunner([fails](FakeApplication& application, bool) {
    std::vector<bool> failed;
    for (const char* target : {"b", "b", "b", "c"}) {
      failed.push_back(application.Call("a", target) == "500");
    }
    return !fails(failed);
  });
}

TEST(BugsTest, TellsTwoFaultsOfOneCallSiteFromOne) {
  const Found found = Find(LikeCalls(
      [](const auto& failed) { return (failed[0] && failed[1]) || (failed[1] && failed[3]); }));
  ASSERT_EQ(found.bugs.size(), 2u);
  EXPECT_EQ(found.bugs[0].cause, "a -> b (a.cc:17), call 2: 500 and a -> c (a.cc:17): 500");
  EXPECT_EQ(found.bugs[1].cause, "a -> b (a.cc:17), call 1: 500 and a -> b (a.cc:17), call 2: 500");
}

TEST(BugsTest, DoesNotTakeALikeCallForTheOneThatABugNeeds) {
  const Found found = Find(LikeCalls(
      [](const auto& failed) { return failed[0] || (failed[1] && failed[3] && !failed[2]); }));
  ASSERT_EQ(found.bugs.size(), 2u);
  EXPECT_EQ(found.bugs[0].cause, "a -> b (a.cc:17), call 2: 500 and a -> c (a.cc:17): 500");
  EXPECT_EQ(found.bugs[1].cause, "a -> b (a.cc:17), call 1: 500");
}

TEST(BugsTest, IsOneBugInWhicheverOfLikeCallsItIs) {
  const Found found =
      Find(LikeCalls([](const auto& failed) { return failed[0] || failed[1] || failed[2]; }));
  ASSERT_EQ(found.bugs.size(), 1u);
  EXPECT_EQ(found.bugs[0].counterexample.size(), 1u);
}

TEST(BugsTest, NamesTheTargetWhereTheCalleeIsNotEnough) {
  int run = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    ++run;
    const bool failed = application.Call("a", "b") == "500";
    application.port = "5001/";
    return application.Call("a", "b") != "500" && !failed;
  });
  const Found found = Find(std::move(runner));
  ASSERT_EQ(found.bugs.size(), 2u);
  EXPECT_EQ(found.bugs[1].cause, "a -> b (a.cc:17) for b: 500");
  EXPECT_EQ(found.bugs[0].cause, "a -> b (a.cc:17) for /b: 500");
}

TEST(BugsTest, TakesOutEveryFaultThatIsNotNeeded) {
  // Smaller sets fail only on a second look: the exploration did not run them.
  FakeTestRunner runner =
      FourCalls([](const auto& results) { return results[0] == "500" && results[2] == "500"; });
  CallTable calls;
  auto space = FaultSpace::Create(DefaultAnalysis());
  Explore(runner, *space, calls, {.max_tests = 1});
  FaultSet all;
  for (CallId call = 1; call <= 4; ++call) {
    all.push_back({call, calls.EnterFault(FailureMetadata{{{"status_code", "500"}}, nullptr})});
  }
  FailureOracle oracle(runner, calls, 100);
  const auto minimized = Minimize(all, oracle);
  EXPECT_THAT(minimized->faults, ElementsAre(all[0], all[2]));
  EXPECT_TRUE(minimized->minimal);
}

TEST(BugsTest, SaysWhenTheRunsWereNotEnough) {
  FakeTestRunner runner = FourCalls([](const auto& results) { return results[3] == "500"; });
  CallTable calls;
  auto space = FaultSpace::Create(DefaultAnalysis());
  Explore(runner, *space, calls, {.max_tests = 1});
  FaultSet all;
  for (CallId call = 1; call <= 4; ++call) {
    all.push_back({call, calls.EnterFault(FailureMetadata{{{"status_code", "500"}}, nullptr})});
  }
  FailureOracle oracle(runner, calls, 2);
  const auto minimized = Minimize(all, oracle);
  EXPECT_FALSE(minimized->minimal);
  EXPECT_LT(minimized->faults.size(), 4u);
}

TEST(BugsTest, IsOneBugForFaultsThatOneHandlerTakes) {
  ExploreOptions options;
  options.facts = [](const CallForm&, const CallResult&) {
    return Branch{.entry = "0", .where = "catch at a.cc:18"};
  };
  const Found found =
      Find(FourCalls([](const auto& results) { return results[1] != "200"; }), options);
  ASSERT_EQ(found.bugs.size(), 1u);
  EXPECT_THAT(found.bugs[0].cause, testing::EndsWith(", taken by catch at a.cc:18"));
}

}  // namespace
}  // namespace filibuster
