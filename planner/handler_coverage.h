// Exploration x call sites => which handlers were taken, and why the others never were.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/call_sites.h"
#include "planner/explore.h"

namespace filibuster {

// One handler entry of the analysis.
struct HandlerCoverage {
  const CallSite* site = nullptr;
  const HandlerEntry* entry = nullptr;
  size_t executions = 0;     // in which it was taken
  std::optional<int> first;  // the first of them
  std::string why_never;     // empty if it was taken

  bool operator==(const HandlerCoverage&) const = default;
};

// In the order of the analysis.
std::vector<HandlerCoverage> CoverHandlers(const Exploration& exploration, CallSites& sites,
                                           FaultSpace& space, CallTable& calls);

}  // namespace filibuster
