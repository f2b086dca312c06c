// What of a program was followed, and what was not.
//
// Interpreter => Followed, ComeTo
#pragma once

#include <unordered_set>

#include "analyzer/node.h"
#include "analyzer/state.h"

namespace filibuster {

// Of an entry: the branches of paths without a fault, and whether there was too much to follow.
struct Followed {
  NormalBranches normal_branches;
  bool gave_up = false;
};

// Of all entries.
struct ComeTo {
  std::unordered_set<const Node*> calls;       // that were made on some path
  std::unordered_set<const Node*> unfinished;  // … and were not followed to their end there
};

}  // namespace filibuster
