// Fault set => the functional test, run under these faults over real services => TestExecution.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "planner/explore.h"
#include "runtime/command.h"
#include "runtime/control_server.h"
#include "runtime/services.h"

namespace filibuster {

// One run of the functional test, as it is told by whoever ran it.
struct TestRun {
  std::string failure;  // "exit code 1"; empty: passed
  std::string output;
  std::chrono::nanoseconds duration{};
};

// Fails only if nothing can be said of the test.
using RunTest = std::function<std::expected<TestRun, Error>()>;

// The functional test as a process, which is told of `server`. `stop_fd` readable: it is ended, and
// there is an Error.
RunTest ProcessTest(const ControlServer& server, Command functional_test,
                    std::chrono::milliseconds timeout, int stop_fd);

struct ProcessRunnerOptions {
  RunTest functional_test;
  Services* services = nullptr;  // to look after; null: nobody knows how to start them
};

class ProcessRunner final : public TestRunner {
 public:
  // `server` must outlive the runner.
  ProcessRunner(ControlServer& server, ProcessRunnerOptions options);

  // A service that dies or hangs makes the execution a failing one, whatever the functional test
  // says; it is started again. If that fails, the next Run ends with the Error. Where executions
  // shortly before may have been what broke it, they are run again to tell.
  std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) override;

  // Those that turned out to have broken a service after they had ended. With `all_done`, what the
  // last ones may yet break is waited for.
  std::vector<TestExecution> FailedLater(CallTable& calls, bool all_done) override;

 private:
  struct Observed {
    TestExecution execution;
    bool service_broke = false;
  };

  struct Recent {
    TestExecution execution;
    std::chrono::steady_clock::time_point ended;
    bool broke_service = false;
  };

  std::expected<Observed, Error> RunOnce(const FaultSet& faults, CallTable& calls,
                                         Services::Check check = Services::Check::kProcesses);
  std::expected<std::optional<TestExecution>, Error> Breaks(const FaultSet& faults,
                                                            std::chrono::milliseconds patience,
                                                            CallTable& calls);
  std::expected<bool, Error> FindNearCulprits(std::span<TestExecution> suspects, CallTable& calls);
  std::expected<bool, Error> FindLateCulprits(std::span<TestExecution> suspects, CallTable& calls);
  std::expected<bool, Error> FindCulprits(std::span<TestExecution> suspects,
                                          std::chrono::milliseconds patience, CallTable& calls);
  bool Linger(std::chrono::milliseconds patience, std::vector<std::string>& reasons,
              std::string& output);
  void LookBack(CallTable& calls);
  void Blame(TestExecution last, std::vector<TestExecution> suspects,
             const std::vector<std::string>& reasons, CallTable& calls);
  void Revive(Services::Check check, std::vector<std::string>& reasons, std::string& output);
  void Remember(const TestExecution& execution, bool broke_service);
  std::vector<TestExecution> TakeSuspects();

  ControlServer& server_;
  ProcessRunnerOptions options_;
  std::deque<Recent> recent_;  // the last since a service broke
  std::vector<TestExecution> failed_later_;
  std::optional<Error> not_restarted_;
};

}  // namespace filibuster
