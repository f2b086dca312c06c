#include "analyzer/lint/finding.h"

#include <ostream>

namespace filibuster {

std::string_view ToString(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  out << finding.location << ": " << ToString(finding.severity) << ": " << finding.message << " ["
      << kCheckPrefix << finding.check << "]";
  for (const Note& note : finding.notes) {
    out << "\n" << note.location << ": note: " << note.message;
  }
  return out;
}

}  // namespace filibuster
