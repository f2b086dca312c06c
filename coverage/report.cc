#include "coverage/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/console.h"
#include "coverage/llvm_tools.h"
#include "runtime/coverage_profiles.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

// Those with data. llvm-profdata says nothing of the others.
std::vector<fs::path> NonEmptyProfilesOf(const Service& service, Executions executions,
                                         const fs::path& coverage_directory) {
  auto profiles = ProfilesOf(service.name, executions, coverage_directory);
  std::erase_if(profiles, [&](const fs::path& profile) {
    std::error_code unknown;
    if (fs::file_size(profile, unknown) != 0) return false;
    LogWarning("{}: is empty and does not count: the process of {} ended before it wrote any data",
               profile.string(), service.name);
    return true;
  });
  return profiles;
}

std::expected<LineCoverage, Error> ExportService(const LlvmTools& tools, const Service& service,
                                                 const std::vector<fs::path>& profiles) {
  auto lines = tools.Export(service.binary, profiles);
  if (!lines) {
    return std::unexpected(Error{
        fmt::format("service {}: no coverage from {} (was it built with the coverage preset?): {}",
                    service.name, service.binary.string(), lines.error().message)});
  }
  return lines;
}

}  // namespace

std::expected<CoverageReport, Error> MakeCoverageReport(
    const Application& application, const fs::path& coverage_directory,
    const std::vector<fs::path>& source_directories) {
  const auto tools = LlvmTools::Find();
  if (!tools) return std::unexpected(tools.error());
  CoverageReport report;
  LineCoverage all;
  LineCoverage fault_free;
  bool has_data = false;
  for (const Service& service : application.services) {
    const std::vector<fs::path> profiles =
        NonEmptyProfilesOf(service, Executions::kAll, coverage_directory);
    if (profiles.empty()) {
      LogWarning("service {}: no coverage data in {}", service.name, coverage_directory.string());
      continue;
    }
    has_data = true;
    if (service.binary.empty()) {
      return std::unexpected(Error{fmt::format(
          "{}: service {}: its command does not begin with the path of its program; name that as "
          "\"binary\"",
          application.file.string(), service.name)});
    }
    // Each service by itself: functions of one name in two services have nothing in common.
    const auto lines = ExportService(*tools, service, profiles);
    if (!lines) return std::unexpected(lines.error());
    Add(*lines, &all);
    const std::vector<fs::path> before =
        NonEmptyProfilesOf(service, Executions::kFaultFree, coverage_directory);
    if (before.empty()) continue;
    report.knows_fault_free = true;
    const auto lines_before = ExportService(*tools, service, before);
    if (!lines_before) return std::unexpected(lines_before.error());
    Add(*lines_before, &fault_free);
  }
  if (!has_data) {
    return std::unexpected(Error{fmt::format(
        "{0}: no coverage data; build the services with the coverage preset and run filibuster "
        "--application {1} --coverage-dir {0}",
        coverage_directory.string(), application.file.string())});
  }
  report.files = Compare(
      report.knows_fault_free ? std::optional(Below(source_directories, fault_free)) : std::nullopt,
      Below(source_directories, all));
  if (report.files.empty()) {
    std::string directories;
    for (const fs::path& directory : source_directories) directories += " " + directory.string();
    return std::unexpected(Error{fmt::format(
        "no source of the services is below{}; choose --source-directory", directories)});
  }
  return report;
}

std::string CoverageSummary(const CoverageReport& report) {
  size_t width = sizeof "TOTAL";
  for (const FileCoverage& file : report.files) width = std::max(width, file.file.string().size());
  std::string text = fmt::format("{:<{}}  {:>6}  {:>14}  {:>10}  {:>17}\n", "FILE", width, "LINES",
                                 "WITHOUT FAULTS", "ALL FAULTS", "ONLY UNDER FAULTS");
  const auto add_row = [&](const std::string& name, const Totals& totals) {
    const bool known = report.knows_fault_free;
    text += fmt::format("{:<{}}  {:>6}  {:>14}  {:>10}  {:>17}\n", name, width, totals.lines,
                        known ? Percent(totals.without_faults, totals.lines) : "not known",
                        Percent(totals.reached(), totals.lines),
                        known ? fmt::format("{} lines", totals.only_under_faults) : "not known");
  };
  for (const FileCoverage& file : report.files) add_row(file.file, TotalsOf(file));
  add_row("TOTAL", TotalsOf(report.files));
  return text;
}

}  // namespace filibuster
