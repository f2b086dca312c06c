#include "analyzer/value.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

Truth Holds(const std::string& op, const Value& left, const Value& right) {
  return AsCondition(Compute(op, left, right));
}

TEST(ValueTest, ComparesNumbersAndStrings) {
  EXPECT_EQ(Holds("==", Value::Int(3), Value::Int(3)), Truth::kTrue);
  EXPECT_EQ(Holds(">=", Value::Int(3), Value::Int(4)), Truth::kFalse);
  EXPECT_EQ(Holds("==", Value::String("a"), Value::String("a")), Truth::kTrue);
  EXPECT_EQ(Holds("!=", Value::Null(), Value::String("a")), Truth::kTrue);
}

TEST(ValueTest, AComparisonWithWhatIsNotKnownIsNotKnown) {
  EXPECT_EQ(Holds("==", Value::Unknown("x"), Value::Int(3)), Truth::kUnknown);
  const Value hole = Concatenate(Value::String("a"), Value::Unknown("x"));
  EXPECT_EQ(Holds("==", hole, Value::String("ab")), Truth::kUnknown);
}

TEST(ValueTest, EnumeratorsAreComparedByName) {
  EXPECT_EQ(Holds("==", Value::Int(4, "E::kRead"), Value::Int(5, "E::kRead")), Truth::kTrue);
  EXPECT_EQ(Holds("==", Value::Int(4, "E::kRead"), Value::Int(4, "E::kWrite")), Truth::kFalse);
}

TEST(ValueTest, TheStatusOfASuccessIsWhicheverTheCodeExpects) {
  const Value status = Value::Success();
  EXPECT_EQ(Holds("==", status, Value::Int(201)), Truth::kTrue);
  EXPECT_EQ(Holds("==", status, Value::Int(404)), Truth::kFalse);
  EXPECT_EQ(Holds("!=", status, Value::Int(200)), Truth::kFalse);
  EXPECT_EQ(Holds(">=", status, Value::Int(400)), Truth::kFalse);
  EXPECT_EQ(Holds("<", status, Value::Int(300)), Truth::kTrue);
  EXPECT_EQ(Holds(">=", status, Value::Int(200)), Truth::kTrue);
  EXPECT_EQ(Holds("<=", Value::Int(300), status), Truth::kFalse);
  EXPECT_EQ(Holds("<", status, Value::Int(250)), Truth::kUnknown);
  EXPECT_EQ(Compute("/", status, Value::Int(100)), Value::Int(2));
}

TEST(ValueTest, OfAStatusOfSuccessTheRangeIsKnown) {
  const Value above = Compute("-", Value::Success(), Value::Int(200));
  EXPECT_EQ(Holds(">", above, Value::Int(99)), Truth::kFalse);
  EXPECT_EQ(Holds("<", above, Value::Int(0)), Truth::kFalse);
  EXPECT_EQ(Holds("<", above, Value::Int(50)), Truth::kUnknown);
  EXPECT_EQ(AsCondition(above), Truth::kUnknown);
  EXPECT_EQ(AsCondition(Value::Success()), Truth::kTrue);
}

TEST(ValueTest, ANegativeNumberIsBigAsAnUnsignedOne) {
  EXPECT_EQ(Holds(">", AsUnsigned(Value::Int(-1), 32), Value::Int(99)), Truth::kTrue);
  EXPECT_EQ(AsUnsigned(Value::Int(-1), 0), Value::Int(-1));
  EXPECT_EQ(AsUnsigned(Value::Int(7), 32), Value::Int(7));
  EXPECT_EQ(Holds(">", AsUnsigned(Value::Int(-1), 64), Value::Int(99)), Truth::kUnknown);
}

TEST(ValueTest, AlternativesAreAllComputed) {
  const Value either = Value::Choice({Value::Int(1), Value::Int(2)});
  EXPECT_EQ(Compute("+", either, Value::Int(1)), Value::Choice({Value::Int(2), Value::Int(3)}));
  EXPECT_EQ(Holds("<", either, Value::Int(3)), Truth::kTrue);
  EXPECT_EQ(Holds("<", either, Value::Int(2)), Truth::kUnknown);
}

TEST(ValueTest, OneAlternativeIsNoChoiceAndTooManyAreNotKnown) {
  EXPECT_EQ(Value::Choice({Value::Int(1), Value::Int(1)}), Value::Int(1));
  Values many;
  for (int i = 0; i < 100; ++i) many.push_back(Value::Int(i));
  EXPECT_TRUE(Value::Choice(many).Is(Value::Kind::kUnknown));
}

TEST(ValueTest, WhatIsMadeOfAFaultIsMarked) {
  Value status = Value::Int(503);
  status.from_fault = true;
  EXPECT_TRUE(Compute("==", status, Value::Int(503)).from_fault);
  EXPECT_TRUE(Concatenate(Value::String("x"), status).from_fault);
  EXPECT_FALSE(Compute("==", Value::Int(1), Value::Int(2)).from_fault);
}

TEST(ValueTest, DivisionByZeroIsNotKnown) {
  EXPECT_TRUE(Compute("/", Value::Int(1), Value::Int(0)).Is(Value::Kind::kUnknown));
  EXPECT_TRUE(Compute("%", Value::Int(1), Value::Int(0)).Is(Value::Kind::kUnknown));
}

}  // namespace
}  // namespace filibuster
