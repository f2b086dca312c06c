// Invocation => the execution index that it is known by: its own, without the parts that were seen
// to differ between runs of the same test.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/execution_index.h"
#include "runtime/protocol.h"

namespace filibuster {

// What to leave out for the calls of one call site.
struct UnstableParts {
  bool target = false;  // other runs call something else from there: an id in the path
  bool count = false;   // other runs make another number of calls: all of them are one

  friend bool operator==(const UnstableParts& a, const UnstableParts& b) {
    return a.target == b.target && a.count == b.count;
  }
};

// By call site, as CallSiteKey names it.
using UnstableSites = std::map<std::string, UnstableParts>;

// The call site of an invocation, whatever it calls: service, place, module, method.
std::string CallSiteKey(const Invocation& invocation);

// Follows one test execution: callers before their callees.
class StableIndex {
 public:
  explicit StableIndex(UnstableSites unstable = {}) : unstable_(std::move(unstable)) {}

  std::string Of(const Invocation& invocation);

 private:
  UnstableSites unstable_;
  std::map<std::string, ExecutionIndex> stable_;  // by execution index, of those that differ
  std::map<std::string, int> counts_;             // by parent and signature
};

}  // namespace filibuster
