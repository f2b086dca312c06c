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
  if (run->status != TerminationStatus(ExitCode{0})) reasons.push_back(ToString(run->status));
  if (auto revived = ReviveServices(reasons, execution.output); !revived) {
    return std::unexpected(revived.error());
  }
  if (!reasons.empty()) execution.verdict = Failed{fmt::format("{}", fmt::join(reasons, "; "))};
  return execution;
}

std::expected<void, Error> ProcessRunner::ReviveServices(std::vector<std::string>& reasons,
                                                         std::string& output) const {
  if (options_.services == nullptr) return {};
  for (const DeadService& dead : options_.services->FindDead()) {
    reasons.push_back(dead.status
                          ? fmt::format("service {} died: {}", dead.name, ToString(*dead.status))
                          : fmt::format("service {} no longer answers", dead.name));
    if (!dead.log.empty()) output += fmt::format("[the log of {} ends:]\n{}", dead.name, dead.log);
    if (auto restarted = options_.services->Restart(dead.name); !restarted) return restarted;
  }
  return {};
}

}  // namespace filibuster
