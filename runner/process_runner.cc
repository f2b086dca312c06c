#include "runner/process_runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "runtime/process.h"

namespace filibuster {

ProcessRunner::ProcessRunner(ControlServer& server, ProcessRunnerOptions options)
    : server_(server), options_(std::move(options)) {
  options_.functional_test.environment["FILIBUSTER_URL"] = server_.url();
}

std::expected<TestExecution, Error> ProcessRunner::Run(const FaultSet& faults, CallTable& calls) {
  LookBack(Services::Check::kProcesses);
  if (not_restarted_) return std::unexpected(*not_restarted_);
  server_.BeginTestExecution(calls.Planned(faults), calls.unstable_sites());
  auto run = RunCommand(options_.functional_test,
                        {.timeout = options_.timeout, .stop_fd = options_.stop_fd});
  TestExecution execution;
  execution.log = server_.EndTestExecution();
  if (!run) return std::unexpected(run.error());
  if (std::holds_alternative<Stopped>(run->status)) return std::unexpected(Error{"interrupted"});

  execution.faults = faults;
  execution.calls = calls.Enter(execution.log);
  execution.duration = std::chrono::duration_cast<std::chrono::microseconds>(run->duration);
  execution.output = std::move(run->output);
  if (run->output_dropped > 0) {
    execution.output.insert(0, fmt::format("[{} bytes before this]\n", run->output_dropped));
  }
  std::vector<std::string> reasons;
  const bool passed = run->status == TerminationStatus(ExitCode{0});
  if (!passed) reasons.push_back(ToString(run->status));
  Revive(passed ? Services::Check::kProcesses : Services::Check::kHealth, reasons,
         execution.output);
  if (!reasons.empty()) execution.verdict = Failed{fmt::format("{}", fmt::join(reasons, "; "))};
  if (options_.services != nullptr) last_ = execution;
  return execution;
}

std::vector<TestExecution> ProcessRunner::FailedLater() {
  LookBack(Services::Check::kHealth);
  return std::exchange(failed_later_, {});
}

void ProcessRunner::LookBack(Services::Check check) {
  if (!last_) return;
  std::vector<std::string> reasons;
  Revive(check, reasons, last_->output);
  if (reasons.empty()) return;
  last_->verdict = Failed{fmt::format("{}, after the test had ended", fmt::join(reasons, "; "))};
  failed_later_.push_back(*std::exchange(last_, std::nullopt));
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
