// What the command line asks for => a whole run of filibuster, and its exit code.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "planner/explore.h"
#include "runner/report_files.h"
#include "runtime/control_server.h"

namespace filibuster {

struct SessionOptions {
  std::string functional_test;  // a program, or a shell command
  std::chrono::milliseconds timeout{60'000};
  std::optional<std::filesystem::path> analysis_file;        // absent: DefaultAnalysis()
  bool transformers = false;                                 // corrupted bodies are faults too
  std::optional<std::filesystem::path> counterexample_file;  // replay this one
  std::optional<std::filesystem::path> application_file;
  std::optional<std::filesystem::path> coverage_directory;
  ReportFiles report;
  // `facts` and `order` are set from the analysis.
  ExploreOptions explore{.baseline_runs = 2};
  std::optional<Order> order;  // absent: kGuided if the analysis has call sites, else kLifo
  ControlServerOptions server;
  bool live = false;     // a terminal that somebody watches: progress and a summary, no log lines
  bool verbose = false;  // also what passing executions wrote
};

// 0: passed. 1: a failing execution, or the counterexample was reproduced. 2: misused, or nothing
// can be said. 128 + N: ended by signal N. Says why on standard error.
int RunSession(const SessionOptions& options);

}  // namespace filibuster
