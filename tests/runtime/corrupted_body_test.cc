#include "runtime/corrupted_body.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

std::string Corrupted(std::string_view transformation, std::string body) {
  return Corrupt(transformation, &body) ? body : "(unchanged) " + body;
}

TEST(CorruptedBodyTest, EachTransformationChangesWhatItsNameSays) {
  EXPECT_EQ(Corrupted("empty", "bar"), "");
  EXPECT_EQ(Corrupted("truncated", "bar baz"), "bar");
  EXPECT_EQ(Corrupted("truncated", "b"), "");
  EXPECT_EQ(Corrupted("bit_flip", "bar"), "b`r");
}

TEST(CorruptedBodyTest, OneValueOfADocumentChangesItsTypeAndTheRestStaysInItsOrder) {
  EXPECT_EQ(Corrupted("json_type", R"({"z": [], "b": [{"y": 7}], "a": 1})"),
            R"({"z":[],"b":[{"y":"7"}],"a":1})");
  EXPECT_EQ(Corrupted("json_type", R"(["text", true])"), "[0,true]");
  EXPECT_EQ(Corrupted("json_type", "true"), "\"true\"");
  EXPECT_EQ(Corrupted("json_type", "null"), "\"null\"");
}

TEST(CorruptedBodyTest, WhatCannotBeTransformedIsLeftAsItIs) {
  EXPECT_EQ(Corrupted("empty", ""), "(unchanged) ");
  EXPECT_EQ(Corrupted("json_type", "no JSON"), "(unchanged) no JSON");
  EXPECT_EQ(Corrupted("json_type", "[{}]"), "(unchanged) [{}]");
  EXPECT_EQ(Corrupted("shuffled", "bar"), "(unchanged) bar");
}

}  // namespace
}  // namespace filibuster
