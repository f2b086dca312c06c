// Findings that are known and do not count. Format: docs/formats/findings.md.
#pragma once

#include <expected>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "analyzer/lint/finding.h"
#include "base/error.h"

namespace filibuster {

// The fingerprints in a file that --write-baseline or --format json wrote.
std::expected<std::set<std::string>, Error> ReadBaseline(const std::filesystem::path& path);

std::vector<Finding> WithoutKnown(std::vector<Finding> findings,
                                  const std::set<std::string>& fingerprints);

}  // namespace filibuster
