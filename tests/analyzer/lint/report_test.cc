#include "analyzer/lint/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analyzer/lint/checks.h"
#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

using testing::HasSubstr;

const std::vector<std::string>& SourceOf(const std::string& file) {
  static const std::map<std::string, std::vector<std::string>> files = {
      {"services/foo/foo.cc",
       {"int main() {", "\tauto \xC3\xA9 = client.Get(\"/bar\");", "} catch (const Timeout&) {"}},
      {"client.cc", {"Send();"}}};
  static const std::vector<std::string> none;
  const auto file_lines = files.find(file);
  return file_lines == files.end() ? none : file_lines->second;
}

LintReport Report() {
  return {.findings = {{.check = "unhandled-fault",
                        .severity = Severity::kError,
                        .message = "`E` leaves: the service answers 500",
                        .location = {"services/foo/foo.cc", 2, 12},
                        .function = "main",
                        .notes = {{{"client.cc", 1, 1}, "the call is made here, in `Send`"}},
                        .fingerprint = "0123"},
                       {.check = "missing-timeout",
                        .message = "100% without a timeout",
                        .location = {"/usr/include/x y.h", 7, 3},
                        .fingerprint = "4567"}},
          .root = "/repo",
          .working_directory = "/repo/services",
          .source = SourceOf};
}

TEST(ReportTextTest, PrintsAsClangDoes) {
  EXPECT_EQ(ReportText(Report(), false),
            "foo/foo.cc:2:12: error: `E` leaves: the service answers 500 "
            "[filibuster-unhandled-fault]\n"
            "    2 | \tauto \xC3\xA9 = client.Get(\"/bar\");\n"
            "      | \t         ^\n"
            "../client.cc:1:1: note: the call is made here, in `Send`\n"
            "    1 | Send();\n"
            "      | ^\n"
            "../../usr/include/x y.h:7:3: warning: 100% without a timeout "
            "[filibuster-missing-timeout]\n"
            "1 warning and 1 error generated.\n");
}

TEST(ReportTextTest, NoFindingsPrintNothing) { EXPECT_EQ(ReportText({}, true), ""); }

TEST(ReportTextTest, ColoursOnlyIfAsked) {
  EXPECT_EQ(ReportText(Report(), false).find('\033'), std::string::npos);
  EXPECT_THAT(ReportText(Report(), true), HasSubstr("\033[1;31merror:\033[0m"));
}

TEST(ReportJsonTest, HasAllOfAFinding) {
  const auto json = nlohmann::json::parse(ReportJson(Report()));
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["findings"][0], nlohmann::json::parse(R"({
    "check": "unhandled-fault", "severity": "error",
    "message": "`E` leaves: the service answers 500",
    "file": "services/foo/foo.cc", "line": 2, "column": 12, "function": "main",
    "fingerprint": "0123",
    "notes": [{"file": "client.cc", "line": 1, "column": 1,
               "message": "the call is made here, in `Send`"}]})"));
  EXPECT_EQ(ReportJson({}), "{\n  \"schema_version\": 1,\n  \"findings\": []\n}\n");
}

TEST(ReportGithubTest, PrintsOneEscapedCommandAFinding) {
  LintReport report = Report();
  report.findings[1].location.file = "a,b:c.cc";
  EXPECT_EQ(ReportGithub(report),
            "::error file=services/foo/foo.cc,line=2,col=12,title=filibuster-unhandled-fault::"
            "`E` leaves: the service answers 500%0Aclient.cc:1: the call is made here, in `Send`\n"
            "::warning file=a%2Cb%3Ac.cc,line=7,col=3,title=filibuster-missing-timeout::"
            "100%25 without a timeout\n");
}

TEST(ReportSarifTest, HasRulesWithHelpAndResultsThatNameThem) {
  const auto run = nlohmann::json::parse(ReportSarif(Report()))["runs"][0];
  const auto& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), Checks().size());
  const auto& result = run["results"][0];
  const auto& rule = rules[result["ruleIndex"].get<std::size_t>()];
  EXPECT_EQ(result["ruleId"], "filibuster-unhandled-fault");
  EXPECT_EQ(rule["id"], result["ruleId"]);
  EXPECT_EQ(rule["help"]["markdown"], FindCheck("unhandled-fault")->page);
  EXPECT_EQ(result["level"], "error");
  EXPECT_EQ(result["partialFingerprints"]["filibusterFinding/v1"], "0123");
  EXPECT_EQ(result["codeFlows"][0]["threadFlows"][0]["locations"][1]["location"]["message"]["text"],
            "the call is made here, in `Send`");
}

TEST(ReportSarifTest, PathsAreUnderTheRootAndColumnsCountCharacters) {
  const auto run = nlohmann::json::parse(ReportSarif(Report()))["runs"][0];
  const auto place = [&](int result) {
    return run["results"][result]["locations"][0]["physicalLocation"];
  };
  EXPECT_EQ(place(0), nlohmann::json::parse(R"({
    "artifactLocation": {"uri": "services/foo/foo.cc", "uriBaseId": "%SRCROOT%"},
    "region": {"startLine": 2, "startColumn": 11}})"));
  EXPECT_EQ(place(1)["artifactLocation"],
            nlohmann::json::parse(R"({"uri": "file:///usr/include/x%20y.h"})"));
}

// tools/setup installs the schema and the validator.
bool IsValidSarif(const std::string& log) {
  TempDir directory;
  const auto file = directory.path() / "log.sarif";
  EXPECT_TRUE(WriteFile(file, log));
  return std::system(("node " SARIF_VALIDATOR " " + file.string()).c_str()) == 0;
}

TEST(ReportSarifTest, IsValidByTheOfficialSchema) {
  EXPECT_TRUE(IsValidSarif(ReportSarif(Report()))) << ReportSarif(Report());
  EXPECT_TRUE(IsValidSarif(ReportSarif({})));
}

TEST(ReportSarifTest, TheOfficialSchemaWouldTellAMistake) {
  auto log = nlohmann::json::parse(ReportSarif(Report()));
  log["runs"][0]["results"][0]["level"] = "fatal";
  EXPECT_FALSE(IsValidSarif(log.dump()));
}

}  // namespace
}  // namespace filibuster
