// Application => its services, running: those that do not run are started, and end with us.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "runtime/application.h"
#include "runtime/process.h"
#include "runtime/unique_fd.h"

namespace filibuster {

struct ServiceOptions {
  std::map<std::string, std::string> environment;  // of each: FILIBUSTER_URL and the like
  std::filesystem::path log_directory;             // made if missing
  std::filesystem::path coverage_directory;        // empty: no coverage is collected
  std::chrono::milliseconds start_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds stop_grace = std::chrono::seconds(5);  // from SIGTERM to SIGKILL
  int stop_fd = -1;  // readable: no more waiting (see signals.h)
  BackgroundProcess::Kind kind = BackgroundProcess::Kind::kGroup;  // kSession: for Release()
};

// A service that ended though nobody stopped it, or that does not serve any more.
struct BrokenService {
  std::string name;
  std::string what;  // "died: signal 6 (SIGABRT, Aborted)", "no longer listens"
  std::string log;   // the end of it
};

// What runs, in which environment.
Command ServiceCommand(const Service& service, const ServiceOptions& options);
std::filesystem::path LogFile(const Service& service, const ServiceOptions& options);

class Services {
 public:
  Services(Application application, ServiceOptions options);
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  // Starts those that do not run, and waits until all are healthy. After an error those that it
  // started are stopped. A service that another run started is an error: it is that run's alone.
  std::expected<void, Error> Start();
  // After a test execution. kProcesses is cheap; kHealth asks each for its health, too, which takes
  // five seconds for one that hangs.
  enum class Check { kProcesses, kHealth };
  std::vector<BrokenService> FindBroken(Check check);
  // Ends what is left of a service that is broken, starts it, and waits until it is healthy.
  std::expected<void, Error> Restart(const std::string& name);
  // Ends those that we started.
  void Stop();
  // The process ids of those that we started, by service.
  std::map<std::string, pid_t> pids() const;
  // Lets those that we started live on.
  void Release();

  const Application& application() const { return application_; }

 private:
  std::expected<void, Error> StartUnlessRunning(const Service& service,
                                                std::vector<const Service*>& waiting);
  std::expected<void, Error> StartOne(const Service& service);
  std::expected<void, Error> WaitUntilHealthy(std::vector<const Service*> waiting);
  Error WithLog(const Service& service, std::string message) const;

  Application application_;
  ServiceOptions options_;
  std::map<std::string, BackgroundProcess> started_;
  std::map<std::string, UniqueFd> claims_;    // to the ports of those
  std::map<std::string, size_t> log_begins_;  // where in its log this life of a service begins
};

}  // namespace filibuster
