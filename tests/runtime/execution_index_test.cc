#include "runtime/execution_index.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

TEST(ExecutionIndexTest, KeepsTheTextThatPythonWritesBothWays) {
  const std::string text = R"([["0a", 1], ["b\"c", 12]])";
  const auto index = ParseExecutionIndex(text);
  ASSERT_TRUE(index);
  EXPECT_EQ(*index, (ExecutionIndex{{"0a", 1}, {"b\"c", 12}}));
  EXPECT_EQ(ExecutionIndexText(*index), text);
  EXPECT_EQ(ExecutionIndexText({}), "[]");
  EXPECT_EQ(ParseExecutionIndex("[]"), ExecutionIndex());
}

TEST(ExecutionIndexTest, ATextOfAnotherShapeIsNoIndex) {
  for (const char* text : {"", "{}", "null", "[1]", "[[]]", "[[\"a\"]]", "[[\"a\", \"1\"]]",
                           "[[1, 1]]", "[[\"a\", -1]]", "[[\"a\", 1, 2]]", "[[\"a\", 1.5]]",
                           "[[\"a\", 99999999999]]", "[[\"a\", 1]"}) {
    EXPECT_FALSE(ParseExecutionIndex(text)) << text;
  }
  EXPECT_FALSE(ParseExecutionIndex(std::string(100'000, '[')));
}

TEST(ExecutionIndexTest, BytesThatAreNotUtf8AreWrittenWithoutThrowing) {
  EXPECT_EQ(ExecutionIndexText({{"\xff", 1}}), "[[\"\\ufffd\", 1]]");
}

TEST(CallSignatureTest, DoesNotDependOnWhereItWasBuilt) {
  const std::string here = CallSignature("/build/foo/foo.cc", 17, "httplib", "Get", "5001/bar");
  EXPECT_EQ(here, CallSignature("../../foo.cc", 17, "httplib", "Get", "5001/bar"));
  EXPECT_EQ(here, CallSignature("foo.cc", 17, "httplib", "Get", "5001/bar"));
  EXPECT_EQ(here.size(), 16u);
}

TEST(CallSignatureTest, TellsApartCallsThatDifferInOnePart) {
  const std::string base = CallSignature("foo.cc", 17, "httplib", "Get", "5001/bar");
  EXPECT_NE(base, CallSignature("bar.cc", 17, "httplib", "Get", "5001/bar"));
  EXPECT_NE(base, CallSignature("foo.cc", 18, "httplib", "Get", "5001/bar"));
  EXPECT_NE(base, CallSignature("foo.cc", 17, "curl", "Get", "5001/bar"));
  EXPECT_NE(base, CallSignature("foo.cc", 17, "httplib", "Head", "5001/bar"));
  EXPECT_NE(base, CallSignature("foo.cc", 17, "httplib", "Get", "5001/baz"));
  EXPECT_NE(CallSignature("f", 1, "a", "bc", "d"), CallSignature("f", 1, "ab", "c", "d"));
}

TEST(CallSignatureTest, NeverChangesFromOneVersionToTheNext) {
  // A counterexample file replays only as long as this holds.
  EXPECT_EQ(CallSignature("foo/foo.cc", 17, "httplib", "Get", "5001/bar/baz"), "93b1910dac5ab51a");
}

TEST(CallSiteFileTest, BeginsAtTheDirectoryOfTheServiceElseAtItsOwn) {
  EXPECT_EQ(CallSiteFile("/home/me/app/services/foo/foo.cc", "foo"), "foo/foo.cc");
  EXPECT_EQ(CallSiteFile("../../services/foo/src/client/get.cc", "foo"), "foo/src/client/get.cc");
  EXPECT_EQ(CallSiteFile("/foo/build/../services/foo/./foo.cc", "foo"), "foo/foo.cc");
  EXPECT_EQ(CallSiteFile("/home/me/app/common/client.h", "foo"), "common/client.h");
  EXPECT_EQ(CallSiteFile("../../main.cc", "foo"), "main.cc");
  EXPECT_EQ(CallSiteFile("foo", "foo"), "foo");
  EXPECT_EQ(CallSiteFile("", "foo"), "");
}

}  // namespace
}  // namespace filibuster
