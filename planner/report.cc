#include "planner/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace filibuster {
namespace {

std::string Plural(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

template <typename Reason>
size_t CountSkipped(const Exploration& exploration) {
  return static_cast<size_t>(std::ranges::count_if(exploration.skipped, [](const SkippedSet& set) {
    return std::holds_alternative<Reason>(set.reason);
  }));
}

}  // namespace

std::string CoverageText(const Report& report) {
  const Exploration& exploration = report.exploration;
  if (!exploration.ended_by.empty()) {
    const size_t not_run = CountSkipped<NotReached>(exploration);
    return fmt::format("ended by {}{}", exploration.ended_by,
                       not_run == 0 ? "" : ": " + Plural(not_run, "fault set") + " not run");
  }
  // "All" is of what can fail, and a call that is now and then not made can, too.
  const size_t unplanned = exploration.unplanned.size();
  std::string text = unplanned == 0 ? "all fault sets" : "the planned fault sets";
  if (const size_t over = CountSkipped<OverMaxFaults>(exploration)) {
    text += fmt::format(" up to {}, {} over that not run",
                        Plural(static_cast<size_t>(*report.options.max_faults), "fault"), over);
  }
  if (unplanned == 0) return text;
  return fmt::format("{}; none was planned for {}, seen in an earlier run without faults only",
                     text, Plural(unplanned, "call site"));
}

std::vector<std::string> DifferenceWarnings(const Exploration& exploration) {
  std::vector<std::string> warnings;
  for (const CallDifference& difference : exploration.differences) {
    std::string left_out;
    if (difference.what == CallDifference::What::kTarget) {
      left_out = "; its target is left out of its execution index";
    } else if (std::ranges::find(exploration.unplanned, difference.site) !=
               exploration.unplanned.end()) {
      left_out = "; no fault was planned for it";
    } else if (difference.what == CallDifference::What::kCount) {
      left_out = "; its count is left out of its execution index: a fault fails every such call";
    }
    warnings.push_back(fmt::format("{}: {}{}", difference.site, difference.text, left_out));
  }
  warnings.insert(warnings.end(), exploration.causes.begin(), exploration.causes.end());
  return warnings;
}

std::string VerdictText(const Report& report) {
  const Exploration& exploration = report.exploration;
  if (!report.replayed.empty()) {
    if (exploration.failed != 0) return "reproduced";
    if (exploration.executions.empty()) return "incomplete: " + exploration.ended_by;
    return exploration.undelivered != 0 ? "incomplete: not under all faults of the counterexample"
                                        : "not reproduced";
  }
  if (exploration.baseline_failed()) return "failed: without any fault";
  std::string undelivered;
  if (exploration.undelivered != 0) {
    undelivered = fmt::format("; {} did not get the planned faults",
                              Plural(exploration.undelivered, "execution"));
  }
  if (exploration.failed != 0) {
    return fmt::format("failed: {} of {}, the first is test {}{}; {}", exploration.failed,
                       Plural(exploration.executions.size(), "execution"),
                       *exploration.first_failure_at, undelivered, CoverageText(report));
  }
  if (undelivered.empty() && !exploration.injected() && !report.options.only_initial_execution) {
    return fmt::format("incomplete: no fault was injected; {}", CoverageText(report));
  }
  const bool clean = undelivered.empty() && exploration.ended_by.empty() && !exploration.error;
  return fmt::format("{}: {}{}", clean ? "passed" : "incomplete", CoverageText(report),
                     undelivered);
}

const char* OutcomeName(const Report& report) {
  if (report.exploration.failed != 0) return "failed";
  const std::string verdict = VerdictText(report);
  return verdict.starts_with("passed") || verdict == "not reproduced" ? "passed" : "incomplete";
}

}  // namespace filibuster
