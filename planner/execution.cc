#include "planner/execution.h"

#include <fmt/ranges.h>

#include <ostream>

namespace filibuster {

const char* VerdictName(const Verdict& verdict) {
  if (std::holds_alternative<Passed>(verdict)) return "passed";
  return std::holds_alternative<Failed>(verdict) ? "failed" : "undelivered";
}

std::string OutputEnd(const std::string& output) {
  constexpr size_t kMaxKept = 4096;
  if (output.size() <= kMaxKept) return output;
  const size_t line = output.find('\n', output.size() - kMaxKept);
  return output.substr(line == output.npos ? output.size() - kMaxKept : line + 1);
}

std::ostream& operator<<(std::ostream& out, const CallFault& fault) {
  return out << "call " << fault.call << ": fault " << fault.fault;
}

std::ostream& operator<<(std::ostream& out, const CallEvent& event) {
  out << "call " << event.call << " => " << event.result;
  if (event.fault != kNoFault) out << ", fault " << event.fault;
  return out << (event.received ? ", received" : "");
}

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  out << VerdictName(verdict);
  if (const auto* failed = std::get_if<Failed>(&verdict)) out << ": " << failed->status;
  if (const auto* undelivered = std::get_if<Undelivered>(&verdict)) {
    out << ": " << fmt::format("{}", fmt::join(undelivered->reasons, "; "));
    if (!undelivered->status.empty()) out << " (" << undelivered->status << ")";
  }
  return out;
}

}  // namespace filibuster
