// filibuster: runs a functional test, failing calls one set at a time.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/console.h"
#include "base/terminal.h"
#include "runner/session.h"
#include "tools/command_line.h"

namespace {

constexpr char kExamples[] = R"(Examples:
  filibuster --functional-test ./functional/test_foo_bar_baz
      the services run already, with FILIBUSTER_URL=http://127.0.0.1:5005 in their environment
  filibuster --functional-test ./functional/test_foo_bar_baz --application application.json
      starts the services that do not run, and stops them at the end
  filibuster --functional-test ./functional/test_foo_bar_baz --analysis-file analysis.json
      with the faults that filibuster-analysis found in the sources
  filibuster --functional-test ./functional/test_foo_bar_baz --counterexample-file counterexample.json
      replays a failure

Exit codes:
  0  passed under every fault set; with --max-tests, --max-faults or --time-budget: that was run
  1  a fault set makes the functional test fail (or the counterexample was reproduced)
  2  misused, or nothing can be said: the fault-free run fails, no fault could be injected, a
     planned fault was not delivered
  128 + N  ended by signal N: 130 after Ctrl-C)";

using filibuster::kAtLeastOne;
using filibuster::kSeconds;

// What is written on the command line.
struct CommandLine {
  filibuster::SessionOptions options;
  std::string reduction = "dynamic";
  bool no_reduction = false;
  std::string order;
  double time_budget = 0;
  bool quiet = false;
  double timeout = 60;
  std::string color = "auto";
};

void AddOptions(CLI::App& app, CommandLine& line) {
  filibuster::SessionOptions& options = line.options;
  app.add_option("--functional-test", options.functional_test,
                 "Program or shell command to run; exit code 0 means passed")
      ->required();
  app.add_option("--analysis-file", options.analysis_file,
                 "Faults to inject, from filibuster-analysis (default: built in)");
  app.add_flag("--transformers", options.transformers,
               "Also corrupt the bodies of answers, as the analysis file says");
  app.add_option("--counterexample-file", options.counterexample_file,
                 "Run only the execution that this file describes");
  app.add_flag("--only-initial-execution", options.explore.only_initial_execution,
               "Run the functional test without faults only")
      ->excludes("--counterexample-file");
  app.add_option("--reduction", line.reduction,
                 "Which fault sets may be skipped: none, dynamic, sound, handlers or outcomes")
      ->check(CLI::IsMember({"none", "dynamic", "sound", "handlers", "outcomes"}))
      ->capture_default_str();
  app.add_flag("--disable-dynamic-reduction", line.no_reduction,
               "Run every fault set: --reduction none")
      ->excludes("--reduction");
  app.add_option("--order", line.order,
                 "Which fault set is next: lifo, fifo or guided (default: guided if the analysis "
                 "file has call sites, else lifo)")
      ->check(CLI::IsMember({"lifo", "fifo", "guided"}));
  app.add_flag("--keep-going", options.explore.keep_going, "Explore on after a failing execution");
  app.add_option("--max-tests", options.explore.max_tests,
                 "Run so many executions at most, the fault-free one included")
      ->check(kAtLeastOne);
  app.add_option("--max-faults", options.explore.max_faults, "Fail so many calls at once at most")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--time-budget", line.time_budget, "Seconds after which no execution is begun")
      ->check(kSeconds);
  app.add_option("--baseline-runs", options.explore.baseline_runs,
                 "Fault-free runs, to see which calls differ between them")
      ->check(kAtLeastOne)
      ->capture_default_str();
  app.add_option("--minimize-tests", options.explore.minimize_tests,
                 "Runs at most, after the exploration, to minimise counterexamples")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--timeout", line.timeout, "Seconds that one run of the functional test may take")
      ->check(kSeconds)
      ->capture_default_str();
  app.add_option("--host", options.server.host, "Address that the control server listens on")
      ->capture_default_str();
  app.add_option("--port", options.server.port, "Its port; 0: the kernel chooses one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--application", options.application_file,
                 "Start the services of this file that do not run; stop them at the end");
  app.add_option("--coverage-dir", options.coverage_directory,
                 "Collect the coverage of the started services here, for filibuster-coverage");
  app.add_option("--report", options.report.json, "Write a report here, as JSON");
  app.add_option("--report-dir", options.report.directory,
                 "Write report.html, report.json and junit.xml into this directory");
  app.add_option("--services-directory", options.report.source_directories,
                 "Where the reports find the sources (default: services, beside --application or "
                 "here)");
  app.add_flag("--quiet", line.quiet, "Only warnings and failures");
  app.add_flag("--verbose", line.options.verbose,
               "Every call and fault, and what passing tests wrote, also on a terminal")
      ->excludes("--quiet");
  app.add_option("--color", line.color, "auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  CLI::App app("Finds out what happens to a functional test when calls between services fail.");
  app.footer(kExamples);
  AddOptions(app, line);
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;

  filibuster::SessionOptions& options = line.options;
  if (const char* token = std::getenv("FILIBUSTER_TOKEN")) options.server.token = token;
  if (line.no_reduction) line.reduction = "none";
  options.explore.reduction = *filibuster::ReductionFromName(line.reduction);
  options.order = filibuster::OrderFromName(line.order);
  if (line.time_budget > 0) {
    options.explore.time_budget = filibuster::Milliseconds(line.time_budget);
  }
  options.timeout = filibuster::Milliseconds(line.timeout);
  if (options.report.source_directories.empty()) {
    options.report.source_directories = {"services"};
    if (options.application_file) {
      options.report.source_directories.push_back(options.application_file->parent_path() /
                                                  "services");
    }
  }
  filibuster::SetQuiet(line.quiet);
  if (line.color != "auto") {
    filibuster::SetColorMode(line.color == "always" ? filibuster::ColorMode::kAlways
                                                    : filibuster::ColorMode::kNever);
  }
  options.live = !line.quiet && !options.verbose && filibuster::IsTerminal(STDERR_FILENO);
  if (options.live) filibuster::SetLogStyle(filibuster::LogStyle::kForPeople);
  return filibuster::RunSession(options);
}
