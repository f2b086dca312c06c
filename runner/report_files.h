// Report => its files: the JSON of --report, and report.html, report.json, junit.xml of
// --report-dir.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "planner/report.h"

namespace filibuster {

struct ReportFiles {
  std::optional<std::filesystem::path> json;
  std::optional<std::filesystem::path> directory;
  // Where the sources are: the lines around call sites and handlers are shown.
  std::vector<std::filesystem::path> source_directories;
};

// Before the run whose result they are to hold. Makes the directory.
std::expected<void, Error> CheckWritable(const ReportFiles& files);

// Each file whole or not at all.
std::expected<void, Error> WriteReport(const ReportFiles& files, const Report& report);

// The service map as an SVG element, drawn by Graphviz; empty where that is not installed.
std::string DrawServiceMap(const nlohmann::ordered_json& report);

}  // namespace filibuster
