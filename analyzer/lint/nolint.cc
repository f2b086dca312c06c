#include "analyzer/lint/nolint.h"

#include <algorithm>
#include <optional>
#include <ranges>

#include "analyzer/lint/check_selection.h"

namespace filibuster {
namespace {

enum class Marker { kLine, kNextLine, kBegin, kEnd };

struct Comment {
  Marker marker = Marker::kLine;
  std::optional<std::string> names;  // between parentheses; absent: all checks
};

// What is between parentheses: "filibuster-a, -google-*". Unlike in options, the prefix is part of
// the name: "NOLINT(unhandled-fault)" is meant for a check of somebody else.
bool Names(const std::string& names, std::string_view check) {
  const std::string full_name = std::string(kCheckPrefix) + std::string(check);
  bool contains = false;
  for (const auto part : std::views::split(names, ',')) {
    std::string glob(part.begin(), part.end());
    std::erase_if(glob, [](char c) { return c == ' ' || c == '\t'; });
    const bool is_negative = glob.starts_with('-');
    if (is_negative) glob.erase(0, 1);
    if (!glob.empty() && MatchesGlob(full_name, glob)) contains = !is_negative;
  }
  return contains;
}

bool Covers(const Comment& comment, std::string_view check) {
  return !comment.names || Names(*comment.names, check);
}

std::vector<Comment> CommentsIn(std::string_view line) {
  constexpr std::string_view kWord = "NOLINT";
  std::vector<Comment> comments;
  for (std::size_t at = line.find(kWord); at != line.npos; at = line.find(kWord, at)) {
    at += kWord.size();
    Comment comment;
    const std::pair<std::string_view, Marker> suffixes[] = {
        {"NEXTLINE", Marker::kNextLine}, {"BEGIN", Marker::kBegin}, {"END", Marker::kEnd}};
    for (const auto& [suffix, marker] : suffixes) {
      if (!line.substr(at).starts_with(suffix)) continue;
      comment.marker = marker;
      at += suffix.size();
      break;
    }
    if (line.substr(at).starts_with('(')) {
      const std::size_t close = line.find(')', at);
      if (close != line.npos) comment.names = std::string(line.substr(at + 1, close - at - 1));
    }
    comments.push_back(std::move(comment));
  }
  return comments;
}

bool HasComment(std::string_view line, Marker marker, std::string_view check) {
  return std::ranges::any_of(CommentsIn(line), [&](const Comment& comment) {
    return comment.marker == marker && Covers(comment, check);
  });
}

// In a block: it begins before or on `index`, and ends on or after it. Blocks nest, and one that
// is not ended, or not by the same names, is none.
bool IsInBlock(const std::vector<std::string>& lines, std::size_t index, std::string_view check) {
  struct Begin {
    Comment comment;
    std::size_t line;
  };
  std::vector<Begin> open;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const Comment& comment : CommentsIn(lines[i])) {
      if (comment.marker == Marker::kBegin) {
        open.push_back({comment, i});
      } else if (comment.marker == Marker::kEnd && !open.empty() &&
                 open.back().comment.names == comment.names) {
        if (open.back().line <= index && index <= i && Covers(comment, check)) return true;
        open.pop_back();
      }
    }
  }
  return false;
}

}  // namespace

bool IsSilenced(const std::vector<std::string>& lines, int line, std::string_view check) {
  if (line < 1 || static_cast<std::size_t>(line) > lines.size()) return false;
  const std::size_t index = static_cast<std::size_t>(line) - 1;
  return HasComment(lines[index], Marker::kLine, check) ||
         (index > 0 && HasComment(lines[index - 1], Marker::kNextLine, check)) ||
         IsInBlock(lines, index, check);
}

std::vector<Finding> WithoutSilenced(std::vector<Finding> findings, const SourceLines& source) {
  std::erase_if(findings, [&](const Finding& finding) {
    return IsSilenced(source(finding.location.file), finding.location.line, finding.check);
  });
  return findings;
}

}  // namespace filibuster
