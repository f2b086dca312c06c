#include "runner/console_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/console.h"
#include "base/python_text.h"
#include "base/terminal.h"
#include "planner/words.h"

namespace filibuster {
namespace {

// Of what a functional test wrote: bytes at its end.
constexpr size_t kMaxShown = 16 * 1024;

constexpr char kRule[] =
    "=====================================================================================";

// {'name': …, 'metadata': {}} for an exception, [('return_value', {'status_code': '503'})] for an
// error.
std::string FaultText(const Fault& fault) {
  if (const auto* exception = std::get_if<ForcedException>(&fault)) {
    return fmt::format("{{'name': {}, 'metadata': {}}}", PythonText(exception->name),
                       PythonText(exception->metadata));
  }
  std::vector<std::string> items;
  const Json json = ToJson(fault);
  for (const auto& [key, value] : json.at("failure_metadata").items()) {
    items.push_back(fmt::format("('{}', {})", key, PythonText(value)));
  }
  return fmt::format("[{}]", fmt::join(items, ", "));
}

// "test 2", "tests 2, 3"
std::string TestsText(const std::vector<int>& numbers) {
  return fmt::format("test{} {}", numbers.size() == 1 ? "" : "s", fmt::join(numbers, ", "));
}

std::string Text(const auto& value) {
  std::ostringstream out;
  out << value;
  return std::move(out).str();
}

}  // namespace

void DescribeTest(const CallTable& calls, int number, std::span<const CallEvent> prefix,
                  const FaultSet& faults) {
  LogInfo("");
  LogInfo("{}", kRule);
  LogInfo("Test number: {}", number);
  LogInfo("");
  for (size_t i = 0; i < prefix.size(); ++i) {
    const Invocation& invocation = calls.call(prefix[i].call).invocation;
    LogInfo("gen_id: {}", i);
    LogInfo("  source_service_name: {}", invocation.source_service_name);
    LogInfo("  module: {}", invocation.module);
    LogInfo("  method: {}", invocation.method);
    LogInfo("  args: {}", PythonText(invocation.args));
    LogInfo("  kwargs: {}", PythonText(invocation.kwargs));
    LogInfo("  vclock: {}", PythonText(Json(invocation.vclock)));
    LogInfo("  origin_vclock: {}", PythonText(Json(invocation.origin_vclock)));
    LogInfo("  execution_index: {}", invocation.execution_index);
    for (const CallFault& fault : faults) {
      if (fault.call != prefix[i].call) continue;
      const Fault& what = calls.fault(fault.fault);
      LogInfo("* Failed with {}: {}",
              std::holds_alternative<ForcedException>(what) ? "exception" : "metadata",
              FaultText(what));
    }
    LogInfo("");
  }
  LogInfo("Failures for this execution:");
  for (const CallFault& fault : faults) {
    LogInfo("{}: {}", calls.call(fault.call).invocation.execution_index,
            FaultText(calls.fault(fault.fault)));
  }
  if (faults.empty()) LogInfo("None.");
  LogInfo("{}", kRule);
}

std::string DescribeFaults(const CallTable& calls, const FaultSet& faults) {
  std::vector<std::string> texts;
  for (const CallFault& fault : faults) texts.push_back(calls.Describe(fault));
  return texts.empty() ? "no fault" : fmt::format("{}", fmt::join(texts, ", "));
}

void DescribeHandlers(const std::vector<HandlerCoverage>& handlers) {
  if (handlers.empty()) return;
  LogInfo("Handlers taken: {} of {}",
          std::ranges::count_if(
              handlers, [](const HandlerCoverage& handler) { return handler.first.has_value(); }),
          handlers.size());
  for (const HandlerCoverage& handler : handlers) {
    if (handler.first) continue;
    LogInfo("* never taken: {}, {}, for {}: {}", handler.site->service,
            EntryText(*handler.entry, *handler.site), fmt::join(handler.entry->faults, ", "),
            handler.why_never);
  }
}

void DescribeBug(const Bug& bug, size_t number, size_t count) {
  LogFail("Bug {} of {}: {}: {} ({})", number, count, bug.cause, bug.status,
          TestsText(bug.executions));
  for (const AlikeFailure& alike : bug.alike) {
    LogFail("  looks the same: {} ({})", alike.cause, TestsText(alike.executions));
  }
}

void DescribeFailure(const CallTable& calls, const TestExecution& execution) {
  if (const auto* failed = std::get_if<Failed>(&execution.verdict)) {
    LogFail("The functional test failed: {}", failed->status);
  } else if (const auto* undelivered = std::get_if<Undelivered>(&execution.verdict)) {
    LogFail("The functional test failed, but not under the planned faults: {}",
            undelivered->status);
  }
  if (!execution.answers.empty()) {
    LogFail("It saw: {}", PrintableLine(AnswersWords(calls, execution.answers)));
  }
  if (execution.output.empty()) {
    LogFail("It wrote nothing.");
    return;
  }
  LogFail("It wrote:");
  std::string_view text = execution.output;
  if (text.size() > kMaxShown) {
    text.remove_prefix(text.find('\n', text.size() - kMaxShown) + 1);
    LogFail("| [{} bytes before this]", execution.output.size() - text.size());
  }
  std::istringstream lines(Printable(text));
  for (std::string line; std::getline(lines, line);) LogFail("| {}", line);
}

ConsoleReport::ConsoleReport(const CallTable& calls, std::string functional_test, bool verbose)
    : calls_(calls), functional_test_(std::move(functional_test)), verbose_(verbose) {}

ExploreCallbacks ConsoleReport::Callbacks() {
  return {.started = [this](const Step& step) { Started(step); },
          .finished = [this](const Step& step,
                             const TestExecution& execution) { Finished(step, execution); },
          .skipped = [this](const Step& step, const SkipReason& reason) { Skipped(step, reason); },
          .failed_later =
              [this](int number, const TestExecution& execution) {
                LogFail("Test {} has failed since, under: {}", number,
                        execution.faults.empty() ? "no fault"
                                                 : DescribeFaults(calls_, execution.faults));
                DescribeFailure(calls_, execution);
              }};
}

void ConsoleReport::Started(const Step& step) const {
  if (step.number == 1) {
    LogInfo("Running initial non-failing execution (test 1) {}", functional_test_);
    return;
  }
  LogInfo("Running test {}", step.number);
  LogInfo("Total tests pruned so far: {}", step.pruned);
  LogInfo("Total tests remaining: {}", step.remaining);
  DescribeTest(calls_, step.number, step.prefix, step.faults);
}

void ConsoleReport::Finished(const Step& step, const TestExecution& execution) const {
  if (std::holds_alternative<Failed>(execution.verdict)) {
    if (step.number > 1) {
      LogFail("Test {} failed under: {}", step.number, DescribeFaults(calls_, step.faults));
    }
    DescribeFailure(calls_, execution);
  }
  if (verbose_ && std::holds_alternative<Passed>(execution.verdict)) {
    std::istringstream lines(Printable(execution.output));
    for (std::string line; std::getline(lines, line);) LogInfo("| {}", line);
  }
  if (const auto* undelivered = std::get_if<Undelivered>(&execution.verdict)) {
    for (const std::string& reason : undelivered->reasons) {
      LogWarning("Test {}: a planned fault was not delivered: {}", step.number, reason);
    }
    if (!undelivered->status.empty()) DescribeFailure(calls_, execution);
  }
  for (const std::string& reason : execution.log.bad_requests) {
    LogWarning("Test {}: the control server refused a request: {}", step.number, reason);
  }
  if (step.number == 1) {
    LogInfo("[DONE] Running initial non-failing execution (test 1)");
  } else {
    LogInfo("Test {} completed.", step.number);
  }
}

void ConsoleReport::Skipped(const Step& step, const SkipReason& reason) const {
  LogInfo("Test {} pruned: {}", step.number, Text(reason));
}

void ConsoleReport::Finish(const Exploration& exploration,
                           std::chrono::duration<double> elapsed) const {
  LogNotice("Completed testing {}", functional_test_);
  LogInfo("");
  LogInfo("Number of test executions ran: {}", exploration.executions.size());
  const auto merged =
      static_cast<size_t>(std::ranges::count_if(exploration.skipped, [](const SkippedSet& set) {
        return std::holds_alternative<SameBranch>(set.reason);
      }));
  LogInfo("Test executions pruned with only dynamic pruning: {}", exploration.pruned - merged);
  if (merged > 0) {
    LogInfo("Test executions pruned as of the same branch or outcome: {}", merged);
  }
  LogInfo("Total tests: {}", exploration.executions.size() + exploration.pruned);
  const size_t left_out = exploration.skipped.size() - exploration.pruned;
  if (left_out > 0) {
    LogInfo("Fault sets left out: {} ({})", left_out,
            exploration.ended_by.empty() ? "bounds" : exploration.ended_by);
  }
  LogInfo("");
  LogInfo("Time elapsed: {:.3f} seconds.", elapsed.count());
}

}  // namespace filibuster
