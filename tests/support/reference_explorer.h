// Model x analysis => the executions of Filibuster's published exploration: written from its
// description alone, with nothing of the planner in it, as slow as it reads.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/json_reader.h"

namespace filibuster {

struct ReferenceExploration {
  std::vector<std::string> ran;  // fault sets in the order in which they ran
  size_t pruned = 0;
  bool complete = true;  // false: more than `limit` executions
};

ReferenceExploration ExploreByReference(const Json& model, const Json& analysis, bool dynamic,
                                        size_t limit);

}  // namespace filibuster
