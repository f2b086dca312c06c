// Fault set => the functional test, run as a process under these faults => TestExecution.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "planner/explore.h"
#include "runtime/command.h"
#include "runtime/control_server.h"

namespace filibuster {

struct ProcessRunnerOptions {
  Command functional_test;
  std::chrono::milliseconds timeout{60'000};
  int stop_fd = -1;  // readable: end the functional test and Run with an Error
  // Asked after each run: what is wrong with the application's services ("bar died of SIGSEGV"). A
  // service that dies makes the execution a failing one, whatever the functional test says.
  std::function<std::expected<std::vector<std::string>, Error>()> check_services;
};

class ProcessRunner final : public TestRunner {
 public:
  // `server` must outlive the runner.
  ProcessRunner(ControlServer& server, ProcessRunnerOptions options);

  std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) override;

 private:
  ControlServer& server_;
  ProcessRunnerOptions options_;
};

}  // namespace filibuster
