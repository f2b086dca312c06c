// How the paths of a service end => the errors that it can answer with, and where they come from.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/run_service.h"

namespace filibuster {

struct OwnErrors {
  std::set<int> statuses;            // that its own code answers with, and the one of exceptions
  std::vector<ErrorSource> sources;  // sorted
  // Call sites => the statuses of the callee that the service answers with in turn.
  std::map<int, std::set<int>> passed_on;
};

OwnErrors ErrorsOf(const ServiceRun& run);

}  // namespace filibuster
