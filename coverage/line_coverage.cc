#include "coverage/line_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace filibuster {
namespace {

namespace fs = std::filesystem;

// "17,4" => line 17 ran 4 times.
void ParseData(std::string_view text, LineCounts* counts) {
  int line = 0;
  std::uint64_t count = 0;
  const char* end = text.data() + text.size();
  const auto after_line = std::from_chars(text.data(), end, line);
  if (after_line.ec != std::errc() || after_line.ptr == end || *after_line.ptr != ',') return;
  if (std::from_chars(after_line.ptr + 1, end, count).ec == std::errc()) (*counts)[line] += count;
}

}  // namespace

LineCoverage ParseLcov(std::string_view text) {
  LineCoverage coverage;
  LineCounts* counts = nullptr;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("SF:")) {
      counts = &coverage[fs::path(line.substr(3))];
    } else if (line.starts_with("DA:") && counts != nullptr) {
      ParseData(line.substr(3), counts);
    }
  }
  return coverage;
}

void Add(const LineCoverage& other, LineCoverage* coverage) {
  for (const auto& [file, counts] : other) {
    for (const auto& [line, count] : counts) (*coverage)[file][line] += count;
  }
}

LineCoverage Below(const std::vector<fs::path>& directories, const LineCoverage& coverage) {
  LineCoverage below;
  for (const auto& [file, counts] : coverage) {
    std::error_code error;
    const fs::path path = fs::weakly_canonical(file, error);
    for (const fs::path& directory : directories) {
      const fs::path relative = path.lexically_relative(fs::weakly_canonical(directory, error));
      if (relative.empty() || *relative.begin() == "..") continue;
      Add({{relative, counts}}, &below);
      break;
    }
  }
  return below;
}

int FileCoverage::Count(Reached reached) const {
  return static_cast<int>(std::count_if(lines.begin(), lines.end(),
                                        [&](const auto& line) { return line.second == reached; }));
}

std::vector<FileCoverage> Compare(const std::optional<LineCoverage>& fault_free,
                                  const LineCoverage& all) {
  std::vector<FileCoverage> files;
  for (const auto& [path, counts] : all) {
    FileCoverage file{path, {}};
    for (const auto& [line, count] : counts) {
      bool without_faults = count > 0;
      if (fault_free) {
        const auto before = fault_free->find(path);
        without_faults = before != fault_free->end() && before->second.contains(line) &&
                         before->second.at(line) > 0;
      }
      file.lines[line] = without_faults ? Reached::kWithoutFaults
                         : count > 0    ? Reached::kOnlyUnderFaults
                                        : Reached::kNever;
    }
    files.push_back(std::move(file));
  }
  return files;
}

Totals TotalsOf(const FileCoverage& file) {
  return {static_cast<int>(file.lines.size()), file.Count(Reached::kWithoutFaults),
          file.Count(Reached::kOnlyUnderFaults)};
}

Totals TotalsOf(const std::vector<FileCoverage>& files) {
  Totals sum;
  for (const FileCoverage& file : files) {
    const Totals totals = TotalsOf(file);
    sum.lines += totals.lines;
    sum.without_faults += totals.without_faults;
    sum.only_under_faults += totals.only_under_faults;
  }
  return sum;
}

std::string Percent(int part, int whole) {
  return whole == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * part / whole);
}

}  // namespace filibuster
