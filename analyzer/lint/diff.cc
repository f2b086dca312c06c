#include "analyzer/lint/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <ranges>

namespace filibuster {
namespace {

// Git quotes a path with unusual bytes as C does: "b/caf\303\251.cc".
std::string Unquote(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  text.remove_prefix(1);
  std::string path;
  for (std::size_t i = 0; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      path += text[i];
      continue;
    }
    const char escaped = text[++i];
    int octal = 0;
    if (i + 2 < text.size() &&
        std::from_chars(&text[i], &text[i] + 3, octal, 8).ptr == &text[i] + 3) {
      path += static_cast<char>(octal);
      i += 2;
    } else {
      path += escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped;
    }
  }
  return path;
}

// Of "+++ b/foo.cc"; empty for a file that was removed. diff(1) adds a tab and a time.
std::string FileOf(std::string_view header) {
  std::string path =
      Unquote(header.starts_with('"') ? header : header.substr(0, header.find('\t')));
  if (path == "/dev/null") return {};
  if (path.starts_with("b/")) path.erase(0, 2);
  return path;
}

struct Hunk {
  int old_count = 1;
  int first = 0;
  int count = 1;
};

// "10,2" => {10, 2}; "10" => {10, 1}
bool ParseRange(std::string_view& text, int& first, int& count) {
  const char* const end = text.data() + text.size();
  auto result = std::from_chars(text.data(), end, first);
  if (result.ec != std::errc()) return false;
  if (result.ptr != end && *result.ptr == ',') {
    result = std::from_chars(result.ptr + 1, end, count);
    if (result.ec != std::errc()) return false;
  }
  text = std::string_view(result.ptr, end);
  return true;
}

// Of "@@ -10,2 +12,3 @@ function".
std::optional<Hunk> ParseHunk(std::string_view line) {
  Hunk hunk;
  int old_first = 0;
  if (!line.starts_with("@@ -")) return std::nullopt;
  line.remove_prefix(4);
  if (!ParseRange(line, old_first, hunk.old_count) || !line.starts_with(" +")) return std::nullopt;
  line.remove_prefix(2);
  if (!ParseRange(line, hunk.first, hunk.count) || !line.starts_with(" @@")) return std::nullopt;
  return hunk;
}

// What says nothing of lines, of a file that was only renamed or is not text, is of a diff too.
bool IsOfDiff(std::string_view line) {
  constexpr std::array<std::string_view, 6> kBegins = {"diff ",   "--- ",          "+++ ",
                                                       "Index: ", "Binary files ", "Only in "};
  return std::ranges::any_of(kBegins,
                             [&](std::string_view begin) { return line.starts_with(begin); });
}

void AddLine(std::vector<LineRange>& ranges, int line) {
  if (!ranges.empty() && ranges.back().last + 1 == line) {
    ranges.back().last = line;
  } else {
    ranges.push_back({line, line});
  }
}

bool Contains(const ChangedLines& changed, const SourceLocation& location) {
  const auto file = changed.find(location.file);
  return file != changed.end() && std::ranges::any_of(file->second, [&](const LineRange& range) {
           return range.first <= location.line && location.line <= range.last;
         });
}

}  // namespace

std::expected<ChangedLines, Error> ParseDiff(std::string_view diff, const std::string& name) {
  ChangedLines changed;
  std::string file;
  Hunk hunk{.old_count = 0, .count = 0};  // what is left of it
  int line_number = 0;
  bool is_diff = diff.find_first_not_of(" \t\r\n") == diff.npos;  // of nothing that changed
  for (const auto part : std::views::split(diff, '\n')) {
    std::string_view line(part.begin(), part.end());
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_number;
    is_diff = is_diff || IsOfDiff(line);
    if (hunk.old_count > 0 || hunk.count > 0) {
      // Inside a hunk "--- " is a removed line that begins with "-- ".
      const char kind = line.empty() ? ' ' : line.front();
      if (kind == '\\') continue;  // "\ No newline at end of file"
      if (kind == '+') AddLine(changed[file], hunk.first);
      if (kind != '-') ++hunk.first, --hunk.count;
      if (kind != '+') --hunk.old_count;
    } else if (line.starts_with("+++ ")) {
      file = FileOf(line.substr(4));
    } else if (line.starts_with("@@ ")) {
      const auto parsed = ParseHunk(line);
      if (!parsed) {
        return std::unexpected(
            Error{fmt::format("{}:{}: found \"{}\", expected \"@@ -LINE,COUNT +LINE,COUNT @@\"",
                              name, line_number, line)});
      }
      hunk = *parsed;
    }
  }
  // Or what no line is found in would pass for a change without findings.
  if (!is_diff) return std::unexpected(Error{name + ": not a unified diff"});
  return changed;
}

std::vector<Finding> OnChangedLines(std::vector<Finding> findings, const ChangedLines& changed) {
  std::erase_if(findings, [&](const Finding& finding) {
    return !Contains(changed, finding.location) &&
           std::ranges::none_of(finding.notes,
                                [&](const Note& note) { return Contains(changed, note.location); });
  });
  return findings;
}

}  // namespace filibuster
