// The services of an application that outlive the program that started them. What was started is
// kept in a file, so that exactly that is stopped.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "runtime/application.h"
#include "runtime/health_check.h"
#include "runtime/services.h"

namespace filibuster {

struct BackgroundService {
  std::string name;
  int port = 0;
  std::optional<pid_t> pid;  // of what we started, if it runs
  HealthReport health;
};

enum class StartOutcome { kStarted, kRanAlready };
struct StartedService {
  std::string name;
  StartOutcome outcome = StartOutcome::kStarted;
  std::optional<pid_t> pid;  // absent: it runs, but somebody else started it
};

enum class StopOutcome { kStopped, kDidNotRun, kNotOurs };
struct StoppedService {
  std::string name;
  StopOutcome outcome = StopOutcome::kStopped;
};

// `options.kind` is kSession, whatever it says.
std::expected<std::vector<StartedService>, Error> StartInBackground(
    const Application& application, const std::filesystem::path& state_directory,
    ServiceOptions options);
std::expected<std::vector<StoppedService>, Error> StopInBackground(
    const Application& application, const std::filesystem::path& state_directory,
    std::chrono::milliseconds grace);
std::expected<std::vector<BackgroundService>, Error> ListInBackground(
    const Application& application, const std::filesystem::path& state_directory);

}  // namespace filibuster
