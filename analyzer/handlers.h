// How the paths of a service end => which code takes each fault of a call, and what comes of it.
#pragma once

#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/run_service.h"

namespace filibuster {

// The handlers of the call `site` (an index into run.facts.calls), for all faults that were tried.
// Faults share an entry if they take the same branches all the way and come to the same outcome.
std::vector<HandlerEntry> HandlersOf(const ServiceRun& run, int site);

// One way that a fault takes, for people. The steps are those of `run`.
struct FaultPath {
  int fault = 0;  // an index into the call's faults
  std::vector<const Step*> steps;
  Outcome outcome;

  bool operator==(const FaultPath& other) const;
};

// The distinct ways of all faults of the call `site`.
std::vector<FaultPath> PathsOf(const ServiceRun& run, int site);

}  // namespace filibuster
