// Two fault-free runs => the calls that differ between them, and what to leave out of their
// indexes.
#pragma once

#include <string>
#include <vector>

#include "runtime/call_log.h"
#include "runtime/stable_index.h"

namespace filibuster {

struct CallDifference {
  enum class What { kTarget, kCount, kOrder };
  std::string site;  // "foo foo/foo.cc:17 httplib.Get"
  What what = What::kTarget;
  std::string text;  // "made 2 calls, then 3"

  bool operator==(const CallDifference&) const = default;
};

// By call site and in its order: other targets, another number of calls, another order of the calls
// of one request. Calls that overlapped in time have no order.
std::vector<CallDifference> CompareRuns(const CallLog& first, const CallLog& second);

// The sites that `last`, the run that faults are planned by, does not call, though another one
// does.
std::vector<std::string> SitesThatAreGone(const std::vector<CallDifference>& differences,
                                          const CallLog& last);

// The order of calls is no part of an execution index; targets and counts are.
UnstableSites UnstableSitesOf(const std::vector<CallDifference>& differences);

// Fills in `stable_index`, as a control server does when it is told of `unstable` sites.
void MakeStable(const UnstableSites& unstable, CallLog& log);

}  // namespace filibuster
