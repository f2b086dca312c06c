// How the paths of a service end => the errors that it can answer with, and where they come from.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/run_service.h"

namespace filibuster {

struct OwnErrors {
  std::set<Status> statuses;         // that its own code answers with, and the one of exceptions
  std::vector<ErrorSource> sources;  // sorted
  // A call site and the status that it is answered with => statuses that the service answers with
  // then only: its own, or that one, passed on.
  std::map<std::pair<int, std::string>, std::set<Status>> after;
};

OwnErrors ErrorsOf(const ServiceRun& run);

}  // namespace filibuster
