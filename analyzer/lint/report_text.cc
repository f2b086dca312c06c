#include <fmt/format.h>

#include <algorithm>

#include "analyzer/lint/report.h"

namespace filibuster {
namespace {

class TextReporter {
 public:
  TextReporter(const LintReport& report, bool color) : report_(report), color_(color) {}

  std::string Run() {
    for (const Finding& finding : report_.findings) {
      const bool is_error = finding.severity == Severity::kError;
      Print(finding.location, is_error ? kRed : kMagenta, ToString(finding.severity),
            fmt::format("{} [{}{}]", finding.message, kCheckPrefix, finding.check));
      for (const Note& note : finding.notes) Print(note.location, kCyan, "note", note.message);
    }
    PrintCounts();
    return std::move(text_);
  }

 private:
  static constexpr char kBold[] = "\033[1m";
  static constexpr char kRed[] = "\033[1;31m";
  static constexpr char kGreen[] = "\033[1;32m";
  static constexpr char kMagenta[] = "\033[1;35m";
  static constexpr char kCyan[] = "\033[1;36m";

  std::string Colored(const char* color, std::string_view text) const {
    return color_ ? fmt::format("{}{}\033[0m", color, text) : std::string(text);
  }

  std::string PathOf(const std::string& file) const {
    const auto path = (report_.root / file).lexically_normal();
    const auto relative = path.lexically_relative(report_.working_directory);
    return relative.empty() ? path.string() : relative.string();
  }

  void Print(const SourceLocation& location, const char* color, std::string_view level,
             std::string_view message) {
    const std::string place =
        fmt::format("{}:{}:{}:", PathOf(location.file), location.line, location.column);
    text_ +=
        fmt::format("{} {} {}\n", Colored(kBold, place), Colored(color, fmt::format("{}:", level)),
                    level == "note" ? std::string(message) : Colored(kBold, message));
    PrintLine(location);
  }

  void PrintLine(const SourceLocation& location) {
    const std::vector<std::string>& lines = report_.source(location.file);
    if (location.line < 1 || static_cast<std::size_t>(location.line) > lines.size()) return;
    const std::string& line = lines[static_cast<std::size_t>(location.line) - 1];
    text_ += fmt::format("{:5} | {}\n", location.line, line);
    if (location.column < 1) return;
    // Tabs stay tabs, and the bytes of one character count once, so that the caret is below it.
    std::string padding;
    const auto end = std::min(line.size(), static_cast<std::size_t>(location.column) - 1);
    for (std::size_t i = 0; i < end; ++i) {
      const auto byte = static_cast<unsigned char>(line[i]);
      if ((byte & 0xC0) != 0x80) padding += byte == '\t' ? '\t' : ' ';
    }
    text_ += fmt::format("{:5} | {}{}\n", "", padding, Colored(kGreen, "^"));
  }

  void PrintCounts() {
    const auto errors = std::ranges::count(report_.findings, Severity::kError, &Finding::severity);
    const auto warnings = static_cast<std::ptrdiff_t>(report_.findings.size()) - errors;
    const auto counted = [](std::ptrdiff_t count, std::string_view what) {
      return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    std::string counts;
    if (warnings > 0) counts = counted(warnings, "warning");
    if (errors > 0) counts += (counts.empty() ? "" : " and ") + counted(errors, "error");
    if (!counts.empty()) text_ += counts + " generated.\n";
  }

  const LintReport& report_;
  bool color_;
  std::string text_;
};

}  // namespace

std::string ReportText(const LintReport& report, bool color) {
  return TextReporter(report, color).Run();
}

}  // namespace filibuster
