// Exploration => what is said of it: the verdict, and report.json. Format: docs/formats/report.md.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "planner/bugs.h"
#include "planner/call_table.h"
#include "planner/explore.h"
#include "planner/handler_coverage.h"
#include "planner/service_map.h"

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
  ServiceMap map;
  CallSites* sites = nullptr;  // of the analysis; null: nothing is known of handlers
  std::chrono::duration<double> elapsed{0};
};

// How much of the space was looked at: "all fault sets", "all fault sets up to 2 faults",
// "--max-tests 10 reached: 8 fault sets were not run".
std::string CoverageText(const Report& report);

// "passed: all fault sets", "failed: 2 of 11 executions, the first is test 11; …", "reproduced":
// one line.
std::string VerdictText(const Report& report);

// "passed", "failed" or "incomplete": what the verdict begins with, as a page's colour goes by it.
const char* OutcomeName(const Report& report);

// What a person should know before believing the verdict: calls that differ between fault-free
// runs, and calls whose cause is not known.
std::vector<std::string> DifferenceWarnings(const Exploration& exploration);

// The keys of report.json.
nlohmann::ordered_json ReportDocument(const Report& report);

// Indented by two, ends with a newline. What is not UTF-8 is replaced.
std::string ToText(const nlohmann::ordered_json& document);
std::string ReportToJson(const Report& report);

}  // namespace filibuster
