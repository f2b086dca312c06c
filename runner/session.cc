#include "runner/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/console.h"
#include "base/file.h"
#include "planner/bugs.h"
#include "planner/call_sites.h"
#include "planner/counterexample.h"
#include "planner/handler_coverage.h"
#include "planner/replay.h"
#include "planner/report.h"
#include "runner/console_report.h"
#include "runner/inputs.h"
#include "runner/process_runner.h"
#include "runner/replay_command.h"
#include "runner/silent_services.h"
#include "runner/terminal_report.h"
#include "runtime/command.h"
#include "runtime/coverage_profiles.h"
#include "runtime/signals.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr int kPassed = 0;
constexpr int kFailed = 1;
constexpr int kNothingToSay = 2;
constexpr int kInterrupted = 128;  // and the signal's number

constexpr char kLogDirectory[] = ".filibuster/logs";
constexpr char kFailingDirectory[] = ".filibuster/failing";  // executions, of the last run

bool KeepReport(const SessionOptions& options, const Report& report) {
  const auto written = WriteReport(options.report, report);
  if (!written) {
    LogFail("{}", written.error().message);
  } else if (options.report.directory) {
    LogNotice("Report written: {}", (*options.report.directory / "report.html").string());
  }
  return written.has_value();
}

class Session {
 public:
  // `services`: null, or running.
  Session(const SessionOptions& options, Inputs inputs, ControlServer& server, Services* services,
          const StopSignals& signals)
      : options_(options),
        inputs_(std::move(inputs)),
        signals_(signals),
        url_(server.url()),
        services_(services),
        runner_(server, {.functional_test = ProcessTest(server, inputs_.functional_test,
                                                        options.timeout, signals.fd()),
                         .services = services}) {}

  int Run() { return inputs_.counterexample ? Replay() : Explore(); }

 private:
  int Explore() {
    const auto started = std::chrono::steady_clock::now();
    CallSites sites(inputs_.analysis, calls_);
    ExploreOptions explore = options_.explore;
    explore.facts = sites.Facts();
    explore.order = options_.order.value_or(sites.empty() ? Order::kLifo : Order::kGuided);
    explore.cancelled = [this] { return signals_.received() != 0; };
    ConsoleReport console(calls_, options_.functional_test, options_.verbose);
    std::optional<TerminalReport> terminal;
    if (options_.live) {
      std::error_code ignored;
      fs::remove_all(kFailingDirectory, ignored);
      terminal.emplace(calls_, [this](int number, const TestExecution& execution) {
        return ReplayOf(number, execution);
      });
    }
    ExploreCallbacks callbacks = terminal ? terminal->Callbacks() : console.Callbacks();
    const auto tell = std::exchange(callbacks.finished, {});
    callbacks.finished = [&](const Step& step, const TestExecution& execution) {
      tell(step, execution);
      if (step.number == 1) KeepCoverage(Executions::kFaultFree);
      // At once: whatever becomes of the rest, this one is not lost.
      if (step.number > 1 && counterexamples_ == 0 &&
          std::holds_alternative<Failed>(execution.verdict)) {
        KeepCounterexample(NextFile(), execution, "Test failed");
      }
    };
    const auto tell_later = std::exchange(callbacks.failed_later, {});
    callbacks.failed_later = [&](int number, const TestExecution& execution) {
      tell_later(number, execution);
      if (number > 1 && counterexamples_ == 0) {
        KeepCounterexample(NextFile(), execution, "Test failed");
      }
    };

    LogNotice("Running test {}", options_.functional_test);
    Exploration exploration =
        filibuster::Explore(runner_, inputs_.space, calls_, explore, callbacks);
    KeepCoverage(Executions::kAll);
    std::vector<std::string> warnings = DifferenceWarnings(exploration);
    if (services_ != nullptr) {
      std::ranges::move(SilentServices(services_->application(), inputs_.analysis, calls_),
                        std::back_inserter(warnings));
    }
    if (explore.keep_going && IsSpoilt(exploration)) {
      warnings.push_back(
          "the functional test now fails without faults, too: a failing execution has left the "
          "application changed, and later ones may have failed for that; mend the first bug first");
    }
    const auto elapsed = std::chrono::steady_clock::now() - started;
    if (terminal) {
      terminal->Now("telling bugs apart");
    } else {
      console.Finish(exploration, elapsed);
    }
    for (const std::string& note : sites.notes()) LogWarning("{}", note);
    const auto bugs = FindDistinctBugs(exploration, explore);
    const Report report{.functional_test = options_.functional_test,
                        .options = explore,
                        .exploration = exploration,
                        .calls = calls_,
                        .bugs = bugs,
                        .handlers = CoverHandlers(exploration, sites, inputs_.space, calls_),
                        .warnings = std::move(warnings),
                        .map = MapServices(exploration, bugs, inputs_.space, calls_),
                        .sites = &sites,
                        .elapsed = elapsed};
    if (terminal) terminal->Finish(report, elapsed);
    DescribeHandlers(report.handlers);
    for (const std::string& warning : report.warnings) LogWarning("{}", warning);
    const int exit_code = Verdict(exploration);
    TellVerdict(report, exit_code);
    return KeepReport(report) ? exit_code : kNothingToSay;
  }

  static void TellVerdict(const Report& report, int exit_code) {
    if (exit_code == kFailed) return LogFail("{}", VerdictText(report));
    if (exit_code != kPassed) return;
    // Quiet or not: who reads no more than the exit code should know what it does not say.
    if (!report.exploration.ended_by.empty()) return LogWarning("{}", VerdictText(report));
    LogNotice("{}", VerdictText(report));
  }

  bool KeepReport(const Report& report) const { return filibuster::KeepReport(options_, report); }

  // What a failing execution leaves behind, every later one finds.
  bool IsSpoilt(const Exploration& exploration) {
    if (exploration.failed == 0 || exploration.baseline_failed()) return false;
    if (exploration.cancelled || exploration.error) return false;
    const auto again = runner_.Run({}, calls_);
    return again && std::holds_alternative<Failed>(again->verdict);
  }

  // Failing executions with one cause are one bug, of which the smallest counterexample is kept.
  std::vector<Bug> FindDistinctBugs(const Exploration& exploration, const ExploreOptions& explore) {
    if (exploration.failed == 0 || exploration.baseline_failed()) return {};
    if (exploration.cancelled) return {};
    FailureOracle oracle(runner_, calls_, explore.minimize_tests);
    auto bugs = FindBugs(exploration, calls_, explore.facts, oracle);
    if (!bugs) {
      LogWarning("The failing executions could not be told apart: {}", bugs.error().message);
      return {};
    }
    for (size_t i = 0; i < bugs->size(); ++i) {
      Bug& bug = (*bugs)[i];
      if (explore.keep_going && !options_.live) DescribeBug(bug, i + 1, bugs->size());
      const bool is_kept = i == 0 && bug.counterexample == exploration.first_failure->faults;
      bug.counterexample_file = i == 0 ? kCounterexampleFile : NextFile();
      bug.replay = ReplayCommand(options_, bug.counterexample_file);
      if (is_kept) continue;
      KeepCounterexample(bug.counterexample_file,
                         {.faults = bug.counterexample, .calls = bug.calls},
                         fmt::format("{}mallest counterexample of bug {}",
                                     bug.minimal ? "S" : "Not certainly the s", i + 1));
    }
    return *std::move(bugs);
  }

  void SayWhyNothingWasInjected(const Exploration& exploration) const {
    if (!exploration.skipped.empty()) {
      LogFail("No fault was injected: every fault set was skipped.");
      return;
    }
    std::set<std::string> methods;
    for (const CallEvent& event : exploration.executions.front().calls) {
      const Invocation& invocation = calls_.call(event.call).invocation;
      methods.insert(invocation.module + "." + invocation.method);
    }
    if (methods.empty()) {
      LogFail("No call between services was seen: no fault was injected.");
      LogFail("Are the services instrumented, and do they run with FILIBUSTER_URL={} ?", url_);
    } else {
      LogFail("No fault of the analysis applies to the calls that were seen: none was injected.");
      LogFail("They are of {}: no pattern matches these, or the restrictions are not met.",
              fmt::join(methods, ", "));
    }
  }

  int Verdict(const Exploration& exploration) {
    if (signals_.received() != 0) {
      LogFail("Interrupted; test executions until then: {}", exploration.executions.size());
      return kInterrupted + signals_.received();
    }
    if (exploration.error) LogFail("{}", exploration.error->message);
    if (exploration.baseline_failed()) {
      LogFail("The functional test fails without faults{}",
              exploration.executions.size() == 1
                  ? "; no fault was injected."
                  : ": that it failed under faults, too, says nothing.");
      return kNothingToSay;
    }
    if (exploration.failed > 0) return kFailed;
    if (exploration.error) return kNothingToSay;
    if (exploration.undelivered > 0) {
      LogFail("{} of {} test executions ran without a fault that was planned: this is no pass.",
              exploration.undelivered, exploration.executions.size());
      return kNothingToSay;
    }
    if (!exploration.injected() && !options_.explore.only_initial_execution) {
      SayWhyNothingWasInjected(exploration);
      return kNothingToSay;
    }
    return kPassed;
  }

  void KeepCoverage(Executions executions) const {
    if (!options_.coverage_directory) return;
    if (const auto kept = SnapshotProfiles(executions, *options_.coverage_directory); !kept) {
      LogWarning("{}", kept.error().message);
    }
  }

  // Until bugs are told apart, only the first failing execution has a file with the others.
  std::string ReplayOf(int number, const TestExecution& execution) const {
    if (counterexamples_ == 0) return ReplayCommand(options_, kCounterexampleFile);
    const std::string file = fmt::format("{}/test-{}.json", kFailingDirectory, number);
    std::error_code ignored;
    fs::create_directories(kFailingDirectory, ignored);
    const auto written = WriteFile(file, CounterexampleToText(MakeCounterexample(
                                             execution, calls_, options_.functional_test)));
    return written ? ReplayCommand(options_, file) : "";
  }

  // counterexample.json, then counterexample-2.json, …
  std::string NextFile() {
    const int number = ++counterexamples_;
    return number == 1 ? kCounterexampleFile : fmt::format("counterexample-{}.json", number);
  }

  void KeepCounterexample(const std::string& file, const TestExecution& execution,
                          std::string_view what) const {
    const auto written = WriteFile(file, CounterexampleToText(MakeCounterexample(
                                             execution, calls_, options_.functional_test)));
    if (!written) {
      return LogFail("{}; its counterexample is lost: {}", what, written.error().message);
    }
    LogFail("{}; counterexample file written: {}", what, file);
    if (options_.live) return;  // there it is said beside the failure
    // Who reads this in a log of CI does not know where it ran.
    LogFail("Replay it, in {}: {}", fs::current_path().string(), ReplayCommand(options_, file));
  }

  int Replay() {
    LogInfo("Counterexample loaded from file.");
    const std::string& written_for = inputs_.counterexample->functional_test;
    if (!written_for.empty() && written_for != options_.functional_test) {
      LogWarning("The counterexample was found with another functional test: {}", written_for);
    }
    LogNotice("Running test {}", options_.functional_test);
    auto replay = ReplayCounterexample(*inputs_.counterexample, runner_, calls_);
    KeepCoverage(Executions::kAll);
    if (signals_.received() != 0) {
      LogFail("Interrupted before the counterexample was replayed.");
      KeepReportOfReplay({.ended_by = "interrupted", .cancelled = true}, {});
      return kInterrupted + signals_.received();
    }
    if (!replay) {
      LogFail("{}", replay.error().message);
      KeepReportOfReplay({.ended_by = replay.error().message, .error = replay.error()}, {});
      return kNothingToSay;
    }
    TestExecution& execution = replay->execution;
    if (auto failed_later = runner_.FailedLater(calls_, true); !failed_later.empty()) {
      execution = std::move(failed_later.back());
    }
    DescribeTest(calls_, 1, execution.calls, execution.faults);
    for (const std::string& matched : replay->matched) LogWarning("{}", matched);
    const int exit_code = ReplayVerdict(execution);
    const auto warnings = replay->matched;
    const Exploration exploration = ExplorationOf(*std::move(replay));
    const bool kept = KeepReportOfReplay(exploration, warnings);
    return kept ? exit_code : kNothingToSay;
  }

  bool KeepReportOfReplay(const Exploration& exploration,
                          const std::vector<std::string>& warnings) {
    const auto map = MapServices(exploration, {}, inputs_.space, calls_);
    return KeepReport({.functional_test = options_.functional_test,
                       .exploration = exploration,
                       .calls = calls_,
                       .warnings = warnings,
                       .replayed = options_.counterexample_file->string(),
                       .map = map});
  }

  int ReplayVerdict(const TestExecution& execution) const {
    if (std::holds_alternative<Failed>(execution.verdict)) {
      DescribeFailure(calls_, execution);
      LogFail("Counterexample reproduced.");
      return kFailed;
    }
    if (const auto* undelivered = std::get_if<Undelivered>(&execution.verdict)) {
      for (const std::string& reason : undelivered->reasons) {
        LogFail("A fault of the counterexample was not delivered: {}", reason);
      }
      if (!undelivered->status.empty()) DescribeFailure(calls_, execution);
      return kNothingToSay;
    }
    LogNotice("Counterexample did not reproduce: the functional test passes under its faults.");
    return kPassed;
  }

  const SessionOptions& options_;
  Inputs inputs_;
  const StopSignals& signals_;
  const std::string url_;
  Services* const services_;
  CallTable calls_;
  ProcessRunner runner_;
  int counterexamples_ = 0;
};

}  // namespace

int RunSession(const SessionOptions& options) {
  auto inputs = ReadInputs(options);
  if (!inputs) {
    LogFail("{}", inputs.error().message);
    return kNothingToSay;
  }
  const StopSignals signals;
  // A reader of our output that goes away must not leave the services behind.
  std::signal(SIGPIPE, SIG_IGN);
  auto server = ControlServer::Start(options.server);
  if (!server) {
    LogFail("{}", server.error().message);
    return kNothingToSay;
  }
  LogInfo("Control server listening on {}", (*server)->url());

  std::unique_ptr<Services> services;
  if (inputs->application) {
    services = std::make_unique<Services>(
        *std::move(inputs->application),
        ServiceOptions{.environment = {{"FILIBUSTER_URL", (*server)->url()}},
                       .log_directory = kLogDirectory,
                       .coverage_directory = options.coverage_directory.value_or(fs::path()),
                       .stop_fd = signals.fd()});
    LogInfo("Starting the services of {}; their logs: {}/", options.application_file->string(),
            kLogDirectory);
    if (const auto started = services->Start(); !started) {
      const bool interrupted = signals.received() != 0;
      LogFail("{}", started.error().message);
      if (interrupted) LogFail("Interrupted before the first test execution.");
      const Exploration nothing{.ended_by = interrupted ? "interrupted" : started.error().message,
                                .cancelled = interrupted};
      KeepReport(options, {.functional_test = options.functional_test,
                           .options = options.explore,
                           .exploration = nothing,
                           .calls = CallTable()});
      return interrupted ? kInterrupted + signals.received() : kNothingToSay;
    }
    const auto pids = services->pids();
    for (const Service& service : services->application().services) {
      if (pids.contains(service.name)) continue;
      LogWarning(
          "Service {} runs already, on port {}: it is neither started nor stopped here, and "
          "takes part only if it has FILIBUSTER_URL={}",
          service.name, service.port, (*server)->url());
    }
  }
  return Session(options, *std::move(inputs), **server, services.get(), signals).Run();
}

}  // namespace filibuster
