// Analysis <=> analysis.json, and the one place that knows its keys. Format:
// docs/formats/analysis.md.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "analyzer/analysis.h"
#include "base/error.h"

namespace filibuster {

// Reads a file of ours or of Filibuster for Python or Java: keys that are not known are ignored.
// Errors name the file and the JSON path; a bad regular expression is one.
std::expected<Analysis, Error> ReadAnalysis(const std::filesystem::path& path);
std::expected<Analysis, Error> AnalysisFromText(std::string_view text, const std::string& name);

// Sorted, indented by two, ends with a newline: equal analyses give equal bytes. The order of
// `exceptions` is kept, because faults are tried in it.
std::string AnalysisToText(const Analysis& analysis);

}  // namespace filibuster
