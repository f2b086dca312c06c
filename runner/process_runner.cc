#include "runner/process_runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "runtime/process.h"

namespace filibuster {

namespace {

// A service that dies of a request may do so after it has answered: mostly at once.
constexpr std::chrono::milliseconds kDiesWithin{250};
constexpr size_t kNearSuspects = 8;
// What the nearest do not explain, one that ended this long before may have done.
constexpr std::chrono::milliseconds kDiesLate{3000};
constexpr size_t kLateSuspects = 64;  // of a fast test, that many; to be run again in halves
constexpr std::chrono::milliseconds kLookEvery{10};

std::string Joined(const std::vector<std::string>& reasons) {
  return fmt::format("{}", fmt::join(reasons, "; "));
}

// What filibuster/assertions.h says before it ends a test with status 2: that it could not ask us
// is no verdict of the test's.
std::optional<Error> TroubleOfAssertions(const RunResult& run) {
  constexpr std::string_view kMark = "[FILIBUSTER] [FAIL]: infrastructure: ";
  if (run.status != TerminationStatus(ExitCode{2})) return std::nullopt;
  const size_t at = run.output.find(kMark);
  if (at == run.output.npos) return std::nullopt;
  const size_t begin = at + kMark.size();
  return Error{
      "an assertion of the functional test could not ask the control server: infrastructure: " +
      run.output.substr(begin, run.output.find('\n', begin) - begin)};
}

}  // namespace

RunTest ProcessTest(const ControlServer& server, Command functional_test,
                    std::chrono::milliseconds timeout, int stop_fd) {
  functional_test.environment["FILIBUSTER_URL"] = server.url();
  return
      [command = std::move(functional_test), timeout, stop_fd]() -> std::expected<TestRun, Error> {
        auto run = RunCommand(command, {.timeout = timeout, .stop_fd = stop_fd});
        if (!run) return std::unexpected(run.error());
        if (std::holds_alternative<Stopped>(run->status))
          return std::unexpected(Error{"interrupted"});
        if (auto trouble = TroubleOfAssertions(*run)) return std::unexpected(*std::move(trouble));
        TestRun test{.output = std::move(run->output), .duration = run->duration};
        if (run->status != TerminationStatus(ExitCode{0})) test.failure = ToString(run->status);
        if (run->output_dropped > 0) {
          test.output.insert(0, fmt::format("[{} bytes before this]\n", run->output_dropped));
        }
        return test;
      };
}

ProcessRunner::ProcessRunner(ControlServer& server, ProcessRunnerOptions options)
    : server_(server), options_(std::move(options)) {}

std::expected<TestExecution, Error> ProcessRunner::Run(const FaultSet& faults, CallTable& calls) {
  LookBack(calls);
  if (not_restarted_) return std::unexpected(*not_restarted_);
  auto observed = RunOnce(faults, calls);
  if (observed && observed->service_broke && !not_restarted_) {
    std::vector<TestExecution> suspects = TakeSuspects();
    const auto found = FindNearCulprits(suspects, calls);
    if (!found) return std::unexpected(found.error());
    if (!suspects.empty() && !not_restarted_) {
      bool another = *found;
      if (!another) {
        const auto own = Breaks(faults, kDiesWithin, calls);
        if (!own) return std::unexpected(own.error());
        const auto found_late = *own ? false : FindLateCulprits(suspects, calls);
        if (!found_late) return std::unexpected(found_late.error());
        another = *found_late;
        if (!*own && !another) {
          std::get<Failed>(observed->execution.verdict).status +=
              "; not each time when this was run again: an earlier test execution may have done it";
        }
      }
      if (another && not_restarted_) return std::unexpected(*not_restarted_);
      if (another) observed = RunOnce(faults, calls, Services::Check::kHealth);
    }
  }
  if (!observed) return std::unexpected(std::move(observed.error()));
  if (observed->service_broke) recent_.clear();
  Remember(observed->execution, observed->service_broke);
  return std::move(observed->execution);
}

void ProcessRunner::Remember(const TestExecution& execution, bool broke_service) {
  if (options_.services == nullptr) return;
  const auto now = std::chrono::steady_clock::now();
  while (recent_.size() >= kNearSuspects && now - recent_.front().ended > kDiesLate) {
    recent_.pop_front();
  }
  recent_.push_back({execution, now, broke_service});
}

// Those of which a service may have died now.
std::vector<TestExecution> ProcessRunner::TakeSuspects() {
  std::vector<TestExecution> suspects;
  for (Recent& recent : recent_) {
    if (recent.broke_service) continue;
    suspects.push_back(std::move(recent.execution));
  }
  recent_.clear();
  return suspects;
}

std::expected<bool, Error> ProcessRunner::FindNearCulprits(std::span<TestExecution> suspects,
                                                           CallTable& calls) {
  return FindCulprits(suspects.last(std::min(suspects.size(), kNearSuspects)), kDiesWithin, calls);
}

// Not if a service dies without a fault, too: then each of them would seem to have done it.
std::expected<bool, Error> ProcessRunner::FindLateCulprits(std::span<TestExecution> suspects,
                                                           CallTable& calls) {
  if (suspects.empty()) return false;
  const auto by_itself = Breaks({}, kDiesLate, calls);
  if (!by_itself) return std::unexpected(by_itself.error());
  if (*by_itself) return false;
  return FindCulprits(suspects.last(std::min(suspects.size(), kLateSuspects)), kDiesLate, calls);
}

// Shows how a service breaks under these faults, if it does so twice: what another execution has
// broken late looks like the doing of the one that runs, but only once.
std::expected<std::optional<TestExecution>, Error> ProcessRunner::Breaks(
    const FaultSet& faults, std::chrono::milliseconds patience, CallTable& calls) {
  std::optional<TestExecution> shown;
  for (int i = 0; i < 2 && !not_restarted_; ++i) {
    auto again = RunOnce(faults, calls, Services::Check::kHealth);
    if (!again) return std::unexpected(again.error());
    shown = std::move(again->execution);
    if (again->service_broke) continue;
    std::vector<std::string> reasons;
    if (!Linger(patience, reasons, shown->output)) return std::nullopt;
    shown->verdict = Failed{Joined(reasons) + ", after the test had ended"};
  }
  return shown;
}

// Whether any of them breaks a service when it is run again; these go to failed_later_. They are
// run together first: mostly it is none of them, or one.
std::expected<bool, Error> ProcessRunner::FindCulprits(std::span<TestExecution> suspects,
                                                       std::chrono::milliseconds patience,
                                                       CallTable& calls) {
  if (suspects.empty()) return false;
  if (not_restarted_) return std::unexpected(*not_restarted_);
  if (suspects.size() == 1) {
    TestExecution& suspect = suspects.front();
    auto shown = Breaks(suspect.faults, patience, calls);
    if (!shown) return std::unexpected(shown.error());
    if (!*shown) return false;
    suspect.verdict = std::move((*shown)->verdict);
    suspect.output = std::move((*shown)->output);
    failed_later_.push_back(suspect);
    return true;
  }
  bool any = false;
  for (auto it = suspects.begin(); it != suspects.end() && !any; ++it) {
    const auto again = RunOnce(it->faults, calls, Services::Check::kHealth);
    if (!again) return std::unexpected(again.error());
    any = again->service_broke;
  }
  std::vector<std::string> reasons;
  std::string output;
  if (!any && !Linger(patience, reasons, output)) return false;
  const auto first = FindCulprits(suspects.first(suspects.size() / 2), patience, calls);
  if (!first) return first;
  const auto second = FindCulprits(suspects.subspan(suspects.size() / 2), patience, calls);
  return second ? *first || *second : second;
}

// Whether a service dies within this time, or does not answer after it.
bool ProcessRunner::Linger(std::chrono::milliseconds patience, std::vector<std::string>& reasons,
                           std::string& output) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (reasons.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLookEvery);
    Revive(Services::Check::kProcesses, reasons, output);
  }
  if (reasons.empty()) Revive(Services::Check::kHealth, reasons, output);
  return !reasons.empty();
}

std::expected<ProcessRunner::Observed, Error> ProcessRunner::RunOnce(const FaultSet& faults,
                                                                     CallTable& calls,
                                                                     Services::Check check) {
  server_.BeginTestExecution(calls.Planned(faults), calls.unstable_sites());
  auto run = options_.functional_test();
  TestExecution execution;
  execution.log = server_.EndTestExecution();
  if (!run) return std::unexpected(run.error());

  execution.faults = faults;
  execution.calls = calls.Enter(execution.log);
  execution.answers = calls.EnterAnswers(execution.log);
  execution.duration = std::chrono::duration_cast<std::chrono::microseconds>(run->duration);
  execution.output = std::move(run->output);
  std::vector<std::string> reasons;
  const bool passed = run->failure.empty();
  if (!passed) reasons.push_back(run->failure);
  const size_t own_reasons = reasons.size();
  Revive(passed ? check : Services::Check::kHealth, reasons, execution.output);
  if (!reasons.empty()) execution.verdict = Failed{Joined(reasons)};
  return Observed{std::move(execution), reasons.size() > own_reasons};
}

std::vector<TestExecution> ProcessRunner::FailedLater(CallTable& calls, bool all_done) {
  if (all_done && !recent_.empty()) {
    TestExecution last = recent_.back().execution;
    std::vector<TestExecution> suspects = TakeSuspects();
    std::vector<std::string> reasons;
    if (Linger(kDiesWithin, reasons, last.output)) {
      Blame(std::move(last), std::move(suspects), reasons, calls);
    }
  }
  return std::exchange(failed_later_, {});
}

// Has a service broken since the last execution?
void ProcessRunner::LookBack(CallTable& calls) {
  if (recent_.empty()) return;
  std::vector<std::string> reasons;
  std::string output;
  Revive(Services::Check::kProcesses, reasons, output);
  if (reasons.empty()) return;
  TestExecution last = recent_.back().execution;
  last.output += output;
  Blame(std::move(last), TakeSuspects(), reasons, calls);
}

void ProcessRunner::Blame(TestExecution last, std::vector<TestExecution> suspects,
                          const std::vector<std::string>& reasons, CallTable& calls) {
  std::string when = ", after the test had ended";
  if (suspects.size() > 1 && !not_restarted_) {
    if (FindNearCulprits(suspects, calls).value_or(false)) return;
    if (FindLateCulprits(suspects, calls).value_or(false)) return;
    when +=
        "; not each time when this and those before were run again: it is not known which did it";
  }
  last.verdict = Failed{Joined(reasons) + when};
  failed_later_.push_back(std::move(last));
}

void ProcessRunner::Revive(Services::Check check, std::vector<std::string>& reasons,
                           std::string& output) {
  if (options_.services == nullptr || not_restarted_) return;
  for (const BrokenService& broken : options_.services->FindBroken(check)) {
    reasons.push_back(fmt::format("service {} {}", broken.name, broken.what));
    if (!broken.log.empty()) {
      output += fmt::format("[the log of {} ends:]\n{}", broken.name, broken.log);
    }
    const auto restarted = options_.services->Restart(broken.name);
    if (!restarted && !not_restarted_) not_restarted_ = restarted.error();
  }
}

}  // namespace filibuster
