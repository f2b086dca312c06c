// What filibuster-analysis does with an Analysis beside writing it:
//
// Analysis => findings => those asked for => reports => exit status
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/lint/finding.h"
#include "base/error.h"

namespace CLI {
class App;
}

namespace filibuster {

struct LintOptions {
  std::string checks;                           // globs, after those of .filibuster-analysis
  std::string warnings_as_errors;               // likewise
  std::vector<std::string> formats = {"text"};  // "sarif", or "sarif=FILE"
  std::string fail_on = "never";                // or "warning", "error"
  std::filesystem::path baseline;
  std::filesystem::path write_baseline;
  std::string diff;  // a revision, or "-" for standard input
};

void AddLintOptions(CLI::App& app, LintOptions& options);

// To be called before the analysis, whose time a misspelt option need not cost.
std::expected<void, Error> CheckLintOptions(const std::filesystem::path& services_directory,
                                            const LintOptions& options);

// Prints and writes what was asked for. The program's exit status: 0, 1 for findings at or over
// fail_on; an error is 2.
std::expected<int, Error> LintStage(const Analysis& analysis,
                                    std::span<const SourceFinding> source_findings,
                                    const std::filesystem::path& services_directory,
                                    const LintOptions& options);

}  // namespace filibuster
