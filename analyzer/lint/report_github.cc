#include <fmt/format.h>

#include "analyzer/lint/report.h"

namespace filibuster {
namespace {

// A message is one line; in a property the separators are escaped, too.
std::string Escape(std::string_view text, bool is_property) {
  std::string escaped;
  for (const char c : text) {
    const bool is_special =
        c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ','));
    escaped +=
        is_special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return escaped;
}

}  // namespace

std::string ReportGithub(const LintReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    std::string message = finding.message;
    for (const Note& note : finding.notes) {
      message += fmt::format("\n{}:{}: {}", note.location.file, note.location.line, note.message);
    }
    text +=
        fmt::format("::{} file={},line={},col={},title={}{}::{}\n", ToString(finding.severity),
                    Escape(finding.location.file, true), finding.location.line,
                    finding.location.column, kCheckPrefix, finding.check, Escape(message, false));
  }
  return text;
}

}  // namespace filibuster
