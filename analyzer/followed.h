// What of a program was followed, and what was not.
//
// Interpreter => Followed, NotFollowed
#pragma once

#include <set>
#include <string>
#include <unordered_set>

#include "analyzer/node.h"
#include "analyzer/state.h"

namespace filibuster {

using Calls = std::unordered_set<const Node*>;

// Of an entry: the branches of paths without a fault, the calls in which the steps ended, and
// whether there was too much to follow.
struct Followed {
  NormalBranches normal_branches;
  Calls unfinished;
  bool gave_up = false;
};

// Of a service: not all paths of these functions (USRs), not all of these calls, and not all of
// some entry.
struct NotFollowed {
  std::set<std::string> cut_off;
  Calls unfinished;
  bool gave_up = false;
};

}  // namespace filibuster
