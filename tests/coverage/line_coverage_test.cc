#include "coverage/line_coverage.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

TEST(LineCoverageTest, ReadsTheLinesOfEachFile) {
  const LineCoverage coverage = ParseLcov(
      "SF:/a/foo.cc\nFN:1,main\nDA:1,2\nDA:2,0\nBRDA:1,0,0,1\nLF:2\nend_of_record\n"
      "SF:/a/b c.cc\nDA:7,18446744073709551615\nend_of_record");
  EXPECT_EQ(coverage, (LineCoverage{{"/a/foo.cc", {{1, 2}, {2, 0}}},
                                    {"/a/b c.cc", {{7, 18446744073709551615u}}}}));
}

TEST(LineCoverageTest, ToleratesWhatItDoesNotKnow) {
  EXPECT_EQ(ParseLcov(""), LineCoverage());
  EXPECT_EQ(ParseLcov("DA:1,1\nwarning\nSF:a\nDA:x\nDA:3\nDA:4,\nDA:5,1,checksum\n"),
            (LineCoverage{{"a", {{5, 1}}}}));
}

TEST(LineCoverageTest, AddsTheCountsOfAFileThatIsPartOfSeveralServices) {
  LineCoverage coverage = {{"common.cc", {{1, 2}, {2, 0}}}};
  Add({{"common.cc", {{1, 1}, {2, 3}, {3, 0}}}, {"bar.cc", {{1, 1}}}}, &coverage);
  EXPECT_EQ(coverage,
            (LineCoverage{{"bar.cc", {{1, 1}}}, {"common.cc", {{1, 3}, {2, 3}, {3, 0}}}}));
}

TEST(LineCoverageTest, LeavesOutWhatIsNotTheApplications) {
  const LineCoverage coverage = {{"/app/services/foo.cc", {{1, 1}}},
                                 {"/app-too/foo.cc", {{1, 1}}},
                                 {"/usr/include/httplib.h", {{1, 1}}},
                                 {"/app/../etc/foo.cc", {{1, 1}}}};
  EXPECT_EQ(Below({"/app"}, coverage), (LineCoverage{{"services/foo.cc", {{1, 1}}}}));
  EXPECT_EQ(Below({"/app/", "/app-too"}, coverage),
            (LineCoverage{{"foo.cc", {{1, 1}}}, {"services/foo.cc", {{1, 1}}}}));
}

TEST(LineCoverageTest, TellsWhatNeededFaultsToBeReached) {
  const LineCoverage fault_free = {{"foo.cc", {{1, 1}, {2, 0}, {3, 0}}}};
  const LineCoverage all = {{"foo.cc", {{1, 4}, {2, 2}, {3, 0}}}, {"handler.cc", {{1, 1}}}};
  const auto files = Compare(fault_free, all);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].lines, (std::map<int, Reached>{{1, Reached::kWithoutFaults},
                                                    {2, Reached::kOnlyUnderFaults},
                                                    {3, Reached::kNever}}));
  EXPECT_EQ(files[1].lines, (std::map<int, Reached>{{1, Reached::kOnlyUnderFaults}}));
  const Totals totals = TotalsOf(files);
  EXPECT_EQ(totals.lines, 4);
  EXPECT_EQ(totals.without_faults, 1);
  EXPECT_EQ(totals.only_under_faults, 2);
  EXPECT_EQ(totals.reached(), 3);
}

TEST(LineCoverageTest, ClaimsNothingForFaultsWhenTheFaultFreeDataIsMissing) {
  const auto files = Compare(std::nullopt, {{"foo.cc", {{1, 4}, {2, 0}}}});
  EXPECT_EQ(files[0].lines,
            (std::map<int, Reached>{{1, Reached::kWithoutFaults}, {2, Reached::kNever}}));
}

TEST(LineCoverageTest, WritesPercentages) {
  EXPECT_EQ(Percent(5, 6), "83.3 %");
  EXPECT_EQ(Percent(0, 0), "-");
}

}  // namespace
}  // namespace filibuster
