// Runner x fault space => every execution that matters, and why the others were skipped: the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "planner/execution.h"
#include "planner/fault_space.h"
#include "planner/handler_facts.h"
#include "planner/nondeterminism.h"
#include "planner/order.h"
#include "planner/reduction.h"

namespace filibuster {

// Runs the functional test: over processes and the network, or over a model.
class TestRunner {
 public:
  virtual ~TestRunner() = default;

  // One run under `faults`. The calls seen are entered in `calls`; the verdict is the functional
  // test's own: Passed or Failed. An Error is the infrastructure's, and ends the exploration.
  virtual std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) = 0;

  // Earlier executions that turned out to have failed after their Run, each told once; with
  // `all_done`, no Run is to come. For runners that look after what the test left behind.
  virtual std::vector<TestExecution> FailedLater(CallTable&, bool /*all_done*/) { return {}; }
};

struct ExploreOptions {
  Reduction reduction = Reduction::kDynamic;
  Order order = Order::kLifo;
  HandlerFacts facts;      // what kHandlers, kOutcomes and kGuided go by
  std::uint32_t seed = 1;  // of Order::kRandom
  int baseline_runs = 1;   // fault-free runs, to see what differs between them
  bool only_initial_execution = false;
  bool keep_going = false;        // explore on after a failing execution
  std::optional<int> max_tests;   // executions, the fault-free one counts
  std::optional<int> max_faults;  // of one set
  std::optional<std::chrono::milliseconds> time_budget;
  int minimize_tests = 100;         // runs to minimise counterexamples with, after the exploration
  std::function<bool()> cancelled;  // asked before each execution
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

// Why a fault set was not run.
struct Implied {
  std::vector<int> executions;  // that have shown all that it would
  bool operator==(const Implied&) const = default;
};
struct SameBranch {
  std::string fault;          // of the same call, which is tried
  std::string where;          // what takes that one: "catch at foo/foo.cc:18"
  bool same_outcome = false;  // another branch, which nothing outside the service can tell apart
  bool operator==(const SameBranch&) const = default;
};
struct OverMaxFaults {
  int max_faults = 0;
  bool operator==(const OverMaxFaults&) const = default;
};
struct NotReached {
  std::string ended_by;  // "--max-tests 10", "first failing execution", …
  bool operator==(const NotReached&) const = default;
};
using SkipReason = std::variant<Implied, SameBranch, OverMaxFaults, NotReached>;

// A scheduled set whose turn has come.
struct Step {
  int number = 0;  // 1 is the fault-free execution; skipped sets count
  const FaultSet& faults;
  std::span<const CallEvent> prefix;  // the calls up to the last one that fails
  size_t pruned = 0;                  // so far
  size_t remaining = 0;               // scheduled after this one
};

// What is told while it happens; any of them may be empty.
struct ExploreCallbacks {
  std::function<void(const Step&)> started;
  std::function<void(const Step&, const TestExecution&)> finished;
  std::function<void(const Step&, const SkipReason&)> skipped;
  // The execution of that number was told as finished, and has failed since.
  std::function<void(int number, const TestExecution&)> failed_later;
};

// An execution, as kept to the end.
struct ExecutionRecord {
  int number = 0;
  FaultSet faults;
  std::vector<CallEvent> calls;
  std::vector<RequestAnswer> answers;
  Verdict verdict;
  std::chrono::microseconds duration{0};
  std::string output;  // of the functional test, the end of it; empty if it passed
};

struct SkippedSet {
  int number = 0;  // 0: its turn never came
  FaultSet faults;
  SkipReason reason;
};

struct Exploration {
  std::vector<ExecutionRecord> executions;
  std::vector<SkippedSet> skipped;
  std::vector<CallDifference> differences;     // between fault-free runs
  std::vector<std::string> unplanned;          // call sites that were called without a fault, once,
                                               // and that no fault set is of: CallSiteKey
  std::vector<std::string> causes;             // of calls that are not known, for a person
  std::optional<TestExecution> first_failure;  // in full
  std::optional<int> first_failure_at;         // its number
  std::string ended_by;                        // why before all was done; empty: all was done
  bool cancelled = false;
  std::optional<Error> error;  // of the runner; what was explored until then is here

  size_t failed = 0;
  size_t undelivered = 0;
  size_t pruned = 0;  // skipped because a reduction said so

  // Enters an execution that has ended.
  void Record(int number, TestExecution execution);
  bool baseline_failed() const { return first_failure && first_failure->faults.empty(); }
  // Whether any execution had a fault: without, there is nothing to say.
  bool injected() const;
};

// Runs the functional test without faults, and, if that passes, under each fault set that the space
// and the reduction leave.
Exploration Explore(TestRunner& runner, FaultSpace& space, CallTable& calls,
                    const ExploreOptions& options, const ExploreCallbacks& callbacks = {});

// Planned = delivered, or nothing is said: the verdict becomes Undelivered if the caller of a call
// that `execution.faults` is to fail did not see that fault.
void CheckDelivery(TestExecution& execution, const CallTable& calls);

std::ostream& operator<<(std::ostream& out, const SkipReason& reason);

}  // namespace filibuster
