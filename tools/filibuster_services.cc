// filibuster-services: starts, stops and lists the services of an application.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/console.h"
#include "runtime/background_services.h"
#include "runtime/signals.h"
#include "tools/command_line.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr char kExamples[] = R"(Examples:
  filibuster-services start --application application.json
      starts those that do not run, and waits until all are healthy
  filibuster-services status --application application.json
  filibuster-services stop --application application.json
      stops what start has started, and nothing else

Exit codes:
  0  done; status: all are healthy
  1  status: not all are healthy
  2  misused, or a service cannot be started)";

constexpr int kExitNotAllHealthy = 1;
constexpr int kExitError = 2;

struct Options {
  fs::path application = "application.json";
  fs::path state_directory;
  fs::path log_directory;
  fs::path coverage_directory;
  std::string filibuster_url = "http://127.0.0.1:5005";
  double timeout = 30;
};

int Fail(const Error& error) {
  LogFail("{}", error.message);
  return kExitError;
}

int Start(const Application& application, const Options& options) {
  const StopSignals stop;
  ServiceOptions service_options;
  service_options.environment = {{"FILIBUSTER_URL", options.filibuster_url}};
  service_options.log_directory = options.log_directory;
  service_options.coverage_directory = options.coverage_directory;
  service_options.start_timeout = Milliseconds(options.timeout);
  service_options.stop_fd = stop.fd();
  const auto started = StartInBackground(application, options.state_directory, service_options);
  if (!started) {
    Fail(started.error());
    return stop.received() != 0 ? 128 + stop.received() : kExitError;
  }
  for (const StartedService& service : *started) {
    const std::string pid =
        service.pid ? fmt::format("pid {}", *service.pid) : "not started by filibuster-services";
    if (service.outcome == StartOutcome::kRanAlready) {
      LogInfo("service {}: runs already ({})", service.name, pid);
    } else {
      LogInfo("service {}: started ({}), log: {}", service.name, pid,
              (options.log_directory / (service.name + ".log")).string());
    }
  }
  return 0;
}

int Stop(const Application& application, const Options& options) {
  const auto stopped =
      StopInBackground(application, options.state_directory, ServiceOptions().stop_grace);
  if (!stopped) return Fail(stopped.error());
  for (const StoppedService& service : *stopped) {
    switch (service.outcome) {
      case StopOutcome::kStopped:
        LogInfo("service {}: stopped", service.name);
        break;
      case StopOutcome::kDidNotRun:
        LogInfo("service {}: did not run", service.name);
        break;
      case StopOutcome::kNotOurs:
        LogWarning("service {}: left alone: filibuster-services did not start it", service.name);
        break;
    }
  }
  return 0;
}

int Status(const Application& application, const Options& options) {
  const auto services = ListInBackground(application, options.state_directory);
  if (!services) return Fail(services.error());
  bool all_healthy = true;
  fmt::print("{:<20} {:>5} {:>8}  {}\n", "SERVICE", "PORT", "PID", "STATE");
  for (const BackgroundService& service : *services) {
    const bool healthy = service.health.health == Health::kHealthy;
    all_healthy = all_healthy && healthy;
    fmt::print("{:<20} {:>5} {:>8}  {}\n", service.name, service.port,
               service.pid ? std::to_string(*service.pid) : "-",
               healthy                                  ? "healthy"
               : service.health.health == Health::kDown ? "down"
                                                        : "not healthy: " + service.health.reason);
  }
  return all_healthy ? 0 : kExitNotAllHealthy;
}

}  // namespace
}  // namespace filibuster

int main(int argc, char** argv) {
  using filibuster::Options;
  Options options;
  CLI::App app("Starts, stops and lists the services of an application.");
  app.footer(filibuster::kExamples);
  app.require_subcommand(0, 1);  // none is told below, in our words
  app.fallthrough();
  app.add_option("--application", options.application, "The application's services")
      ->capture_default_str();
  app.add_option("--state-dir", options.state_directory,
                 "Where it is kept what runs (default: .filibuster beside the application file)");
  CLI::App* start = app.add_subcommand("start", "Start those that do not run; wait for health");
  start->add_option("--filibuster-url", options.filibuster_url, "The control server")
      ->capture_default_str();
  start->add_option("--log-dir", options.log_directory, "Default: logs in the state directory");
  start->add_option("--coverage-dir", options.coverage_directory,
                    "Collect coverage there (services of the coverage preset)");
  start->add_option("--timeout", options.timeout, "Seconds until all must be healthy")
      ->check(filibuster::kSeconds)
      ->capture_default_str();
  const CLI::App* stop = app.add_subcommand("stop", "Stop what start has started");
  app.add_subcommand("status", "List them; exit 1 unless all are healthy");
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;
  if (app.get_subcommands().empty()) {
    return filibuster::Fail({"expected start, stop or status; --help has examples"});
  }

  const auto application = filibuster::ReadApplication(options.application);
  if (!application) return filibuster::Fail(application.error());
  if (options.state_directory.empty()) {
    options.state_directory = options.application.parent_path() / ".filibuster";
  }
  if (options.log_directory.empty()) options.log_directory = options.state_directory / "logs";
  if (start->parsed()) return filibuster::Start(*application, options);
  return stop->parsed() ? filibuster::Stop(*application, options)
                        : filibuster::Status(*application, options);
}
