#include "runner/progress.h"

#include <gtest/gtest.h>

#include "base/terminal.h"

namespace filibuster {
namespace {

using std::chrono::seconds;

const Progress kSome = {
    .done = 12, .failed = 1, .pruned = 4, .scheduled = 30, .now = "foo → bar: connection error"};

TEST(ProgressTest, SaysHowFarItIsWhatIsDoneHowFastAndHowLongStill) {
  EXPECT_EQ(ProgressText(kSome, seconds(2), 120),
            "12 done, 1 failed, 30 scheduled, 4 pruned · foo → bar: connection error · 6.0/s · "
            "about 5 s");
}

TEST(ProgressTest, LeavesOutTheLastThatDoesNotFit) {
  EXPECT_EQ(ProgressText(kSome, seconds(2), 79),
            "12 done, 1 failed, 30 scheduled, 4 pruned · foo → bar: connection error · 6.0/s");
  EXPECT_EQ(ProgressText(kSome, seconds(2), 39), "12/42, 1 failed · foo → bar: connectio…");
  EXPECT_EQ(ProgressText(kSome, seconds(2), 20), "12/42, 1 failed");
}

TEST(ProgressTest, NeverTakesMoreColumnsThanThereAre) {
  for (int columns = 1; columns < 130; ++columns) {
    EXPECT_LE(ColumnsOf(ProgressText(kSome, seconds(2), columns)), columns);
  }
}

TEST(ProgressTest, EstimatesNothingBeforeTheFirstExecutionHasEnded) {
  EXPECT_EQ(ProgressText({.scheduled = 1, .now = "no fault"}, seconds(2), 80),
            "0 done, 1 scheduled · no fault");
}

}  // namespace
}  // namespace filibuster
