// A TestRunner over a function: which calls happen under which faults. Records what ran.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "planner/explore.h"
#include "tests/support/fake_application.h"

namespace filibuster {

class FakeTestRunner : public TestRunner {
 public:
  // The functional test: returns whether it passes.
  using Test = std::function<bool(FakeApplication&, bool fault_injected)>;

  explicit FakeTestRunner(Test test) : test_(std::move(test)) {}

  std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) override {
    std::string line;
    for (const CallFault& fault : faults) {
      const Invocation& invocation = calls.call(fault.call).invocation;
      line +=
          fmt::format("{}{}>{}:{}", line.empty() ? "" : " ", invocation.source_service_name,
                      invocation.args[0].get<std::string>(), FaultName(calls.fault(fault.fault)));
    }
    ran.push_back(line);
    if (error_at && ran.size() == *error_at) return std::unexpected(Error{"out of order"});
    const auto planned = calls.Planned(faults);
    FakeApplication application(planned, calls.unstable_sites());
    application.lose_faults = lose_faults;
    application.unknown = unknown;
    TestExecution execution;
    if (!test_(application, !faults.empty())) execution.verdict = Failed{"exit code 1"};
    execution.log = application.TakeLog();
    execution.calls = calls.Enter(execution.log);
    execution.answers = calls.EnterAnswers(execution.log);
    if (line == fails_later) {
      failed_later_ = execution;
      failed_later_->faults = faults;
      failed_later_->verdict = Failed{"service bar died"};
    }
    return execution;
  }

  std::vector<TestExecution> FailedLater(CallTable&, bool all_done) override {
    if (!failed_later_ || (!all_done && ran.back() == fails_later)) return {};
    return {*std::exchange(failed_later_, std::nullopt)};
  }

  std::vector<std::string> ran;    // the fault set of each run: "foo>bar:503 bar>baz:500"
  std::optional<size_t> error_at;  // this run is an error of the infrastructure
  bool lose_faults = false;
  std::set<std::string> unknown;
  std::string fails_later = "none";  // as in `ran`: what is told in the run after it, or at the end

 private:
  std::optional<TestExecution> failed_later_;
  Test test_;
};

}  // namespace filibuster
