#include "analyzer/lint/lint_stage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <utility>

#include "analyzer/lint/baseline.h"
#include "analyzer/lint/check_selection.h"
#include "analyzer/lint/diff.h"
#include "analyzer/lint/lint.h"
#include "analyzer/lint/report.h"
#include "analyzer/lint/source_cache.h"
#include "base/console.h"
#include "base/file.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kFormats = {"text", "json", "sarif", "github"};

struct Output {
  std::string format;
  fs::path file;  // empty: standard output
};

std::expected<Output, Error> ParseOutput(const std::string& text) {
  const std::size_t equals = text.find('=');
  Output output{.format = text.substr(0, equals)};
  if (std::ranges::find(kFormats, output.format) == kFormats.end()) {
    return std::unexpected(Error{fmt::format("--format: found \"{}\", expected one of: {}",
                                             output.format, fmt::join(kFormats, ", "))});
  }
  if (equals != text.npos) {
    output.file = text.substr(equals + 1);
    if (output.file.empty()) {
      return std::unexpected(Error{"--format: expected the name of a file after \"=\""});
    }
  }
  return output;
}

std::string Render(const LintReport& report, const Output& output) {
  if (output.format == "json") return ReportJson(report);
  if (output.format == "sarif") return ReportSarif(report);
  if (output.format == "github") return ReportGithub(report);
  return ReportText(report, output.file.empty() && UsesColor(STDOUT_FILENO));
}

std::expected<void, Error> Write(const LintReport& report, const Output& output) {
  const std::string text = Render(report, output);
  if (!output.file.empty()) return WriteFile(output.file, text);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) return std::unexpected(Error{"cannot write to standard output"});
  return {};
}

// The repository that `directory` is in; without one, the working directory.
fs::path FindRoot(const fs::path& directory) {
  std::error_code ignored;
  for (fs::path path = directory; path.has_relative_path(); path = path.parent_path()) {
    if (fs::exists(path / ".git", ignored)) return path;
  }
  return fs::current_path(ignored);
}

// From relative to the services directory to relative to the root.
void Relocate(SourceLocation& location, const fs::path& services_directory, const fs::path& root) {
  const fs::path path = (services_directory / location.file).lexically_normal();
  const fs::path relative = path.lexically_relative(root);
  const bool is_outside = relative.empty() || *relative.begin() == "..";
  location.file = is_outside ? path.string() : relative.string();
}

std::expected<CheckSelection, Error> SelectionFor(const fs::path& services_directory,
                                                  const LintOptions& options) {
  auto selection = FindCheckSelection(services_directory);
  if (!selection) return selection;
  const CheckSelection from_options{
      .checks = GlobList::Parse(options.checks),
      .warnings_as_errors = GlobList::Parse(options.warnings_as_errors)};
  if (const auto valid = from_options.Validate("--checks, --warnings-as-errors"); !valid) {
    return std::unexpected(valid.error());
  }
  selection->Append(from_options);
  return selection;
}

std::expected<std::vector<Finding>, Error> OnlyChanged(std::vector<Finding> findings,
                                                       const fs::path& root,
                                                       const std::string& diff) {
  std::expected<std::string, Error> text;
  if (diff == "-") {
    text = std::string(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    text = GitDiff(root, diff);
  }
  if (!text) return std::unexpected(text.error());
  const auto changed = ParseDiff(*text, diff == "-" ? "standard input" : "git diff");
  if (!changed) return std::unexpected(changed.error());
  return OnChangedLines(std::move(findings), *changed);
}

int ExitStatus(const std::vector<Finding>& findings, const std::string& fail_on) {
  if (fail_on == "never") return 0;
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return fail_on == "warning" || finding.severity == Severity::kError;
  });
}

}  // namespace

void AddLintOptions(CLI::App& app, LintOptions& options) {
  const std::string group = "Findings";
  app.add_option("--checks", options.checks,
                 "Globs of the checks that are on, as clang-tidy's: -*,unhandled-fault")
      ->group(group);
  app.add_option("--warnings-as-errors", options.warnings_as_errors,
                 "Globs of the checks whose findings are errors")
      ->group(group);
  app.add_option("--format", options.formats,
                 "text, json, sarif or github, to standard output, or FORMAT=FILE; may be repeated")
      ->group(group)
      ->take_all()
      ->expected(1)
      ->capture_default_str();
  app.add_option("--fail-on", options.fail_on, "Exit with 1 if there is such a finding or a worse")
      ->group(group)
      ->check(CLI::IsMember({"error", "warning", "never"}))
      ->capture_default_str();
  app.add_option("--baseline", options.baseline, "Findings in this file do not count")
      ->group(group);
  app.add_option("--write-baseline", options.write_baseline, "Write all findings to this file")
      ->group(group);
  app.add_option("--diff", options.diff,
                 "Only findings on lines that differ from this git revision; -: a unified diff is "
                 "on standard input")
      ->group(group);
}

std::expected<void, Error> CheckLintOptions(const fs::path& services_directory,
                                            const LintOptions& options) {
  if (const auto selection = SelectionFor(services_directory, options); !selection) {
    return std::unexpected(selection.error());
  }
  for (const std::string& format : options.formats) {
    const auto output = ParseOutput(format);
    if (!output) return std::unexpected(output.error());
    if (output->file.empty()) continue;
    if (auto writable = CheckWritable(output->file); !writable) return writable;
  }
  if (!options.baseline.empty()) {
    if (const auto known = ReadBaseline(options.baseline); !known) {
      return std::unexpected(known.error());
    }
  }
  if (!options.write_baseline.empty()) return CheckWritable(options.write_baseline);
  return {};
}

std::expected<int, Error> LintStage(const Analysis& analysis,
                                    std::span<const SourceFinding> source_findings,
                                    const fs::path& services_directory,
                                    const LintOptions& options) {
  std::error_code ignored;
  const fs::path directory = fs::weakly_canonical(services_directory, ignored);
  const auto selection = SelectionFor(directory, options);
  if (!selection) return std::unexpected(selection.error());

  LintReport report{.findings = Select(Lint(analysis, source_findings), *selection),
                    .root = FindRoot(directory),
                    .working_directory = fs::current_path(ignored)};
  for (Finding& finding : report.findings) {
    Relocate(finding.location, directory, report.root);
    for (Note& note : finding.notes) Relocate(note.location, directory, report.root);
  }
  SourceCache cache(report.root);
  report.source = [&cache](const std::string& file) -> const std::vector<std::string>& {
    return cache.Lines(file);
  };
  report.findings = WithoutSilenced(std::move(report.findings), report.source);

  if (!options.write_baseline.empty()) {
    if (const auto written = WriteFile(options.write_baseline, ReportJson(report)); !written) {
      return std::unexpected(written.error());
    }
  }
  if (!options.baseline.empty()) {
    const auto known = ReadBaseline(options.baseline);
    if (!known) return std::unexpected(known.error());
    report.findings = WithoutKnown(std::move(report.findings), *known);
  }
  if (!options.diff.empty()) {
    auto changed = OnlyChanged(std::move(report.findings), report.root, options.diff);
    if (!changed) return std::unexpected(changed.error());
    report.findings = std::move(*changed);
  }
  for (const std::string& format : options.formats) {
    const auto output = ParseOutput(format);
    if (!output) return std::unexpected(output.error());
    if (const auto written = Write(report, *output); !written) {
      return std::unexpected(written.error());
    }
  }
  return ExitStatus(report.findings, options.fail_on);
}

}  // namespace filibuster
