// Over thousands of random models: nothing is lost, and nothing differs from the published
// algorithm.
#include <gtest/gtest.h>

#include <algorithm>

#include "analyzer/analysis_json.h"
#include "planner/application_model.h"
#include "planner/explore.h"
#include "planner/model_runner.h"
#include "tests/support/random_model.h"
#include "tests/support/reference_explorer.h"

namespace filibuster {
namespace {

constexpr int kModelsPerShard = 500;
constexpr size_t kEnumerable = 500;  // executions; a larger model is replaced by another

struct Explored {
  std::vector<std::string> ran;
  size_t pruned = 0;
  std::string ended_by;
  ModelRunner::Behaviours behaviours;
};

std::string Text(const FaultSet& faults, const CallTable& calls) {
  std::string text;
  for (const CallFault& fault : faults) {
    const Json path = Json::parse(calls.call(fault.call).invocation.execution_index);
    for (const Json& step : path) {
      std::string signature = step[0];
      std::ranges::replace(signature, ':', '|');
      text += "/" + signature + "#" + step[1].dump();
    }
    text += "=" + FaultName(calls.fault(fault.fault)) + " ";
  }
  return text;
}

Explored ExploreModel(const ApplicationModel& model, const Analysis& analysis, Reduction reduction,
                      Order order = Order::kLifo) {
  auto space = FaultSpace::Create(analysis);
  CallTable calls;
  ModelRunner runner(model);
  // A model whose fault-free execution fails is explored no further: what it expects is not looked
  // at.
  const Exploration exploration = Explore(runner, *space, calls,
                                          {.reduction = reduction,
                                           .order = order,
                                           .facts = runner.Facts(),
                                           .keep_going = true,
                                           .max_tests = kEnumerable});
  EXPECT_FALSE(exploration.error) << *exploration.error;
  EXPECT_EQ(exploration.undelivered, 0u);
  Explored explored{.pruned = exploration.pruned,
                    .ended_by = exploration.ended_by,
                    .behaviours = runner.behaviours()};
  for (const ExecutionRecord& execution : exploration.executions) {
    explored.ran.push_back(Text(execution.faults, calls));
  }
  return explored;
}

// The first difference of two runs, and no more: they are long.
testing::AssertionResult SameRuns(const std::vector<std::string>& ours,
                                  const std::vector<std::string>& theirs) {
  for (size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    const std::string our = i < ours.size() ? ours[i] : "nothing";
    const std::string their = i < theirs.size() ? theirs[i] : "nothing";
    if (our != their) {
      return testing::AssertionFailure() << "execution " << i << ": " << our << " != " << their;
    }
  }
  return testing::AssertionSuccess();
}

class RandomModelTest : public testing::TestWithParam<int> {
 protected:
  // Calls `test` with models that can be enumerated, and what enumeration shows.
  template <typename Test>
  void ForEachModel(const Test& test) {
    const auto analysis = AnalysisFromText(RandomModel::Analysis().dump(), "analysis.json");
    ASSERT_TRUE(analysis) << analysis.error();
    auto seed = static_cast<std::uint32_t>(GetParam()) * 1'000'000;
    for (int tested = 0; tested < kModelsPerShard; ++seed) {
      Json json = RandomModel(seed).Make();
      json.erase("expect");
      const auto model = ModelFromText(json.dump(), "model.json");
      ASSERT_TRUE(model) << model.error();
      const Explored all = ExploreModel(*model, *analysis, Reduction::kNone);
      if (!all.ended_by.empty()) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + ": " + json.dump());
      test(json, *model, *analysis, all);
      if (HasFailure()) return;
      ++tested;
    }
  }
};

TEST_P(RandomModelTest, RunsWhatThePublishedAlgorithmRuns) {
  ForEachModel([](const Json& json, const ApplicationModel& model, const Analysis& analysis,
                  const Explored& all) {
    const auto reference_all = ExploreByReference(json, RandomModel::Analysis(), false, 2000);
    EXPECT_TRUE(SameRuns(all.ran, reference_all.ran));
    const auto reference = ExploreByReference(json, RandomModel::Analysis(), true, 2000);
    const Explored dynamic = ExploreModel(model, analysis, Reduction::kDynamic);
    EXPECT_TRUE(SameRuns(dynamic.ran, reference.ran));
    EXPECT_EQ(dynamic.pruned, reference.pruned);
  });
}

TEST_P(RandomModelTest, LosesNoBehaviourInAnyOrder) {
  ForEachModel([](const Json&, const ApplicationModel& model, const Analysis& analysis,
                  const Explored& all) {
    for (const Order order : {Order::kLifo, Order::kFifo, Order::kGuided, Order::kRandom}) {
      SCOPED_TRACE(OrderName(order));
      EXPECT_TRUE(ExploreModel(model, analysis, Reduction::kSound, order).behaviours ==
                  all.behaviours);
      EXPECT_TRUE(ExploreModel(model, analysis, Reduction::kHandlers, order).behaviours ==
                  all.behaviours);
      const auto outcomes = ExploreModel(model, analysis, Reduction::kOutcomes, order).behaviours;
      EXPECT_TRUE(outcomes.by_outcome == all.behaviours.by_outcome);
      EXPECT_TRUE(outcomes.answers == all.behaviours.answers);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Shard, RandomModelTest, testing::Range(1, 21));

}  // namespace
}  // namespace filibuster
