// A unified diff => the lines that it adds or changes => the findings on them.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/finding.h"
#include "base/error.h"

namespace filibuster {

struct LineRange {
  int first = 0;
  int last = 0;

  bool operator==(const LineRange&) const = default;
};

// By file, as it is after the change, relative to the root of the repository.
using ChangedLines = std::map<std::string, std::vector<LineRange>>;

// `name` is where the diff came from, for messages.
std::expected<ChangedLines, Error> ParseDiff(std::string_view diff, const std::string& name);

// What `git diff -U0 REVISION` says in the repository at `root`.
std::expected<std::string, Error> GitDiff(const std::filesystem::path& root,
                                          const std::string& revision);

// The findings whose place, or a step of whose path, is on a changed line.
std::vector<Finding> OnChangedLines(std::vector<Finding> findings, const ChangedLines& changed);

}  // namespace filibuster
