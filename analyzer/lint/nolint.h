// Comments that silence findings, by clang-tidy's rules: NOLINT, NOLINTNEXTLINE, and blocks from
// NOLINTBEGIN to NOLINTEND; names in parentheses bear the prefix "filibuster-".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/finding.h"

namespace filibuster {

// The lines of a source file, the first at index 0; empty if it cannot be read.
using SourceLines = std::function<const std::vector<std::string>&(const std::string& file)>;

bool IsSilenced(const std::vector<std::string>& lines, int line, std::string_view check);

std::vector<Finding> WithoutSilenced(std::vector<Finding> findings, const SourceLines& source);

}  // namespace filibuster
