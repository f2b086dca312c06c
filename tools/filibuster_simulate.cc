// filibuster-simulate: explores a model of an application instead of the application.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "base/console.h"
#include "planner/simulate.h"
#include "tools/command_line.h"

namespace {

constexpr char kExamples[] = R"(Examples:
  filibuster-simulate models/audible/model.json --analysis-file models/audible/analysis.paper.json
  filibuster-simulate models/audible/model.json --compare
  filibuster-simulate models/audible/model.json --reduction outcomes --order guided --json

Exit codes:
  0  the model was explored, whatever failed in it
  2  misused, or the model or the analysis cannot be read)";

}  // namespace

int main(int argc, char** argv) {
  filibuster::SimulateOptions options;
  std::string reduction = "dynamic";
  std::string order = "lifo";
  double time_budget = 0;

  CLI::App app("Counts the test executions that a model of an application needs.");
  app.footer(kExamples);
  app.add_option("model", options.model, "The model: docs/formats/model.md")->required();
  app.add_option("--analysis-file", options.analysis, "Faults to inject (default: built in)");
  app.add_option("--reduction", reduction, "none, dynamic, sound, handlers or outcomes")
      ->check(CLI::IsMember({"none", "dynamic", "sound", "handlers", "outcomes"}))
      ->capture_default_str();
  app.add_option("--order", order, "lifo, fifo, guided or random")
      ->check(CLI::IsMember({"lifo", "fifo", "guided", "random"}))
      ->capture_default_str();
  app.add_option("--seed", options.explore.seed, "Of --order random")->capture_default_str();
  app.add_option("--max-faults", options.explore.max_faults, "Faults in one execution at most")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--max-tests", options.explore.max_tests,
                 "Executions at most, the fault-free one included")
      ->check(filibuster::kAtLeastOne);
  app.add_option("--time-budget", time_budget, "Seconds after which no execution is begun")
      ->check(filibuster::kSeconds);
  app.add_flag("--compare", options.compare, "All reductions side by side");
  app.add_flag("--json", options.json, "Print JSON");
  app.add_option("--report", options.report, "Write what filibuster --report writes here")
      ->excludes("--compare");
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;

  options.explore.reduction = *filibuster::ReductionFromName(reduction);
  options.explore.order = *filibuster::OrderFromName(order);
  if (time_budget > 0) {
    options.explore.time_budget = filibuster::Milliseconds(time_budget);
  }
  const auto simulation = filibuster::Simulate(options);
  if (!simulation) {
    filibuster::LogFail("{}", simulation.error().message);
    return 2;
  }
  const std::string text = options.json ? filibuster::SimulationToJson(*simulation, options.compare)
                                        : filibuster::SimulationToText(*simulation);
  std::fputs(text.c_str(), stdout);
  return 0;
}
