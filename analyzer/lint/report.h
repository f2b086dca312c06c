// LintReport => text, one file for each format.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analyzer/lint/finding.h"
#include "analyzer/lint/nolint.h"

namespace filibuster {

inline constexpr int kFindingsSchemaVersion = 1;

struct LintReport {
  std::vector<Finding> findings;            // files relative to `root`, or absolute outside of it
  std::filesystem::path root;               // of the repository, absolute
  std::filesystem::path working_directory;  // absolute
  SourceLines source;                       // by a finding's file
};

// As clang prints, with paths relative to the working directory.
std::string ReportText(const LintReport& report, bool color);
// docs/formats/findings.md
std::string ReportJson(const LintReport& report);
// SARIF 2.1.0.
std::string ReportSarif(const LintReport& report);
// Workflow commands that GitHub shows as annotations of a change.
std::string ReportGithub(const LintReport& report);

}  // namespace filibuster
