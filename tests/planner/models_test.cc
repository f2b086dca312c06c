// The example applications of Filibuster's paper, as models: how many executions each reduction
// needs.
#include <gtest/gtest.h>

#include <ostream>

#include "analyzer/analysis_json.h"
#include "planner/application_model.h"
#include "planner/explore.h"
#include "planner/model_runner.h"

namespace filibuster {
namespace {

struct Figures {
  const char* model;
  const char* analysis;
  size_t none;
  size_t dynamic;
  size_t outcomes;  // at most

  friend std::ostream& operator<<(std::ostream& out, const Figures& figures) {
    return out << figures.model << ", " << figures.analysis;
  }
};

struct Result {
  Exploration exploration;
  ModelRunner::Behaviours behaviours;
};

Result ExploreModel(const Figures& figures, Reduction reduction) {
  const std::string directory = std::string(FILIBUSTER_MODELS) + "/" + figures.model;
  const auto model = ReadModel(directory + "/model.json");
  EXPECT_TRUE(model) << model.error();
  const auto analysis = ReadAnalysis(directory + "/analysis." + figures.analysis + ".json");
  EXPECT_TRUE(analysis) << analysis.error();
  auto space = FaultSpace::Create(*analysis);
  CallTable calls;
  ModelRunner runner(*model);
  Result result;
  result.exploration = Explore(
      runner, *space, calls, {.reduction = reduction, .facts = runner.Facts(), .keep_going = true});
  EXPECT_FALSE(result.exploration.error);
  result.behaviours = runner.behaviours();
  return result;
}

class PaperModelTest : public testing::TestWithParam<Figures> {};

TEST_P(PaperModelTest, NeedsThePublishedNumberOfExecutions) {
  EXPECT_EQ(ExploreModel(GetParam(), Reduction::kNone).exploration.executions.size(),
            GetParam().none);
  EXPECT_EQ(ExploreModel(GetParam(), Reduction::kDynamic).exploration.executions.size(),
            GetParam().dynamic);
  EXPECT_LE(ExploreModel(GetParam(), Reduction::kOutcomes).exploration.executions.size(),
            GetParam().outcomes);
}

TEST_P(PaperModelTest, ShowsEveryBehaviourWithEachReduction) {
  const auto all = ExploreModel(GetParam(), Reduction::kNone).behaviours;
  EXPECT_EQ(ExploreModel(GetParam(), Reduction::kDynamic).behaviours, all);
  EXPECT_EQ(ExploreModel(GetParam(), Reduction::kSound).behaviours, all);
  EXPECT_EQ(ExploreModel(GetParam(), Reduction::kHandlers).behaviours, all);
  EXPECT_EQ(ExploreModel(GetParam(), Reduction::kOutcomes).behaviours.by_outcome, all.by_outcome);
}

// DESIGN: the figures of the paper, measured again.
INSTANTIATE_TEST_SUITE_P(
    Paper, PaperModelTest,
    testing::Values(
        Figures{"cinema-1", "paper", 9, 9, 4}, Figures{"cinema-2", "paper", 10, 9, 4},
        Figures{"cinema-3", "paper", 91, 37, 8}, Figures{"cinema-4", "paper", 34, 21, 10},
        Figures{"cinema-5", "paper", 25, 25, 4}, Figures{"cinema-6", "paper", 41, 41, 6},
        Figures{"cinema-8", "paper", 21, 21, 4}, Figures{"audible", "paper", 69, 31, 21},
        Figures{"expedia", "paper", 17, 17, 5}, Figures{"cinema-1", "codes4", 9, 9, 3},
        Figures{"cinema-2", "codes4", 9, 8, 3}, Figures{"cinema-3", "codes4", 73, 27, 6},
        Figures{"cinema-4", "codes4", 9, 8, 3}, Figures{"cinema-5", "codes4", 25, 25, 4},
        Figures{"cinema-6", "codes4", 41, 41, 5}, Figures{"cinema-8", "codes4", 21, 21, 3},
        Figures{"audible", "codes4", 65, 30, 8}, Figures{"expedia", "codes4", 21, 21, 3}),
    [](const testing::TestParamInfo<Figures>& info) {
      std::string name = std::string(info.param.model) + "_" + info.param.analysis;
      std::ranges::replace(name, '-', '_');
      return name;
    });

}  // namespace
}  // namespace filibuster
