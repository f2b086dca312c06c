#include "runtime/vector_clock.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

TEST(VectorClockTest, KeepsTheTextThatPythonWritesBothWays) {
  const std::string text = R"({"bar": 2, "foo": 1})";
  EXPECT_EQ(ParseVectorClock(text), (VectorClock{{"bar", 2}, {"foo", 1}}));
  EXPECT_EQ(VectorClockText({{"foo", 1}, {"bar", 2}}), text);
  EXPECT_EQ(ParseVectorClock("{}"), VectorClock());
  EXPECT_EQ(VectorClockText({}), "{}");
}

TEST(VectorClockTest, ATextOfAnotherShapeIsNoClock) {
  for (const char* text : {"", "None", "null", "[]", "{\"a\": \"1\"}", "{\"a\": -1}",
                           "{\"a\": 1.5}", "{\"a\": 99999999999}", "{\"a\": 1"}) {
    EXPECT_FALSE(ParseVectorClock(text)) << text;
  }
}

TEST(VectorClockTest, ANameThatIsNotUtf8IsWrittenWithoutThrowing) {
  EXPECT_EQ(VectorClockText({{"\xff", 1}}), "{\"\\ufffd\": 1}");
}

}  // namespace
}  // namespace filibuster
