#include "base/terminal.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

TEST(TerminalTest, CountsColumnsNotBytes) {
  EXPECT_EQ(ColumnsOf("foo → bar"), 9);
  EXPECT_EQ(ColumnsOf("日本"), 4);
  EXPECT_EQ(ColumnsOf("e\u0301"), 1);
  EXPECT_EQ(ColumnsOf("\xff\xc3"), 2);  // no UTF-8
}

TEST(TerminalTest, CutsWhatDoesNotFit) {
  EXPECT_EQ(FitColumns("foo → bar", 9), "foo → bar");
  EXPECT_EQ(FitColumns("foo → bar", 8), "foo → b…");
  EXPECT_EQ(FitColumns("foo → bar", 1), "…");
  EXPECT_EQ(FitColumns("foo → bar", 0), "");
  EXPECT_EQ(FitColumns("日本語", 4), "日…");
}

TEST(TerminalTest, LetsNobodySteerTheTerminal) {
  EXPECT_EQ(Printable("a\x1b[2Jb\r\n\tc"), "a\\x1b[2Jb\\x0d\n\tc");
  EXPECT_EQ(Printable("a\u009b2J → é"), "a\\x9b2J → é");
  EXPECT_EQ(PrintableLine("a\n\tb"), "a\\x0a\\x09b");
}

}  // namespace
}  // namespace filibuster
