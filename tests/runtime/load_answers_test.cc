#include "runtime/load_answers.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

TEST(LoadAnswersTest, HoldForTheConnectionThatTheyCameOver) {
  LoadAnswers answers;
  EXPECT_FALSE(answers.HoldFor(0));  // no connection
  EXPECT_FALSE(answers.HoldFor(1));
  answers.Note(1, "index", 7);
  EXPECT_TRUE(answers.HoldFor(1));
  EXPECT_EQ(answers.Find(1, "index"), 7);
  EXPECT_EQ(answers.Find(1, "other"), std::nullopt);
  EXPECT_EQ(answers.Find(2, "index"), std::nullopt);
  EXPECT_EQ(answers.Find(0, "index"), std::nullopt);
}

TEST(LoadAnswersTest, OfANewConnectionBeginAnew) {
  LoadAnswers answers;
  answers.Note(1, "index", 7);
  answers.Note(2);
  EXPECT_TRUE(answers.HoldFor(2));
  EXPECT_EQ(answers.Find(2, "index"), std::nullopt);
  answers.Note(1, "late", 8);  // a thread that was slow
  EXPECT_FALSE(answers.HoldFor(1));
  EXPECT_EQ(answers.Find(1, "late"), std::nullopt);
  EXPECT_EQ(answers.Find(2, "late"), std::nullopt);
}

TEST(LoadAnswersTest, AreBounded) {
  LoadAnswers answers;
  for (int i = 0; i < 20'000; ++i) answers.Note(1, std::to_string(i), i);
  EXPECT_EQ(answers.Find(1, "9999"), 9999);
  EXPECT_EQ(answers.Find(1, "10000"), std::nullopt);
}

}  // namespace
}  // namespace filibuster
