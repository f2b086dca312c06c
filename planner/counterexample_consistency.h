// The faults of a counterexample x the test execution in the same file => where the two contradict
// each other. A file that was edited by hand in one place only must not be replayed.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planner/counterexample.h"

namespace filibuster {

struct Contradiction {
  std::optional<size_t> fault;  // by position; absent: the list as a whole
  std::string key;              // of that fault; empty: the fault as a whole
  std::string what;             // "found z, expected a as in the log of TestExecution"

  bool operator==(const Contradiction&) const = default;
};

// A set of faults: at least one, and one for each call.
std::optional<Contradiction> CheckFaultSet(const std::vector<CounterexampleFault>& faults);

// What a fault says of its call is what the log says. `logged`: by execution index.
std::optional<Contradiction> CheckAgainstLog(const std::vector<CounterexampleFault>& faults,
                                             const std::map<std::string, CallDescription>& logged);

// The calls that fail, and how, are those of the execution. `failures`: by execution index.
std::optional<Contradiction> CheckAgainstFailures(const std::vector<CounterexampleFault>& faults,
                                                  const std::map<std::string, Fault>& failures);

}  // namespace filibuster
