// Fault set => the functional test, run as a process under these faults => TestExecution.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "planner/explore.h"
#include "runtime/command.h"
#include "runtime/control_server.h"
#include "runtime/services.h"

namespace filibuster {

struct ProcessRunnerOptions {
  Command functional_test;
  std::chrono::milliseconds timeout{60'000};
  int stop_fd = -1;              // readable: end the functional test and Run with an Error
  Services* services = nullptr;  // to look after; null: nobody knows how to start them
};

class ProcessRunner final : public TestRunner {
 public:
  // `server` must outlive the runner.
  ProcessRunner(ControlServer& server, ProcessRunnerOptions options);

  // A service that dies or hangs makes the execution a failing one, whatever the functional test
  // says; it is started again. If that fails, the next Run ends with the Error.
  std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) override;

  // After the last execution: those after whose end, before the next began, a service broke. Their
  // verdict here is Failed.
  std::vector<TestExecution> FailedLater();

 private:
  void Revive(Services::Check check, std::vector<std::string>& reasons, std::string& output);
  void LookBack(Services::Check check);

  ControlServer& server_;
  ProcessRunnerOptions options_;
  std::optional<TestExecution> last_;
  std::vector<TestExecution> failed_later_;
  std::optional<Error> not_restarted_;
};

}  // namespace filibuster
