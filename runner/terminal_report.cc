#include "runner/terminal_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "base/console.h"
#include "base/terminal.h"
#include "planner/words.h"

namespace filibuster {
namespace {

constexpr size_t kMaxLines = 12;  // of what a functional test wrote

enum class Color { kRed, kGreen, kYellow, kBold };

std::string Colored(Color color, std::string_view text) {
  if (!UsesColor(STDERR_FILENO)) return std::string(text);
  constexpr const char* kCodes[] = {"1;31", "1;32", "33", "1"};
  return fmt::format("\033[{}m{}\033[0m", kCodes[static_cast<int>(color)], text);
}

// A value that does not fit is broken at spaces, under itself.
std::string Row(std::string_view name, std::string_view value) {
  std::string row = fmt::format("  {:<14} ", name);
  const std::string indent(row.size(), ' ');
  const int columns = TerminalColumns(STDERR_FILENO) - static_cast<int>(indent.size());
  int used = 0;
  std::istringstream words{std::string(value)};
  for (std::string word; words >> word;) {
    const int needed = ColumnsOf(word) + (used > 0 ? 1 : 0);
    if (used > 0 && used + needed > columns) {
      row += "\n" + indent;
      used = 0;
    }
    row += (used > 0 ? " " : "") + word;
    used += needed;
  }
  return row + "\n";
}

// As it is, whatever its length.
std::string LineUnder(std::string_view text) { return fmt::format("{:<17}{}\n", "", text); }

// The end of it: what went wrong is said last.
std::string OutputText(const std::string& output) {
  std::istringstream text(Printable(output));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::string shown;
  const size_t left_out = lines.size() > kMaxLines ? lines.size() - kMaxLines : 0;
  if (left_out > 0) shown += LineUnder(fmt::format("| [{} lines before this]", left_out));
  for (size_t i = left_out; i < lines.size(); ++i) shown += LineUnder("| " + lines[i]);
  return shown;
}

// "foo answered 500 Internal Server Error; exit code 1"
std::string SeenText(const CallTable& calls, std::span<const RequestAnswer> answers,
                     std::string_view status) {
  const std::string answered = AnswersWords(calls, answers);
  return fmt::format("{}{}{}", answered, answered.empty() ? "" : "; ", status);
}

std::string StatusText(const Verdict& verdict) {
  if (const auto* failed = std::get_if<Failed>(&verdict)) return failed->status;
  const auto* undelivered = std::get_if<Undelivered>(&verdict);
  return undelivered == nullptr ? "exit code 0" : undelivered->status;
}

std::string CountText(const std::map<std::string, size_t>& counts) {
  std::vector<std::string> texts;
  for (const auto& [what, count] : counts) texts.push_back(fmt::format("{} {}", count, what));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string ReasonName(const SkipReason& reason) {
  if (std::holds_alternative<Implied>(reason)) return "shown by other executions";
  if (const auto* same = std::get_if<SameBranch>(&reason)) {
    return same->same_outcome ? "with the outcome of another fault"
                              : "in the branch of another fault";
  }
  if (std::holds_alternative<OverMaxFaults>(reason)) return "over --max-faults";
  return fmt::format("not reached ({})", std::get<NotReached>(reason).ended_by);
}

std::string RunText(const Exploration& exploration) {
  std::map<std::string, size_t> counts;
  for (const ExecutionRecord& execution : exploration.executions) {
    ++counts[VerdictName(execution.verdict)];
  }
  return fmt::format("{}{}", exploration.executions.size(),
                     counts.empty() ? "" : fmt::format(" ({})", CountText(counts)));
}

std::string SkippedText(const Exploration& exploration) {
  if (exploration.skipped.empty()) return "0";
  std::map<std::string, size_t> counts;
  for (const SkippedSet& set : exploration.skipped) ++counts[ReasonName(set.reason)];
  return fmt::format("{} ({})", exploration.skipped.size(), CountText(counts));
}

std::string SummaryOfCalls(const Report& report) {
  std::set<std::string> services;
  std::set<std::pair<std::string, std::string>> sites;
  for (CallId id = 1; id < report.calls.size(); ++id) {
    const KnownCall& call = report.calls.call(id);
    if (!call.made) continue;
    const Invocation& invocation = call.invocation;
    services.insert(invocation.source_service_name);
    services.insert(TargetWords(call));
    sites.emplace(invocation.source_service_name + " " + TargetWords(call),
                  invocation.callsite_file + ":" + invocation.callsite_line);
  }
  return Row("services", std::to_string(services.size())) +
         Row("call sites", std::to_string(sites.size()));
}

std::string BugsText(const Report& report) {
  std::string text;
  const CallTable& calls = report.calls;
  for (const Bug& bug : report.bugs) {
    text += Row("", PrintableLine(fmt::format("{}: {}", FaultSetWords(calls, bug.counterexample),
                                              SeenText(calls, bug.answers, bug.status))));
    for (const AlikeFailure& alike : bug.alike) {
      text += Row("", PrintableLine(fmt::format("looks the same: {}",
                                                FaultSetWords(calls, alike.counterexample))));
    }
    // Of a single bug, it is told with its failure.
    if (report.bugs.size() > 1 && !bug.replay.empty()) text += bug.replay + "\n";
  }
  return text;
}

}  // namespace

std::string FailureText(const CallTable& calls, int number, const TestExecution& execution) {
  std::string text =
      fmt::format("{} test {}: {}\n", Colored(Color::kRed, "FAIL"), number,
                  Colored(Color::kBold, PrintableLine(FaultSetWords(calls, execution.faults))));
  for (const CallFault& fault : execution.faults) {
    const Invocation& invocation = calls.call(fault.call).invocation;
    text += Row("call path",
                PrintableLine(fmt::format("{}, {} at {}:{}", CallPathWords(calls, fault.call),
                                          FaultName(calls.fault(fault.fault)),
                                          invocation.callsite_file, invocation.callsite_line)));
  }
  text += Row("expected", "exit code 0");
  text +=
      Row("seen", PrintableLine(SeenText(calls, execution.answers, StatusText(execution.verdict))));
  return text + OutputText(execution.output);
}

std::string SummaryText(const Report& report, std::chrono::duration<double> elapsed) {
  const Exploration& exploration = report.exploration;
  std::string text = "\n" + SummaryOfCalls(report);
  if (!report.handlers.empty()) {
    const auto taken = std::ranges::count_if(
        report.handlers, [](const HandlerCoverage& handler) { return handler.first.has_value(); });
    text += Row("handlers", fmt::format("{} of {} exercised", taken, report.handlers.size()));
  }
  text += Row("distinct bugs", std::to_string(report.bugs.size()));
  text += BugsText(report);
  text += Row("tests run", RunText(exploration));
  text += Row("tests skipped", SkippedText(exploration));
  text += Row("time", fmt::format("{:.2f} s", elapsed.count()));
  return text;
}

TerminalReport::TerminalReport(const CallTable& calls, Replay replay)
    : calls_(calls), replay_(std::move(replay)) {
  line_.emplace();
}

ExploreCallbacks TerminalReport::Callbacks() {
  return {.started = [this](const Step& step) { Started(step); },
          .finished = [this](const Step& step,
                             const TestExecution& execution) { Finished(step, execution); },
          .skipped = {},
          .failed_later =
              [this](int number, const TestExecution& execution) {
                TellFailure(number, execution);
                line_->Set(progress_);
              }};
}

void TerminalReport::Now(std::string what) {
  progress_.now = std::move(what);
  progress_.scheduled = 0;
  line_->Set(progress_);
}

void TerminalReport::Started(const Step& step) {
  progress_.pruned = step.pruned;
  progress_.scheduled = step.remaining + 1;
  progress_.now = PrintableLine(FaultSetWords(calls_, step.faults));
  line_->Set(progress_);
}

void TerminalReport::Finished(const Step& step, const TestExecution& execution) {
  ++progress_.done;
  --progress_.scheduled;
  if (std::holds_alternative<Failed>(execution.verdict)) {
    TellFailure(step.number, execution);
  } else if (const auto* undelivered = std::get_if<Undelivered>(&execution.verdict)) {
    for (const std::string& reason : undelivered->reasons) {
      LogWarning("test {}: a planned fault was not delivered: {}", step.number,
                 PrintableLine(reason));
    }
  }
  for (const std::string& reason : execution.log.bad_requests) {
    LogWarning("test {}: the control server refused a request: {}", step.number,
               PrintableLine(reason));
  }
  line_->Set(progress_);
}

void TerminalReport::TellFailure(int number, const TestExecution& execution) {
  ++progress_.failed;
  std::string text = FailureText(calls_, number, execution);
  const std::string command = execution.faults.empty() ? "" : replay_(number, execution);
  if (!command.empty()) text += fmt::format("  replay it with\n{}\n", command);
  WriteToStandardError(text);
}

void TerminalReport::Finish(const Report& report, std::chrono::duration<double> elapsed) {
  line_.reset();
  WriteToStandardError(SummaryText(report, elapsed));
}

}  // namespace filibuster
