// llvm-cov's lcov text => lines and how often they ran; two of them => what faults reached.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

// The lines that hold code, and how often each ran.
using LineCounts = std::map<int, std::uint64_t>;
using LineCoverage = std::map<std::filesystem::path, LineCounts>;  // by source file

LineCoverage ParseLcov(std::string_view text);

// A file that is part of several services: their counts are added.
void Add(const LineCoverage& other, LineCoverage* coverage);

// Only the files below one of the directories, under their names relative to it.
LineCoverage Below(const std::vector<std::filesystem::path>& directories,
                   const LineCoverage& coverage);

enum class Reached { kNever, kOnlyUnderFaults, kWithoutFaults };

// Without a `fault_free` it is not known what faults were needed for: all that ran counts as
// kWithoutFaults.
struct FileCoverage {
  std::filesystem::path file;
  std::map<int, Reached> lines;  // the lines that hold code

  int Count(Reached reached) const;
};
std::vector<FileCoverage> Compare(const std::optional<LineCoverage>& fault_free,
                                  const LineCoverage& all);

// The figures of a file, or of all.
struct Totals {
  int lines = 0;
  int without_faults = 0;
  int only_under_faults = 0;

  int reached() const { return without_faults + only_under_faults; }
};
Totals TotalsOf(const FileCoverage& file);
Totals TotalsOf(const std::vector<FileCoverage>& files);
std::string Percent(int part, int whole);  // "83.3 %"; "-" of nothing

}  // namespace filibuster
