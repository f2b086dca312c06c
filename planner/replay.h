// Counterexample x runner => the same execution again, also where calls have moved in the source.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/error.h"
#include "planner/counterexample.h"
#include "planner/explore.h"

namespace filibuster {

struct Replay {
  TestExecution execution;
  std::vector<std::string> matched;  // calls that were matched though their execution index changed
};

// Runs the functional test under the counterexample's faults. A fault whose execution index no call
// has is tried on the call that is otherwise the same, as soon as a run shows it: so there may be
// one run more for each such fault. The verdict is Undelivered if even that finds none, or if the
// call with the execution index is not the one that the counterexample describes.
std::expected<Replay, Error> ReplayCounterexample(const Counterexample& counterexample,
                                                  TestRunner& runner, CallTable& calls);

// The replay as the exploration that it is: of one fault set.
Exploration ExplorationOf(Replay replay);

}  // namespace filibuster
