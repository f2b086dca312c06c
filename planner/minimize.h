// Failing fault set x runner => one of which no fault can be taken out and the test still fail.
#pragma once

#include <deque>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "planner/explore.h"

namespace filibuster {

// Whether the functional test fails under a fault set: remembered, and run where it is not known.
class FailureOracle {
 public:
  // At most `max_runs` runs in all.
  FailureOracle(TestRunner& runner, CallTable& calls, int max_runs)
      : runner_(runner), calls_(calls), runs_left_(max_runs) {}

  // Remembers what an exploration ran. The record must outlive the oracle.
  void Remember(const ExecutionRecord& execution);

  // The status if the test fails, "" if it passes or did not get its faults. Without runs left, ""
  // for whatever is not known, and it is counted as unanswered.
  std::expected<std::string, Error> Failure(const FaultSet& faults);
  int unanswered() const { return unanswered_; }
  // What was seen under a fault set that is known; nothing otherwise.
  struct Seen {
    std::span<const CallEvent> calls;
    std::span<const RequestAnswer> answers;
    std::string_view output;  // of the functional test, the end of it
  };
  Seen SeenUnder(const FaultSet& faults) const;

 private:
  struct Known {
    std::string status;
    Seen seen;
  };

  TestRunner& runner_;
  CallTable& calls_;
  int runs_left_;
  int unanswered_ = 0;
  std::map<FaultSet, Known> known_;  // by the sorted set
  std::deque<TestExecution> own_;    // its own runs
};

struct Minimized {
  FaultSet faults;
  bool minimal = true;  // false: the runs were not enough to say so
};

// Delta debugging: takes out chunks, then smaller ones, then single faults, as long as the test
// fails with the same status.
std::expected<Minimized, Error> Minimize(FaultSet faults, FailureOracle& oracle);

}  // namespace filibuster
