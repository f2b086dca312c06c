#include "analyzer/lint/check_selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "analyzer/lint/checks.h"
#include "base/json_reader.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr char kFileName[] = ".filibuster-analysis";

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

std::string GlobsFromJson(const JsonReader& reader, std::string_view key) {
  const auto value = reader.Optional(key);
  return value ? value->String() : std::string();
}

std::expected<CheckSelection, Error> ReadCheckSelection(const fs::path& path) {
  const auto json = ReadJsonFile(path);
  if (!json) return std::unexpected(json.error());
  const JsonReader reader(*json, path.string());
  reader.OnlyKeys({"checks", "warnings_as_errors"});
  const CheckSelection selection{
      .checks = GlobList::Parse(GlobsFromJson(reader, "checks")),
      .warnings_as_errors = GlobList::Parse(GlobsFromJson(reader, "warnings_as_errors"))};
  if (reader.error()) return std::unexpected(*reader.error());
  if (const auto valid = selection.Validate(path.string()); !valid) {
    return std::unexpected(valid.error());
  }
  return selection;
}

}  // namespace

bool MatchesGlob(std::string_view text, std::string_view glob) {
  // After a mismatch only the last star can take one character more.
  std::size_t t = 0, g = 0, star = glob.npos, after_star = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      after_star = t;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g, ++t;
    } else if (star != glob.npos) {
      g = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == glob.npos;
}

GlobList GlobList::Parse(std::string_view text) {
  GlobList list;
  for (const auto part : std::views::split(text, ',')) {
    std::string_view pattern = Trim(std::string_view(part.begin(), part.end()));
    Glob glob;
    if (pattern.starts_with('-')) {
      glob.is_negative = true;
      pattern = Trim(pattern.substr(1));
    }
    if (pattern.starts_with(kCheckPrefix)) pattern.remove_prefix(kCheckPrefix.size());
    if (pattern.empty()) continue;
    glob.pattern = pattern;
    list.globs_.push_back(std::move(glob));
  }
  return list;
}

void GlobList::Append(const GlobList& later) {
  globs_.insert(globs_.end(), later.globs_.begin(), later.globs_.end());
}

bool GlobList::Contains(std::string_view name, bool otherwise) const {
  const auto last = std::ranges::find_if(std::views::reverse(globs_), [&](const Glob& glob) {
    return MatchesGlob(name, glob.pattern);
  });
  return last == globs_.rend() ? otherwise : !last->is_negative;
}

const std::string* GlobList::FindUnknown() const {
  for (const Glob& glob : globs_) {
    const bool is_known = std::ranges::any_of(
        Checks(), [&](const Check& check) { return MatchesGlob(check.name, glob.pattern); });
    if (!is_known) return &glob.pattern;
  }
  return nullptr;
}

void CheckSelection::Append(const CheckSelection& later) {
  checks.Append(later.checks);
  warnings_as_errors.Append(later.warnings_as_errors);
}

std::expected<void, Error> CheckSelection::Validate(std::string_view name) const {
  for (const GlobList* list : {&checks, &warnings_as_errors}) {
    const std::string* unknown = list->FindUnknown();
    if (unknown == nullptr) continue;
    auto names = Checks() | std::views::transform(&Check::name);
    return std::unexpected(
        Error{fmt::format("{}: \"{}\" matches no check, expected one of: {}", name, *unknown,
                          fmt::join(names.begin(), names.end(), ", "))});
  }
  return {};
}

std::expected<CheckSelection, Error> FindCheckSelection(const fs::path& directory) {
  std::error_code error;
  fs::path path = fs::weakly_canonical(fs::absolute(directory, error), error);
  for (; !path.empty(); path = path.parent_path()) {
    if (fs::exists(path / kFileName, error)) return ReadCheckSelection(path / kFileName);
    if (path == path.parent_path()) break;
  }
  return CheckSelection{};
}

std::vector<Finding> Select(std::vector<Finding> findings, const CheckSelection& selection) {
  std::erase_if(findings, [&](const Finding& finding) {
    return !selection.checks.Contains(finding.check, true);
  });
  for (Finding& finding : findings) {
    if (selection.warnings_as_errors.Contains(finding.check, false)) {
      finding.severity = Severity::kError;
    }
  }
  return findings;
}

}  // namespace filibuster
