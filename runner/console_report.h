// Steps of an exploration => Filibuster's log lines, as they happen.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "planner/bugs.h"
#include "planner/explore.h"
#include "planner/handler_coverage.h"

namespace filibuster {

class ConsoleReport {
 public:
  // `calls` must outlive the report. Verbose: also what passing executions wrote.
  ConsoleReport(const CallTable& calls, std::string functional_test, bool verbose = false);

  ExploreCallbacks Callbacks();

  // What is left to say at the end: the pruned sets with their reasons, and the figures.
  void Finish(const Exploration& exploration, std::chrono::duration<double> elapsed) const;

 private:
  void Started(const Step& step) const;
  void Finished(const Step& step, const TestExecution& execution) const;
  void Skipped(const Step& step, const SkipReason& reason) const;

  const CallTable& calls_;
  std::string functional_test_;
  bool verbose_;
};

// The calls of a test and the faults planned for it, as Filibuster prints them.
void DescribeTest(const CallTable& calls, int number, std::span<const CallEvent> prefix,
                  const FaultSet& faults);

// "foo -> bar: httplib::Error::Connection, …"; "no fault".
std::string DescribeFaults(const CallTable& calls, const FaultSet& faults);

// How many handlers were taken, and why the others never were.
void DescribeHandlers(const std::vector<HandlerCoverage>& handlers);

// The bug's cause, and those that look the same, each with its executions.
void DescribeBug(const Bug& bug, size_t number, size_t count);

// How a test execution failed: what services answered the functional test, and what it wrote.
void DescribeFailure(const CallTable& calls, const TestExecution& execution);

}  // namespace filibuster
