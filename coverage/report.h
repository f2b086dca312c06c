// Application x coverage directory => what was reached, on the console and as HTML.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "coverage/line_coverage.h"
#include "runtime/application.h"

namespace filibuster {

struct CoverageReport {
  std::vector<FileCoverage> files;  // sorted
  bool knows_fault_free = false;    // a snapshot was taken
};

// Files outside of `source_directories` (libraries, the system's headers) are left out.
std::expected<CoverageReport, Error> MakeCoverageReport(
    const Application& application, const std::filesystem::path& coverage_directory,
    const std::vector<std::filesystem::path>& source_directories);

// A table: the files, without faults beside with all of them.
std::string CoverageSummary(const CoverageReport& report);

// index.html and a page for each file, whose lines are coloured by what reached them. The sources
// are read again; one that is gone has no page.
std::expected<void, Error> WriteCoverageHtml(
    const CoverageReport& report, const std::vector<std::filesystem::path>& source_directories,
    const std::filesystem::path& output_directory);

}  // namespace filibuster
