// filibuster-loadgen: what load does to an application whose calls fail as in a counterexample.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/console.h"
#include "base/terminal.h"
#include "runner/load.h"
#include "tools/command_line.h"

namespace {

constexpr char kExamples[] = R"(Examples:
  filibuster-loadgen --functional-test bin/test_foo_bar_baz --application application.json \
      --counterexample-file counterexample.json --concurrency 8 --num-requests 100
      8 at a time, 800 in all, each with the faults of the counterexample
  filibuster-loadgen … --max-request-latency-for-failure 0.5 --report load.json

A request is one run of the functional test. It may connect to the addresses of the application
only; without --application, to loopback only.

Exit codes:
  0  no request failed
  1  some did, or took too long, or a service broke
  2  misused, or the faults of the counterexample could not be injected
  128 + N  ended by signal N: 130 after Ctrl-C)";

constexpr int kMaxConcurrency = 1000;

}  // namespace

int main(int argc, char** argv) {
  filibuster::LoadOptions options;
  double max_latency = 0;
  double timeout = 60;
  bool quiet = false;
  CLI::App app("Runs a functional test many times at once, under the faults of a counterexample.");
  app.footer(kExamples);
  app.add_option("--functional-test", options.functional_test,
                 "Program or shell command to run; exit code 0 means passed")
      ->required();
  app.add_option("--counterexample-file", options.counterexample_file,
                 "The faults, from filibuster: docs/formats/counterexample.md")
      ->required();
  app.add_option("--concurrency", options.concurrency, "Requests at a time")
      ->check(CLI::Range(1, kMaxConcurrency))
      ->required();
  app.add_option("--num-requests", options.num_requests, "Requests of each of these, in turn")
      ->check(filibuster::kAtLeastOne)
      ->required();
  app.add_option("--max-request-latency-for-failure", max_latency,
                 "Seconds from which on a request counts as failed")
      ->check(filibuster::kSeconds);
  app.add_option("--application", options.application_file,
                 "Start the services of this file that do not run; stop them at the end");
  app.add_option("--timeout", timeout, "Seconds after which a request is ended")
      ->check(filibuster::kSeconds)
      ->capture_default_str();
  app.add_option("--host", options.server.host, "Address that the control server listens on")
      ->capture_default_str();
  app.add_option("--port", options.server.port, "Its port; 0: the kernel chooses one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--report", options.report_file, "Write the numbers here, as JSON");
  app.add_flag("--quiet", quiet, "Only warnings, failures and the numbers");
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;

  if (const char* token = std::getenv("FILIBUSTER_TOKEN")) options.server.token = token;
  if (max_latency > 0) options.max_latency = filibuster::Milliseconds(max_latency);
  options.timeout = filibuster::Milliseconds(timeout);
  filibuster::SetQuiet(quiet);
  options.live = !quiet && filibuster::IsTerminal(STDERR_FILENO);
  return filibuster::RunLoad(options);
}
