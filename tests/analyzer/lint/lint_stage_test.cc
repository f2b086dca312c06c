#include "analyzer/lint/lint_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

CallSite SiteAt(int line) {
  return {.service = "foo",
          .location = {"foo/foo.cc", line, 3},
          .function = "foo::Handle",
          .module = "httplib",
          .method = "Get",
          .target = {.service = "bar"},
          .timeout = true,
          .handlers = {{.faults = {"E"},
                        .kind = "none",
                        .outcome = {.kind = Outcome::Kind::kEscapes, .status_code = "500"}}}};
}

// A repository with services/foo/foo.cc, whose lines 2 and 4 make a call that is not handled.
class LintStageTest : public testing::Test {
 protected:
  LintStageTest() {
    fs::create_directories(services_ / "foo");
    Git("init -q");
    WriteSource("int Handle() {\n  a.Get();\n\n  b.Get();\n}\n");
    Git("add . && git commit -q -m first");
    options_.formats = {"json=" + (directory_.path() / "out.json").string()};
  }

  void Git(const std::string& arguments) {
    const std::string command = "cd " + directory_.path().string() +
                                " && export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a "
                                "GIT_AUTHOR_EMAIL=a@a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a "
                                "&& git " +
                                arguments;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  void WriteSource(std::string_view text) {
    ASSERT_TRUE(WriteFile(services_ / "foo/foo.cc", text));
  }

  int Run() {
    const auto status = LintStage(analysis_, {}, services_, options_);
    EXPECT_TRUE(status) << status.error();
    return status.value_or(2);
  }

  std::string ErrorOf() {
    const auto status = LintStage(analysis_, {}, services_, options_);
    return status ? "no error" : status.error().message;
  }

  // The lines of the findings that were written.
  std::vector<int> Lines() {
    std::vector<int> lines;
    const auto text = ReadFile(directory_.path() / "out.json");
    EXPECT_TRUE(text) << text.error();
    const auto json = nlohmann::json::parse(text.value_or("{}"));
    for (const auto& finding : json["findings"]) {
      EXPECT_EQ(finding["file"], "services/foo/foo.cc");
      lines.push_back(finding["line"]);
    }
    return lines;
  }

  TempDir directory_;
  fs::path services_ = directory_.path() / "services";
  Analysis analysis_{{{.name = "m", .pattern = ".", .call_sites = {SiteAt(2), SiteAt(4)}}}};
  LintOptions options_;
};

TEST_F(LintStageTest, FindingsAloneAreNoFailure) {
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(Lines(), ElementsAre(2, 4));
}

TEST_F(LintStageTest, FailsOnFindingsAtOrOverALevel) {
  options_.fail_on = "error";
  EXPECT_EQ(Run(), 0);
  options_.fail_on = "warning";
  EXPECT_EQ(Run(), 1);
  options_.checks = "-unhandled-fault";
  EXPECT_EQ(Run(), 0);
  options_.checks = "";
  options_.warnings_as_errors = "unhandled-fault";
  EXPECT_EQ(Run(), 1);
  options_.fail_on = "error";
  EXPECT_EQ(Run(), 1);
}

TEST_F(LintStageTest, ACommentInTheSourceSilences) {
  WriteSource(
      "int Handle() {\n  a.Get();  // NOLINT(filibuster-unhandled-fault)\n\n  b.Get();\n}\n");
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(Lines(), ElementsAre(4));
}

TEST_F(LintStageTest, AfterABaselineOnlyNewFindingsCount) {
  options_.fail_on = "warning";
  analysis_.modules[0].call_sites = {SiteAt(2)};
  options_.write_baseline = directory_.path() / "baseline.json";
  EXPECT_EQ(Run(), 1) << "writing a baseline hides nothing yet";

  options_.baseline = std::exchange(options_.write_baseline, {});
  analysis_.modules[0].call_sites = {SiteAt(3)};
  EXPECT_EQ(Run(), 0) << "the call has only moved";
  CallSite other = SiteAt(4);
  other.target.service = "baz";
  analysis_.modules[0].call_sites.push_back(other);
  EXPECT_EQ(Run(), 1);
  EXPECT_THAT(Lines(), ElementsAre(4));
}

TEST_F(LintStageTest, ADiffLeavesFindingsOnChangedLines) {
  options_.diff = "HEAD";
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(Lines(), IsEmpty());
  WriteSource("int Handle() {\n  a.Get();\n\n  b.Get(1);\n}\n");
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(Lines(), ElementsAre(4));
}

TEST_F(LintStageTest, ARevisionThatIsNoneIsAnError) {
  options_.diff = "no-such-revision";
  EXPECT_THAT(ErrorOf(), HasSubstr("git diff no-such-revision: failed in "));
  options_.diff = "--output=evil";
  EXPECT_THAT(ErrorOf(), HasSubstr("git diff --output=evil: failed in "));
}

TEST_F(LintStageTest, MistakesAreFoundBeforeTheAnalysis) {
  const auto error = [&](const LintOptions& options) {
    const auto checked = CheckLintOptions(services_, options);
    return checked ? "no error" : checked.error().message;
  };
  EXPECT_EQ(error({}), "no error");
  EXPECT_EQ(error({.formats = {"xml"}}),
            "--format: found \"xml\", expected one of: text, json, sarif, github");
  EXPECT_EQ(error({.formats = {"sarif="}}), "--format: expected the name of a file after \"=\"");
  EXPECT_EQ(error({.formats = {"sarif=/no/such/out.sarif"}}),
            "/no/such/out.sarif: no such directory: /no/such");
  EXPECT_THAT(error({.checks = "-*,unhandled"}), HasSubstr("\"unhandled\" matches no check"));
  EXPECT_THAT(error({.baseline = "/no/such"}), HasSubstr("--write-baseline writes one"));
}

TEST_F(LintStageTest, WritesAnyNumberOfFormats) {
  const fs::path sarif = directory_.path() / "out.sarif";
  options_.formats.push_back("sarif=" + sarif.string());
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(Lines(), ElementsAre(2, 4));
  EXPECT_THAT(ReadFile(sarif).value_or(""), HasSubstr("\"2.1.0\""));
}

TEST(LintOptionsTest, AreReadFromACommandLine) {
  CLI::App app;
  LintOptions options;
  AddLintOptions(app, options);
  app.parse("--format text --format sarif=a.sarif --checks=-*,unhandled-fault --fail-on error");
  EXPECT_THAT(options.formats, ElementsAre("text", "sarif=a.sarif"));
  EXPECT_EQ(options.checks, "-*,unhandled-fault");
  EXPECT_EQ(options.fail_on, "error");
  CLI::App strict;
  AddLintOptions(strict, options);
  EXPECT_THROW(strict.parse("--fail-on note"), CLI::ParseError);
}

}  // namespace
}  // namespace filibuster
