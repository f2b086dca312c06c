// Exploration => what is said of it: the verdict, and report.json. Format: docs/formats/report.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/bugs.h"
#include "planner/call_table.h"
#include "planner/explore.h"
#include "planner/handler_coverage.h"

namespace filibuster {

struct Report {
  std::string functional_test;
  ExploreOptions options;
  const Exploration& exploration;
  const CallTable& calls;
  std::vector<Bug> bugs;
  std::vector<HandlerCoverage> handlers;
  std::vector<std::string> warnings;
  std::string replayed;  // the counterexample's file; empty: an exploration
};

// How much of the space was looked at: "all fault sets", "all fault sets up to 2 faults",
// "--max-tests 10 reached: 8 fault sets were not run".
std::string CoverageText(const Report& report);

// "passed: all fault sets", "failed: 2 of 11 executions, the first is test 11; …", "reproduced":
// one line.
std::string VerdictText(const Report& report);

// What a person should know before believing the verdict: calls that differ between fault-free
// runs.
std::vector<std::string> DifferenceWarnings(const Exploration& exploration);

// Indented by two, ends with a newline.
std::string ReportToJson(const Report& report);

}  // namespace filibuster
