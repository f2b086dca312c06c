#include "runtime/background_services.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cstring>
#include <map>
#include <utility>

#include "base/file.h"
#include "runtime/process_identity.h"
#include "runtime/unique_fd.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr int kSchemaVersion = 1;

using Processes = std::map<std::string, ProcessIdentity>;  // by service

// What we started for one application file: .filibuster/application.state.json
class State {
 public:
  State(const Application& application, const fs::path& directory)
      : directory_(directory),
        file_(directory / (application.file.stem().string() + ".state.json")) {}

  // Until this object ends, no other program changes the state.
  std::expected<void, Error> Lock() {
    std::error_code error;
    fs::create_directories(directory_, error);
    if (!error) {
      lock_ = UniqueFd(::open((directory_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    }
    if (!lock_ || ::flock(lock_.get(), LOCK_EX) != 0) {
      return std::unexpected(
          Error{fmt::format("{}: cannot write: {}; choose --state-dir", directory_.string(),
                            error ? error.message() : std::strerror(errno))});
    }
    return {};
  }

  // Those that still run.
  std::expected<Processes, Error> Read() const {
    std::error_code ignored;
    if (!fs::exists(file_, ignored)) return Processes();
    const auto json = ReadJsonFile(file_);
    if (!json) return Unreadable(json.error());
    const JsonReader reader(*json, file_.string());
    const JsonReader version = reader.Required("schema_version");
    if (version.Int() != kSchemaVersion) version.Fail(fmt::format("expected {}", kSchemaVersion));
    Processes processes;
    for (const auto& [name, item] : reader.Required("services").Members()) {
      const ProcessIdentity process{static_cast<pid_t>(item.Required("pid").Int()),
                                    static_cast<std::uint64_t>(item.Required("start_time").Int()),
                                    item.Required("boot_id").String()};
      // Never 0 or -1: to kill() they mean everybody.
      if (process.pid <= 1) item.Fail("found no process id");
      if (!reader.error() && IsRunning(process)) processes[name] = process;
    }
    if (reader.error()) return Unreadable(*reader.error());
    return processes;
  }

  std::expected<void, Error> Write(const Processes& processes) const {
    Json services = Json::object();
    for (const auto& [name, process] : processes) {
      services[name] = {
          {"pid", process.pid}, {"start_time", process.start_time}, {"boot_id", process.boot_id}};
    }
    return WriteFile(
        file_, Json{{"schema_version", kSchemaVersion}, {"services", services}}.dump(2) + "\n");
  }

 private:
  static std::unexpected<Error> Unreadable(const Error& error) {
    return std::unexpected(Error{
        error.message +
        "; it is unknown what was started: end those services yourself, and remove this file"});
  }

  fs::path directory_;
  fs::path file_;
  UniqueFd lock_;
};

std::optional<pid_t> PidOf(const Processes& processes, const std::string& name) {
  const auto it = processes.find(name);
  return it == processes.end() ? std::nullopt : std::optional(it->second.pid);
}

}  // namespace

std::expected<std::vector<StartedService>, Error> StartInBackground(const Application& application,
                                                                    const fs::path& state_directory,
                                                                    ServiceOptions options) {
  State state(application, state_directory);
  if (auto locked = state.Lock(); !locked) return std::unexpected(locked.error());
  auto processes = state.Read();
  if (!processes) return std::unexpected(processes.error());
  for (const Service& service : application.services) {
    const HealthReport report = CheckHealth(service);
    if (const auto pid = PidOf(*processes, service.name);
        pid && report.health != Health::kHealthy) {
      return std::unexpected(Error{fmt::format(
          "service {}: runs (pid {}) but is not healthy: {}; 'filibuster-services stop' ends it",
          service.name, *pid, report.reason)});
    }
  }

  options.kind = BackgroundProcess::Kind::kSession;
  Services services(application, std::move(options));
  if (auto started = services.Start(); !started) return std::unexpected(started.error());
  std::vector<StartedService> result;
  const std::map<std::string, pid_t> pids = services.pids();
  for (const Service& service : application.services) {
    const auto started = pids.find(service.name);
    if (started == pids.end()) {
      result.push_back({service.name, StartOutcome::kRanAlready, PidOf(*processes, service.name)});
      continue;
    }
    const auto identity = IdentifyProcess(started->second);
    if (!identity) {
      return std::unexpected(
          Error{fmt::format("service {}: it ended as soon as it was healthy", service.name)});
    }
    processes->insert_or_assign(service.name, *identity);
    result.push_back({service.name, StartOutcome::kStarted, identity->pid});
  }
  if (auto written = state.Write(*processes); !written) return std::unexpected(written.error());
  services.Release();
  return result;
}

std::expected<std::vector<StoppedService>, Error> StopInBackground(
    const Application& application, const fs::path& state_directory,
    std::chrono::milliseconds grace) {
  State state(application, state_directory);
  if (auto locked = state.Lock(); !locked) return std::unexpected(locked.error());
  const auto processes = state.Read();
  if (!processes) return std::unexpected(processes.error());
  std::vector<StoppedService> result;
  std::vector<ProcessIdentity> ending;
  for (const auto& [name, process] : *processes) {
    ending.push_back(process);
    result.push_back({name, StopOutcome::kStopped});
  }
  EndGroups(ending, grace);
  if (auto written = state.Write({}); !written) return std::unexpected(written.error());
  for (const Service& service : application.services) {
    if (processes->contains(service.name)) continue;
    result.push_back(
        {service.name, IsListening(service) ? StopOutcome::kNotOurs : StopOutcome::kDidNotRun});
  }
  return result;
}

std::expected<std::vector<BackgroundService>, Error> ListInBackground(
    const Application& application, const fs::path& state_directory) {
  const auto processes = State(application, state_directory).Read();
  if (!processes) return std::unexpected(processes.error());
  std::vector<BackgroundService> result;
  for (const Service& service : application.services) {
    result.push_back(
        {service.name, service.port, PidOf(*processes, service.name), CheckHealth(service)});
  }
  return result;
}

}  // namespace filibuster
