// Exploration x faults x bugs => which service calls which, and what was tried on the way.
#pragma once

#include <string>
#include <vector>

#include "planner/bugs.h"
#include "planner/fault_space.h"

namespace filibuster {

// All calls of one service to another.
struct ServiceEdge {
  std::string service;
  std::string target;     // as TargetWords() has it
  bool external = false;  // nobody saw a service there
  size_t calls = 0;       // different ones, by execution index
  size_t faults = 0;      // of these calls, that apply
  size_t injected = 0;    // of these faults, in at least one execution
  size_t failed = 0;      // executions that failed with a fault here
  bool has_bug = false;   // a fault here is needed by a counterexample, or may be

  bool operator==(const ServiceEdge&) const = default;
};

struct ServiceMap {
  std::vector<std::string> entries;  // the services that the functional test called
  std::vector<ServiceEdge> edges;    // by service and target

  bool operator==(const ServiceMap&) const = default;
};

ServiceMap MapServices(const Exploration& exploration, const std::vector<Bug>& bugs,
                       FaultSpace& space, CallTable& calls);

}  // namespace filibuster
