#include "planner/prediction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/analysis_json.h"
#include "planner/application_model.h"
#include "planner/explore.h"
#include "planner/model_runner.h"
#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;

// The smallest model that we know of: a calls b twice, whatever comes; b calls c and answers 503 if
// that fails. Once b has answered 503 because of c, failing b with 503 is skipped, and with it that
// b fails both times.
struct LostByDynamic {
  LostByDynamic()
      : model(*ReadModel(std::string(FILIBUSTER_MODELS) + "/lost-by-dynamic/model.json")),
        space(*FaultSpace::Create(
            *ReadAnalysis(std::string(FILIBUSTER_MODELS) + "/lost-by-dynamic/analysis.json"))) {}

  ModelRunner::Behaviours Explore(Reduction reduction) {
    CallTable calls;
    ModelRunner runner(model);
    executions =
        filibuster::Explore(runner, space, calls, {.reduction = reduction, .facts = runner.Facts()})
            .executions.size();
    return runner.behaviours();
  }

  ApplicationModel model;
  FaultSpace space;
  size_t executions = 0;
};

TEST(PredictionTest, LosesNothingWhereDynamicReductionAsPublishedDoes) {
  LostByDynamic application;
  const auto all = application.Explore(Reduction::kNone);
  EXPECT_EQ(application.executions, 9u);
  EXPECT_EQ(all.by_entry.size(), 7u);
  EXPECT_EQ(application.Explore(Reduction::kDynamic).by_entry.size(), 6u);
  EXPECT_EQ(application.executions, 3u);
  EXPECT_EQ(application.Explore(Reduction::kSound), all);
  EXPECT_EQ(application.executions, 4u);
}

TEST(PredictionTest, RunsWhatBehavedDifferentlyBefore) {
  // a's second call depends on nothing that a saw: no set can be predicted.
  int run = 0;
  FakeTestRunner runner([&](FakeApplication& application, bool) {
    application.Call("a", "b", [&] { return application.Call("b", "c") == "200" ? "200" : "503"; });
    application.Call("a", ++run % 2 == 0 ? "d" : "e");
    return true;
  });
  CallTable calls;
  auto analysis = DefaultAnalysis();
  for (Module& module : analysis.modules) module.exceptions.clear();
  auto space = FaultSpace::Create(analysis);
  const Exploration exploration =
      Explore(runner, *space, calls, {.reduction = Reduction::kSound, .max_tests = 200});
  EXPECT_GT(exploration.executions.size(), 10u);
}

TEST(PredictionTest, NamesTheExecutionsThatShowWhatWasSkipped) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b", [&] { return application.Call("b", "c") == "200" ? "200" : "503"; });
    return true;
  });
  CallTable calls;
  auto space = FaultSpace::Create(DefaultAnalysis());
  const Exploration exploration = Explore(runner, *space, calls, {.reduction = Reduction::kSound});
  ASSERT_EQ(exploration.skipped.size(), 1u);
  EXPECT_EQ(calls.Describe(exploration.skipped[0].faults[0]), "a -> b (a.cc:17): 503");
  EXPECT_EQ(exploration.skipped[0].reason, SkipReason(Implied{{2}}));
}

// Calls that a service makes at the same time come in any order: what is explored stays the same.
TEST(PredictionTest, IsTheSameInWhateverOrderConcurrentCallsCome) {
  const auto explored = [](unsigned seed, Reduction reduction) {
    std::mt19937 random(seed);
    FakeTestRunner runner([&](FakeApplication& application, bool) {
      const auto with_child = [&application] {
        return application.Call("d", "e") == "200" ? "200" : "503";
      };
      std::vector<FakeApplication::Concurrent> calls = {{"b"}, {"c"}, {"d", with_child}};
      std::ranges::shuffle(calls, random);
      const auto results = application.CallAll("a", calls);
      if (std::ranges::count(results, "200") < 2) application.Call("a", "f");
      return true;
    });
    CallTable calls;
    auto analysis = DefaultAnalysis();
    for (Module& module : analysis.modules) {
      if (!module.exceptions.empty()) module.exceptions.resize(1);
      for (ServiceErrors& errors : module.errors) {
        if (errors.types.size() > 1) errors.types.erase(errors.types.begin() + 1);
      }
    }
    auto space = FaultSpace::Create(analysis);
    Explore(runner, *space, calls, {.reduction = reduction});
    return runner.ran;
  };
  for (const Reduction reduction : {Reduction::kNone, Reduction::kDynamic, Reduction::kSound}) {
    const auto first = explored(1, reduction);
    EXPECT_GT(first.size(), 20u);
    for (unsigned seed = 2; seed < 20; ++seed) EXPECT_EQ(explored(seed, reduction), first);
  }
}

}  // namespace
}  // namespace filibuster
