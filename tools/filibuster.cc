// filibuster: runs a functional test, failing calls one set at a time.
#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/console.h"
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
  0  passed under every fault set
  1  a fault set makes the functional test fail (or the counterexample was reproduced)
  2  misused, or nothing can be said: the fault-free run fails, a fault was not delivered
  130  interrupted)";

}  // namespace

int main(int argc, char** argv) {
  filibuster::SessionOptions options;
  bool no_reduction = false;
  bool quiet = false;
  double timeout = 60;

  CLI::App app("Finds out what happens to a functional test when calls between services fail.");
  app.footer(kExamples);
  app.add_option("--functional-test", options.functional_test,
                 "Program or shell command to run; exit code 0 means passed")
      ->required();
  app.add_option("--analysis-file", options.analysis_file,
                 "Faults to inject, from filibuster-analysis (default: built in)");
  app.add_option("--counterexample-file", options.counterexample_file,
                 "Run only the execution that this file describes");
  app.add_flag("--only-initial-execution", options.explore.only_initial_execution,
               "Run the functional test once, without faults");
  app.add_flag("--disable-dynamic-reduction", no_reduction, "Run every fault set");
  app.add_flag("--keep-going", options.explore.keep_going, "Explore on after a failing execution");
  app.add_option("--max-tests", options.explore.max_tests,
                 "Run so many executions at most, the fault-free one included")
      ->check(CLI::PositiveNumber);
  app.add_option("--timeout", timeout, "Seconds that one run of the functional test may take")
      ->check(CLI::PositiveNumber)
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
  app.add_option("--report", options.report_file, "Write a report here, as JSON");
  app.add_flag("--quiet", quiet, "Only warnings and failures");
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;

  if (const char* token = std::getenv("FILIBUSTER_TOKEN")) options.server.token = token;
  if (no_reduction) options.explore.reduction = filibuster::Reduction::kNone;
  options.timeout = std::chrono::milliseconds(static_cast<long>(timeout * 1000));
  filibuster::SetQuiet(quiet);
  return filibuster::RunSession(options);
}
