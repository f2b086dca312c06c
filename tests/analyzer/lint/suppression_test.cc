#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/lint/baseline.h"
#include "analyzer/lint/check_selection.h"
#include "analyzer/lint/diff.h"
#include "analyzer/lint/nolint.h"
#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

bool IsOn(std::string_view globs, std::string_view check) {
  return GlobList::Parse(globs).Contains(check, true);
}

TEST(GlobListTest, TheLastGlobThatMatchesDecides) {
  EXPECT_TRUE(IsOn("", "missing-timeout"));
  EXPECT_TRUE(IsOn("unhandled-fault", "missing-timeout")) << "all are on to begin with";
  EXPECT_FALSE(IsOn("-*", "missing-timeout"));
  EXPECT_FALSE(IsOn("-*,unhandled-fault", "missing-timeout"));
  EXPECT_TRUE(IsOn("-*,unhandled-fault", "unhandled-fault"));
  EXPECT_FALSE(IsOn("unchecked-*, -unchecked-status", "unchecked-status"));
  EXPECT_TRUE(IsOn("-unchecked-status,unchecked-*", "unchecked-status"));
  EXPECT_FALSE(IsOn("-filibuster-missing-timeout", "missing-timeout")) << "the prefix is optional";
}

TEST(GlobListTest, AStarMatchesAnyCharacters) {
  EXPECT_TRUE(MatchesGlob("unchecked-status", "*-status"));
  EXPECT_TRUE(MatchesGlob("unchecked-status", "un*-*tus"));
  EXPECT_TRUE(MatchesGlob("ababc", "*abc"));
  EXPECT_TRUE(MatchesGlob("abc", "abc**"));
  EXPECT_FALSE(MatchesGlob("unchecked-status", "unchecked"));
  EXPECT_FALSE(MatchesGlob("unchecked", "unchecked-status"));
}

TEST(CheckSelectionTest, TheNearestFileUpwardCounts) {
  TempDir directory;
  const auto services = directory.path() / "a/services";
  std::filesystem::create_directories(services);
  ASSERT_TRUE(WriteFile(directory.path() / ".filibuster-analysis", R"({"checks": "-*"})"));
  ASSERT_TRUE(WriteFile(directory.path() / "a/.filibuster-analysis",
                        R"({"checks": "-missing-timeout", "warnings_as_errors": "unhandled-*"})"));
  const auto selection = FindCheckSelection(services);
  ASSERT_TRUE(selection) << selection.error();
  const auto findings = Select(
      {{.check = "missing-timeout"}, {.check = "unhandled-fault"}, {.check = "throw-pointer"}},
      *selection);
  EXPECT_THAT(findings,
              ElementsAre(Finding{.check = "unhandled-fault", .severity = Severity::kError},
                          Finding{.check = "throw-pointer"}));
}

TEST(CheckSelectionTest, AMisspeltCheckOrKeyIsNamed) {
  TempDir directory;
  const auto file = directory.path() / ".filibuster-analysis";
  const auto error = [&](std::string_view text) {
    EXPECT_TRUE(WriteFile(file, text));
    const auto selection = FindCheckSelection(directory.path());
    return selection ? "no error" : selection.error().message;
  };
  EXPECT_THAT(error(R"({"checks": "-*,unhandld-fault"})"),
              HasSubstr(file.string() + ": \"unhandld-fault\" matches no check, expected one of: "
                                        "catch-all-hides, "));
  EXPECT_THAT(error(R"({"check": "-*"})"), HasSubstr("$: unknown key \"check\""));
  EXPECT_THAT(error("checks: -*"), HasSubstr(file.string() + ":1:1: not JSON"));
}

// The lines, from 1, on which a finding of unhandled-fault is silenced.
std::vector<int> SilencedLines(const std::vector<std::string>& lines) {
  std::vector<int> silenced;
  for (int line = 1; line <= static_cast<int>(lines.size()); ++line) {
    if (IsSilenced(lines, line, "unhandled-fault")) silenced.push_back(line);
  }
  return silenced;
}

TEST(NolintTest, SilencesItsLine) {
  EXPECT_THAT(SilencedLines({"a();", "b();  // NOLINT", "c();"}), ElementsAre(2));
  EXPECT_THAT(SilencedLines({"a();  // NOLINT(filibuster-unhandled-fault)"}), ElementsAre(1));
  EXPECT_THAT(SilencedLines({"a();  // NOLINT(google-x, filibuster-unhandled-fault): why"}),
              ElementsAre(1));
  EXPECT_THAT(SilencedLines({"a();  // NOLINT(filibuster-*)", "b();  /* NOLINT(*) */"}),
              ElementsAre(1, 2));
}

TEST(NolintTest, ForOtherChecksItDoesNotCount) {
  EXPECT_THAT(SilencedLines({"a();  // NOLINT(filibuster-missing-timeout)",
                             "a();  // NOLINT(unhandled-fault)", "a();  // NOLINT()",
                             "a();  // NOLINT(*,-filibuster-unhandled-fault)"}),
              IsEmpty());
}

TEST(NolintTest, NextLineSilencesTheNextLineOnly) {
  EXPECT_THAT(SilencedLines({"// NOLINTNEXTLINE(filibuster-unhandled-fault)", "a();", "b();"}),
              ElementsAre(2));
}

TEST(NolintTest, ABlockSilencesFromItsBeginToItsEnd) {
  EXPECT_THAT(SilencedLines({"a();", "// NOLINTBEGIN", "b();", "// NOLINTEND", "c();"}),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(SilencedLines({"// NOLINTBEGIN(filibuster-*)", "// NOLINTBEGIN(google-*)", "b();",
                             "// NOLINTEND(google-*)", "// NOLINTEND(filibuster-*)"}),
              ElementsAre(1, 2, 3, 4, 5));
}

TEST(NolintTest, ABlockThatIsNotEndedBySameNamesSilencesNothing) {
  EXPECT_THAT(SilencedLines({"// NOLINTBEGIN", "a();"}), IsEmpty());
  EXPECT_THAT(SilencedLines({"// NOLINTBEGIN(filibuster-*)", "a();", "// NOLINTEND"}), IsEmpty());
}

TEST(NolintTest, FindingsInFilesThatCannotBeReadStay) {
  const std::vector<std::string> none;
  const auto findings =
      WithoutSilenced({{.check = "unhandled-fault", .location = {"gone.cc", 3, 1}}},
                      [&](const std::string&) -> const std::vector<std::string>& { return none; });
  EXPECT_EQ(findings.size(), 1);
}

ChangedLines Parsed(std::string_view diff) {
  const auto changed = ParseDiff(diff, "d");
  EXPECT_TRUE(changed) << changed.error();
  return changed.value_or(ChangedLines{});
}

TEST(DiffTest, FindsTheAddedLinesOfEachFile) {
  EXPECT_THAT(Parsed(R"(diff --git a/foo.cc b/foo.cc
index 1..2 100644
--- a/foo.cc
+++ b/foo.cc
@@ -1 +1,2 @@
-old
+new
+new
@@ -10,2 +11,0 @@ void f() {
-gone
-gone
@@ -20,0 +20 @@
+one
diff --git a/gone.cc b/gone.cc
--- a/gone.cc
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/b.cc b/b.cc
--- /dev/null
+++ b/b.cc
@@ -0,0 +1 @@
+x
\ No newline at end of file
)"),
              ElementsAre(Pair("b.cc", ElementsAre(LineRange{1, 1})),
                          Pair("foo.cc", ElementsAre(LineRange{1, 2}, LineRange{20, 20}))));
}

TEST(DiffTest, ContextIsNotChanged) {
  EXPECT_THAT(Parsed("--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n one\n-two\n+TWO\n three\n four\n"),
              ElementsAre(Pair("f", ElementsAre(LineRange{2, 2}))));
}

TEST(DiffTest, LinesThatLookLikeHeadersAreContentInsideAHunk) {
  EXPECT_THAT(Parsed("--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n--- a\n+++ b\n+x\n"),
              ElementsAre(Pair("f", ElementsAre(LineRange{1, 2}))));
}

TEST(DiffTest, ReadsQuotedPathsAndPathsWithoutPrefix) {
  EXPECT_THAT(Parsed("+++ \"b/caf\\303\\251 \\\"x\\\".cc\"\n@@ -0,0 +7 @@\n+x\n"
                     "+++ plain.cc\t2026-01-01\n@@ -0,0 +8 @@\n+x\n"),
              ElementsAre(Pair("caf\xC3\xA9 \"x\".cc", ElementsAre(LineRange{7, 7})),
                          Pair("plain.cc", ElementsAre(LineRange{8, 8}))));
}

TEST(DiffTest, ABadHunkIsNamed) {
  const auto changed = ParseDiff("+++ b/f\n@@ nonsense @@\n", "standard input");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().message,
            "standard input:2: found \"@@ nonsense @@\", expected \"@@ -LINE,COUNT +LINE,COUNT "
            "@@\"");
}

TEST(DiffTest, WhatIsNoDiffIsAMistakeAndNoChangeIsNone) {
  const auto changed = ParseDiff(" foo.cc | 2 +-\n 1 file changed\n", "standard input");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().message, "standard input: not a unified diff");
  EXPECT_TRUE(Parsed("").empty());
  EXPECT_TRUE(Parsed("\n").empty());
  EXPECT_TRUE(Parsed("diff --git a/x b/y\nsimilarity index 100%\nrename from x\n").empty());
}

TEST(DiffTest, AFindingCountsIfItsPlaceOrAStepOfItsPathChanged) {
  const ChangedLines changed = {{"foo.cc", {{5, 6}}}, {"client.cc", {{9, 9}}}};
  const Finding here{.check = "a", .location = {"foo.cc", 6, 1}};
  const Finding above{.check = "b", .location = {"foo.cc", 4, 1}};
  const Finding below{.check = "c", .location = {"foo.cc", 7, 1}};
  const Finding path{
      .check = "d", .location = {"foo.cc", 1, 1}, .notes = {{{"client.cc", 9, 1}, "here"}}};
  EXPECT_THAT(OnChangedLines({here, above, below, path}, changed), ElementsAre(here, path));
}

TEST(BaselineTest, OnlyFindingsThatAreNotInItCount) {
  TempDir directory;
  const auto file = directory.path() / "baseline.json";
  ASSERT_TRUE(WriteFile(file, R"({"schema_version": 1, "findings": [{"fingerprint": "a"}]})"));
  const auto known = ReadBaseline(file);
  ASSERT_TRUE(known) << known.error();
  const Finding is_new{.fingerprint = "b"};
  EXPECT_THAT(WithoutKnown({{.fingerprint = "a"}, is_new}, *known), ElementsAre(is_new));
}

TEST(BaselineTest, AFileOfAnotherFormatIsNamed) {
  TempDir directory;
  const auto file = directory.path() / "baseline.json";
  const auto error = [&](std::string_view text) {
    EXPECT_TRUE(WriteFile(file, text));
    const auto known = ReadBaseline(file);
    return known ? "no error" : known.error().message;
  };
  EXPECT_EQ(error("{}"), file.string() + ": $: expected the key \"schema_version\"");
  EXPECT_EQ(error(R"({"schema_version": 2, "findings": []})"),
            file.string() + ": $.schema_version: found 2, expected 1");
  EXPECT_EQ(error(R"({"schema_version": 1, "findings": [{}]})"),
            file.string() + ": $.findings[0]: expected the key \"fingerprint\"");
}

}  // namespace
}  // namespace filibuster
