// A services directory => Analyzed. Says on the way what it does, as log lines.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/extract_pool.h"
#include "analyzer/lint/finding.h"
#include "base/error.h"

namespace filibuster {

struct AnalyzerOptions {
  std::filesystem::path services_directory;
  // compile_commands.json or its directory; absent: the nearest one upward of the services.
  std::optional<std::filesystem::path> compile_commands;
  std::vector<std::filesystem::path> library_models;  // besides the built-in ones
  std::vector<std::string> extra_arguments;           // for the compiler, after the others
  std::optional<std::string> explain;                 // FILE:LINE of call sites to be explained
  ExtractSettings extract;
};

struct Analyzed {
  Analysis analysis;
  std::vector<SourceFinding> source_findings;
  std::string explanation;  // of the call sites asked for
  // `path:line:column: first error` of the files that could not be read in full.
  std::vector<std::string> unread;
};

std::expected<Analyzed, Error> AnalyzeServices(const AnalyzerOptions& options);

}  // namespace filibuster
