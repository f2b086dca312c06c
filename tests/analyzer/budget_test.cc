#include "analyzer/budget.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

// An entry that has no end.
void FollowTooMuch(Budget& budget) {
  budget.BeginEntry();
  do {
    while (budget.TakeStep()) {
    }
    budget.EndEntry();
  } while (budget.GoNarrower());
}

TEST(BudgetTest, ThereAreOnlySoManyStepsHoweverManyTheEntries) {
  constexpr int kEntries = 1'000;
  Budget budget;
  int followed = 0;
  while (!budget.IsAllSpent() && followed < kEntries) {
    FollowTooMuch(budget);
    ++followed;
  }
  EXPECT_LT(followed, kEntries);
  budget.BeginRound();
  EXPECT_FALSE(budget.IsAllSpent());
}

TEST(BudgetTest, AnEntryThatIsFollowedToItsEndLeavesStepsForOthers) {
  Budget budget;
  for (int i = 0; i < 100; ++i) {
    budget.BeginEntry();
    EXPECT_TRUE(budget.TakeStep());
    EXPECT_FALSE(budget.EndEntry());
  }
  EXPECT_FALSE(budget.IsAllSpent());
}

}  // namespace
}  // namespace filibuster
