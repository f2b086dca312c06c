// Fault set => the functional test, run as a process under these faults => TestExecution.
#pragma once

#include <chrono>
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

  // A service that dies makes the execution a failing one, whatever the functional test says; it is
  // started again.
  std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) override;

 private:
  std::expected<void, Error> ReviveServices(std::vector<std::string>& reasons,
                                            std::string& output) const;

  ControlServer& server_;
  ProcessRunnerOptions options_;
};

}  // namespace filibuster
