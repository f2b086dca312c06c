// Failing executions => distinct bugs, each with its smallest counterexample.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/error.h"
#include "planner/explore.h"
#include "planner/minimize.h"

namespace filibuster {

// Failing executions with another cause than their bug's, which looks the same to the test.
struct AlikeFailure {
  std::string cause;
  std::vector<int> executions;  // by number
  FaultSet counterexample;      // no fault of it can be taken out

  bool operator==(const AlikeFailure&) const = default;
};

// Failing executions with the same cause: the same branches of the same call sites were taken, each
// as often, and the test failed in the same way. Other causes count as the same bug if they look
// the same (planner/failure_look.h), and the analysis does not say that nobody takes their faults:
// then it is most likely one answer that the test does not accept.
struct Bug {
  std::string cause;            // "foo -> bar (foo/foo.cc:17): httplib::Error::Connection"; with
                                // " for /path, call 2" where there are other calls like it
  std::string status;           // how the test failed
  std::vector<int> executions;  // by number; of those that look alike, too
  std::vector<AlikeFailure> alike;
  FaultSet counterexample;       // no fault of it can be taken out
  std::vector<CallEvent> calls;  // seen under the counterexample
  std::vector<RequestAnswer> answers;
  bool minimal = true;  // false: --minimize-tests was not enough to say so
  // Set by who writes the counterexample to a file.
  std::string counterexample_file;
  std::string replay;  // the command

  bool operator==(const Bug&) const = default;
};

// A failing execution whose faults contain what a bug needs, in the same calls, and that failed
// alike is one of its executions. Others are minimised by running the test again.
std::expected<std::vector<Bug>, Error> FindBugs(const Exploration& exploration,
                                                const CallTable& calls, const HandlerFacts& facts,
                                                FailureOracle& oracle);

}  // namespace filibuster
