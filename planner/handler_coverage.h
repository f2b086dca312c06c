// Exploration x call sites => which handlers were taken, and why the others never were.
#pragma once

#include <map>
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
  size_t failed = 0;         // of them
  // What the service answered to the requests in which it was taken, where its caller reports that,
  // or it does itself, and how often.
  std::map<std::string, size_t> answers;
  std::string why_never;  // empty if it was taken

  bool operator==(const HandlerCoverage&) const = default;
};

// What the run says of the outcome that the analysis predicts.
enum class Confirmation {
  kNothing,    // it predicts no answer, or none was seen
  kConfirmed,  // each answer that was seen is the predicted one
  kRefuted
};
Confirmation ConfirmationOf(const HandlerCoverage& coverage);

// In the order of the analysis.
std::vector<HandlerCoverage> CoverHandlers(const Exploration& exploration, CallSites& sites,
                                           FaultSpace& space, CallTable& calls);

}  // namespace filibuster
