// Model x analysis => how many executions each reduction needs, and what they show.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "planner/explore.h"

namespace filibuster {

struct SimulateOptions {
  std::filesystem::path model;
  std::optional<std::filesystem::path> analysis;  // the default faults without it
  ExploreOptions explore;                         // every failing execution is explored on from
  bool compare = false;                           // all reductions, not only that of `explore`
  bool json = false;
  std::optional<std::filesystem::path> report;  // what filibuster --report writes
};

// One exploration of a model.
struct SimulationResult {
  std::string reduction;
  std::string order;
  size_t executions = 0;
  size_t pruned = 0;   // of these:
  size_t implied = 0;  // other executions show the same
  size_t same_branch = 0;
  size_t over_max_faults = 0;  // not counted as pruned
  size_t not_reached = 0;      // not counted as pruned
  size_t failed = 0;
  std::optional<int> first_failure_at;
  size_t behaviours = 0;             // for kOutcomes: with the outcome of an entry for the entry
  size_t behaviours_by_outcome = 0;  // so for every reduction
  std::string verdict;
  double planning_ms = 0;  // all but interpreting the model
};

struct Simulation {
  std::string model;
  std::vector<SimulationResult> results;
  std::int64_t peak_memory_bytes = 0;  // of the process
};

std::expected<Simulation, Error> Simulate(const SimulateOptions& options);

std::string SimulationToText(const Simulation& simulation);
std::string SimulationToJson(const Simulation& simulation, bool compare);

}  // namespace filibuster
