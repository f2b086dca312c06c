#include "runner/load.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/console.h"
#include "base/file.h"
#include "planner/counterexample.h"
#include "planner/replay.h"
#include "runner/console_report.h"
#include "runner/load_guard.h"
#include "runner/load_statistics.h"
#include "runner/process_runner.h"
#include "runner/progress.h"
#include "runtime/command.h"
#include "runtime/process.h"
#include "runtime/signals.h"

namespace filibuster {
namespace {

constexpr int kPassed = 0;
constexpr int kFailed = 1;
constexpr int kNothingToSay = 2;
constexpr int kInterrupted = 128;  // and the signal's number

constexpr char kLogDirectory[] = ".filibuster/logs";

// What the options name, read and checked before anything runs.
struct Inputs {
  Command functional_test;
  Counterexample counterexample;
  std::optional<Application> application;
};

std::expected<Inputs, Error> ReadInputs(const LoadOptions& options) {
  auto argv = ParseCommand(options.functional_test);
  if (!argv) return std::unexpected(argv.error());
  auto counterexample = ReadCounterexample(options.counterexample_file);
  if (!counterexample) return std::unexpected(counterexample.error());
  if (!counterexample->unstable.empty()) {
    return std::unexpected(Error{fmt::format(
        "{}: its calls differ between runs, and cannot be told apart when many run at a time",
        options.counterexample_file.string())});
  }
  if (options.report_file) {
    if (auto writable = CheckWritable(*options.report_file); !writable) {
      return std::unexpected(writable.error());
    }
  }
  std::optional<Application> application;
  if (options.application_file) {
    auto read = ReadApplication(*options.application_file);
    if (!read) return std::unexpected(read.error());
    application = *std::move(read);
  }
  return Inputs{.functional_test = {.argv = *std::move(argv)},
                .counterexample = *std::move(counterexample),
                .application = std::move(application)};
}

// All requests, made by as many threads as are to be at a time.
class Requests {
 public:
  Requests(const LoadOptions& options, const Command& command, int stop_fd)
      : options_(options), command_(command), stop_fd_(stop_fd) {
    if (options.live) line_.emplace();
  }

  std::expected<std::vector<LoadRequest>, Error> Make() {
    {
      std::vector<std::jthread> workers;
      for (int i = 0; i < options_.concurrency; ++i) workers.emplace_back([this] { Work(); });
    }
    line_.reset();
    if (error_) return std::unexpected(*error_);
    return std::move(requests_);
  }

  // The first request that failed; null: none did.
  const TestExecution* first_failed() const { return first_failed_ ? &*first_failed_ : nullptr; }

 private:
  void Work() {
    for (int i = 0; i < options_.num_requests; ++i) {
      auto run = RunCommand(command_, {.timeout = options_.timeout, .stop_fd = stop_fd_});
      const std::lock_guard lock(mutex_);
      if (!run && !error_) error_ = run.error();
      if (error_ || std::holds_alternative<Stopped>(run->status)) return;
      Enter(*std::move(run));
    }
  }

  void Enter(RunResult run) {
    LoadRequest request{.latency = std::chrono::duration_cast<Latency>(run.duration)};
    if (run.status != TerminationStatus(ExitCode{0})) {
      request.failure = ToString(run.status);
      if (failed_++ == 0) {
        first_failed_ = {.verdict = Failed{request.failure}, .output = std::move(run.output)};
      }
    }
    requests_.push_back(std::move(request));
    if (!line_) return;
    const size_t total = static_cast<size_t>(options_.concurrency) * options_.num_requests;
    line_->Set({.done = requests_.size(),
                .failed = failed_,
                .scheduled = total - requests_.size(),
                .now = fmt::format("{} at a time", options_.concurrency)});
  }

  const LoadOptions& options_;
  const Command& command_;
  const int stop_fd_;
  std::optional<ProgressLine> line_;
  std::mutex mutex_;
  std::vector<LoadRequest> requests_;  // guarded by mutex_, as all that follows
  size_t failed_ = 0;
  std::optional<TestExecution> first_failed_;
  std::optional<Error> error_;
};

class Load {
 public:
  // `services`: null, or running.
  Load(const LoadOptions& options, const Inputs& inputs, Command command, ControlServer& server,
       Services* services, const StopSignals& signals)
      : options_(options),
        counterexample_(inputs.counterexample),
        command_(std::move(command)),
        server_(server),
        services_(services),
        signals_(signals) {}

  int Run() {
    const auto faults = FindFaults();
    if (signals_.received() != 0) return Interrupted("Interrupted before the load.");
    if (!faults) return NothingToSay(faults.error());

    server_.BeginLoad(calls_.Planned(*faults));
    Requests requests(options_, command_, signals_.fd());
    const auto began = std::chrono::steady_clock::now();
    const auto made = requests.Make();
    LoadReport report{.functional_test = options_.functional_test,
                      .counterexample_file = options_.counterexample_file.string(),
                      .concurrency = options_.concurrency,
                      .num_requests = options_.num_requests,
                      .max_latency = options_.max_latency,
                      .duration = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - began),
                      .interrupted = signals_.received() != 0};
    LoadLog log = server_.EndLoad();
    if (!made) return NothingToSay(made.error());

    report.statistics = Summarize(*made, options_.max_latency);
    for (const CallFault& fault : *faults) {
      report.faults.push_back({calls_.Describe(fault),
                               log.injected[calls_.call(fault.call).invocation.execution_index]});
    }
    for (const std::string& refused : log.bad_requests) LogWarning("refused: {}", refused);
    if (services_ != nullptr && !report.interrupted) FindBrokenServices(report);
    if (requests.first_failed() != nullptr) DescribeFailure(calls_, *requests.first_failed());
    std::fputs(LoadReportToText(report).c_str(), stdout);
    std::fflush(stdout);
    if (options_.report_file) {
      if (const auto kept = WriteFile(*options_.report_file, LoadReportToJson(report)); !kept) {
        return NothingToSay(kept.error());
      }
    }
    return Verdict(report);
  }

 private:
  // The calls to fail, as one run without load shows them.
  std::expected<FaultSet, Error> FindFaults() {
    LogInfo("Replaying the counterexample once before the load.");
    ProcessRunner runner(server_, {.functional_test = ProcessTest(server_, command_,
                                                                  options_.timeout, signals_.fd()),
                                   .services = services_});
    const auto replay = ReplayCounterexample(counterexample_, runner, calls_);
    if (!replay) return std::unexpected(replay.error());
    for (const std::string& matched : replay->matched) LogWarning("{}", matched);
    const TestExecution& execution = replay->execution;
    if (const auto* undelivered = std::get_if<Undelivered>(&execution.verdict)) {
      if (!undelivered->status.empty()) DescribeFailure(calls_, execution);
      return std::unexpected(Error{fmt::format(
          "a fault of the counterexample was not delivered: {}", undelivered->reasons.front())});
    }
    LogNotice("Load under: {}", DescribeFaults(calls_, execution.faults));
    return execution.faults;
  }

  void FindBrokenServices(LoadReport& report) const {
    for (const BrokenService& broken : services_->FindBroken(Services::Check::kHealth)) {
      report.broken_services.push_back(fmt::format("{} {}", broken.name, broken.what));
      if (!broken.log.empty()) LogFail("The log of {} ends:\n{}", broken.name, broken.log);
    }
  }

  int Verdict(const LoadReport& report) const {
    if (report.interrupted) return Interrupted("Interrupted; the numbers are those until then.");
    for (const LoadFault& fault : report.faults) {
      const auto requests = static_cast<int>(report.statistics.requests);
      if (fault.injected == 0) {
        return NothingToSay(
            {fmt::format("no call of the load got this fault: {}; it is of a later "
                         "request of the functional test, and those are not told "
                         "apart under load",
                         fault.fault)});
      }
      if (fault.injected != requests) {
        LogWarning("{} requests, and {} calls that got the fault {}", requests, fault.injected,
                   fault.fault);
      }
    }
    return report.statistics.failed > 0 || !report.broken_services.empty() ? kFailed : kPassed;
  }

  int Interrupted(const char* what) const {
    LogFail("{}", what);
    return kInterrupted + signals_.received();
  }

  static int NothingToSay(const Error& error) {
    LogFail("{}", error.message);
    return kNothingToSay;
  }

  const LoadOptions& options_;
  const Counterexample& counterexample_;
  const Command command_;
  ControlServer& server_;
  Services* const services_;
  const StopSignals& signals_;
  CallTable calls_;
};

}  // namespace

int RunLoad(const LoadOptions& options) {
  const auto inputs = ReadInputs(options);
  if (!inputs) {
    LogFail("{}", inputs.error().message);
    return kNothingToSay;
  }
  const StopSignals signals;
  std::signal(SIGPIPE, SIG_IGN);
  const auto server = ControlServer::Start(options.server);
  if (!server) {
    LogFail("{}", server.error().message);
    return kNothingToSay;
  }
  LogInfo("Control server listening on {}", (*server)->url());
  Command command = inputs->functional_test;
  command.environment["FILIBUSTER_URL"] = (*server)->url();
  if (const auto guarded = GuardAddresses(inputs->application, (*server)->port(), command);
      !guarded) {
    LogFail("{}", guarded.error().message);
    return kNothingToSay;
  }

  std::unique_ptr<Services> services;
  if (inputs->application) {
    services = std::make_unique<Services>(
        *inputs->application, ServiceOptions{.environment = {{"FILIBUSTER_URL", (*server)->url()}},
                                             .log_directory = kLogDirectory,
                                             .stop_fd = signals.fd()});
    LogInfo("Starting the services of {}; their logs: {}/", options.application_file->string(),
            kLogDirectory);
    if (const auto started = services->Start(); !started) {
      LogFail("{}", started.error().message);
      return signals.received() != 0 ? kInterrupted + signals.received() : kNothingToSay;
    }
  }
  return Load(options, *inputs, std::move(command), **server, services.get(), signals).Run();
}

}  // namespace filibuster
