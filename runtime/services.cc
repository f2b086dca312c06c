#include "runtime/services.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "runtime/coverage_profiles.h"
#include "runtime/health_check.h"
#include "runtime/port_claim.h"
#include "runtime/process_identity.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Between two rounds of health checks.
constexpr milliseconds kHealthInterval(10);
// How long the end of a process that is on its way out may take.
constexpr milliseconds kExitTime(5000);
// How long one that no longer listens may take to be on its way out: handlers of crashes write
// traces first.
constexpr milliseconds kDeathThroes(1000);
constexpr size_t kMaxLogTail = 4096;

std::expected<void, Error> MakeDirectory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    return std::unexpected(
        Error{fmt::format("{}: cannot make the directory: {}", path.string(), error.message())});
  }
  return {};
}

// The last lines of a log, from `begin` on.
std::string LogTail(const fs::path& file, size_t begin) {
  std::string text = ReadFile(file).value_or("");
  text.erase(0, std::min(begin, text.size()));
  if (text.size() > kMaxLogTail) {
    text.erase(0, text.size() - kMaxLogTail);
    text.erase(0, text.find('\n') + 1);
  }
  return text;
}

std::string HealthUrl(const Service& service) {
  return service.health_check == "tcp"
             ? fmt::format("127.0.0.1:{}", service.port)
             : fmt::format("http://127.0.0.1:{}{}", service.port, service.health_check);
}

// Why it no longer serves; empty if it has neither ended nor been stopped. Callers see a service's
// death a little before its process has ended: `patience` is for one that is not on its way out.
std::string FindEnd(BackgroundProcess& process, milliseconds patience) {
  if (const auto status = process.Poll(IsExiting(process.pid()) ? kExitTime : patience)) {
    return "died: " + ToString(*status);
  }
  return IsStopped(process.pid()) ? "was stopped (SIGSTOP)" : "";
}

std::unexpected<Error> OfAnotherRun(const Service& service, pid_t other) {
  const std::string who =
      other == 0 ? "a process of another container" : fmt::format("process {}", other);
  return std::unexpected(Error{
      fmt::format("service {}: {}, another run, has started it on port {}, and two runs "
                  "cannot share it: wait until that one ends, or give this application other ports",
                  service.name, who, service.port)});
}

}  // namespace

Command ServiceCommand(const Service& service, const ServiceOptions& options) {
  Command command{service.command, service.environment, service.working_directory};
  for (const auto& [name, value] : options.environment) command.environment[name] = value;
  if (!options.coverage_directory.empty()) {
    command.environment["LLVM_PROFILE_FILE"] =
        ProfilePattern(service.name, options.coverage_directory);
  }
  return command;
}

fs::path LogFile(const Service& service, const ServiceOptions& options) {
  return options.log_directory / (service.name + ".log");
}

Services::Services(Application application, ServiceOptions options)
    : application_(std::move(application)), options_(std::move(options)) {}

Services::~Services() { Stop(); }

std::expected<void, Error> Services::Start() {
  if (auto made = MakeDirectory(options_.log_directory); !made) return made;
  if (!options_.coverage_directory.empty()) {
    if (auto made = MakeDirectory(options_.coverage_directory); !made) return made;
  }
  std::vector<const Service*> waiting;
  std::expected<void, Error> result;
  for (const Service& service : application_.services) {
    result = StartUnlessRunning(service, waiting);
    if (!result) break;
  }
  if (result) result = WaitUntilHealthy(waiting);
  if (!result) Stop();
  return result;
}

std::expected<void, Error> Services::StartUnlessRunning(const Service& service,
                                                        std::vector<const Service*>& waiting) {
  if (started_.contains(service.name)) return {};
  if (const auto other = ClaimedByAnother(service.port)) return OfAnotherRun(service, *other);
  const HealthReport report = CheckHealth(service);
  if (report.health == Health::kHealthy) return {};
  if (report.health == Health::kUnhealthy) {
    return std::unexpected(Error{fmt::format(
        "service {}: port {} is used by something that does not answer the health check {}: {}",
        service.name, service.port, HealthUrl(service), report.reason)});
  }
  auto claim = ClaimPort(service.port);
  if (!claim) return OfAnotherRun(service, claim.error());
  claims_[service.name] = *std::move(claim);
  std::error_code ignored;
  fs::remove(LogFile(service, options_), ignored);
  if (!options_.coverage_directory.empty()) {
    RemoveProfiles(service.name, options_.coverage_directory);
  }
  if (auto started = StartOne(service); !started) return started;
  waiting.push_back(&service);
  return {};
}

std::expected<void, Error> Services::StartOne(const Service& service) {
  std::error_code no_log_yet;
  const auto size = fs::file_size(LogFile(service, options_), no_log_yet);
  const size_t log_begins = no_log_yet ? 0 : size;
  auto process = BackgroundProcess::Start(ServiceCommand(service, options_),
                                          LogFile(service, options_), options_.kind);
  if (!process) {
    return std::unexpected(
        Error{fmt::format("service {}: {}", service.name, process.error().message)});
  }
  started_.insert_or_assign(service.name, *std::move(process));
  log_begins_[service.name] = log_begins;
  return {};
}

std::expected<void, Error> Services::WaitUntilHealthy(std::vector<const Service*> waiting) {
  const auto deadline = Clock::now() + options_.start_timeout;
  while (!waiting.empty()) {
    std::string reason;
    for (const Service* service : std::vector(waiting)) {
      if (const auto status = started_.at(service->name).Poll()) {
        return std::unexpected(
            WithLog(*service, fmt::format("it ended while starting: {}", ToString(*status))));
      }
      const HealthReport report = CheckHealth(*service);
      if (report.health == Health::kHealthy) {
        std::erase(waiting, service);
      } else if (service == waiting.front()) {
        reason = report.reason;
      }
    }
    if (waiting.empty()) break;
    if (Clock::now() >= deadline) {
      return std::unexpected(WithLog(
          *waiting.front(), fmt::format("not healthy after {} s: {}: {}",
                                        static_cast<double>(options_.start_timeout.count()) / 1000,
                                        HealthUrl(*waiting.front()), reason)));
    }
    pollfd stop{options_.stop_fd, POLLIN, 0};
    if (::poll(&stop, 1, kHealthInterval.count()) > 0) {
      return std::unexpected(
          Error{fmt::format("stopped while waiting for service {}", waiting.front()->name)});
    }
  }
  return {};
}

Error Services::WithLog(const Service& service, std::string message) const {
  const fs::path file = LogFile(service, options_);
  const auto begins = log_begins_.find(service.name);
  std::string tail = LogTail(file, begins == log_begins_.end() ? 0 : begins->second);
  if (tail.ends_with('\n')) tail.pop_back();
  return Error{tail.empty() ? fmt::format("service {}: {} (its log {} is empty)", service.name,
                                          message, file.string())
                            : fmt::format("service {}: {}; the end of its log {}:\n{}",
                                          service.name, message, file.string(), tail)};
}

std::vector<BrokenService> Services::FindBroken(Check check) {
  std::vector<BrokenService> broken;
  for (const Service& service : application_.services) {
    const auto started = started_.find(service.name);
    const bool listens = IsListening(service);
    const auto find_end = [&](milliseconds patience) {
      return started == started_.end() ? "" : FindEnd(started->second, patience);
    };
    std::string what = find_end(listens ? milliseconds(0) : kDeathThroes);
    if (what.empty() && !listens) what = "no longer listens";
    if (what.empty() && check == Check::kHealth) {
      const HealthReport report = CheckHealth(service);
      if (report.health != Health::kHealthy) {
        what = find_end(kDeathThroes);  // it may have died while it was asked
        if (what.empty()) {
          what = fmt::format("no longer answers {}: {}", HealthUrl(service), report.reason);
        }
      }
    }
    if (what.empty()) continue;
    broken.push_back({service.name, what,
                      started == started_.end()
                          ? ""
                          : LogTail(LogFile(service, options_), log_begins_[service.name])});
  }
  return broken;
}

std::expected<void, Error> Services::Restart(const std::string& name) {
  const auto it = std::find_if(application_.services.begin(), application_.services.end(),
                               [&](const Service& service) { return service.name == name; });
  if (it == application_.services.end()) {
    return std::unexpected(
        Error{fmt::format("service {}: {} does not name it", name, application_.file.string())});
  }
  if (const auto running = started_.find(name); running != started_.end()) {
    running->second.Stop(options_.stop_grace);
  } else if (IsListening(*it)) {
    return std::unexpected(Error{fmt::format(
        "service {}: it has to be started again by whoever started it: not done here", name)});
  }
  if (auto started = StartOne(*it); !started) return started;
  return WaitUntilHealthy({&*it});
}

void Services::Stop() {
  for (auto& [name, process] : started_) process.Terminate();
  for (auto& [name, process] : started_) process.Stop(options_.stop_grace);
  started_.clear();
  claims_.clear();
}

std::map<std::string, pid_t> Services::pids() const {
  std::map<std::string, pid_t> pids;
  for (const auto& [name, process] : started_) pids[name] = process.pid();
  return pids;
}

void Services::Release() {
  for (auto& [name, process] : started_) process.Release();
  started_.clear();
  claims_.clear();
}

}  // namespace filibuster
