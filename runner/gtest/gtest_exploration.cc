#include "filibuster/detail/gtest_exploration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "analyzer/analysis_json.h"
#include "planner/bugs.h"
#include "planner/call_sites.h"
#include "planner/handler_coverage.h"
#include "planner/report.h"
#include "planner/service_map.h"
#include "planner/words.h"
#include "runner/gtest/execution_name.h"
#include "runner/gtest/flags.h"
#include "runner/gtest/test_process.h"
#include "runner/gtest/watchdog.h"
#include "runner/process_runner.h"
#include "runner/report_files.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr char kAssertionFailed[] = "an assertion failed";
constexpr int kDefaultPort = 5005;  // where services that run already look for us

std::unique_ptr<TestProcess>& Process() {
  static auto& process = *new std::unique_ptr<TestProcess>;
  return process;
}

std::expected<ExploreOptions, Error> ExploreOptionsOf(const TestOptions& options) {
  ExploreOptions explore{.baseline_runs = std::max(options.baseline_runs, 1),
                         .keep_going = options.keep_going};
  const auto reduction = ReductionFromName(options.reduction);
  if (!reduction) return std::unexpected(Error{"reduction: found " + options.reduction});
  explore.reduction = *reduction;
  if (options.max_tests > 0) explore.max_tests = options.max_tests;
  if (options.max_faults > 0) explore.max_faults = options.max_faults;
  if (options.time_budget > 0) {
    explore.time_budget = std::chrono::ceil<std::chrono::milliseconds>(
        std::chrono::duration<double>(options.time_budget));
  }
  return explore;
}

// One FILIBUSTER_TEST, from its options to what is said of it.
class TestExploration {
 public:
  TestExploration(ControlServer& server, Services* services, Analysis analysis, FaultSpace space,
                  TestOptions options, ExploreOptions explore,
                  const std::function<detail::BodyResult()>& body,
                  const std::function<std::string(const std::string&)>& name_of)
      : options_(std::move(options)),
        explore_(std::move(explore)),
        analysis_(std::move(analysis)),
        space_(std::move(space)),
        name_of_(name_of),
        runner_(server, {.functional_test = [this, &body] { return RunBody(body); },
                         .services = services}) {
    explore_.cancelled = [this] { return was_skipped_; };
  }

  detail::ExploredTest ExploreAll() {
    CallSites sites(analysis_, calls_);
    explore_.facts = sites.Facts();
    explore_.order =
        OrderFromName(options_.order).value_or(sites.empty() ? Order::kLifo : Order::kGuided);
    const auto started = std::chrono::steady_clock::now();
    std::map<int, TestExecution> told;
    const Exploration exploration = filibuster::Explore(
        runner_, space_, calls_, explore_,
        {.started =
             [this](const Step& step) {
               Announce(step.faults, {.calls = {step.prefix.begin(), step.prefix.end()}});
             },
         .finished =
             [&](const Step& step, const TestExecution& execution) {
               if (!std::holds_alternative<Passed>(execution.verdict))
                 told[step.number] = execution;
             },
         .failed_later = [&](int number,
                             const TestExecution& execution) { told[number] = execution; }});
    const auto elapsed = std::chrono::steady_clock::now() - started;
    if (was_skipped_) return Skipped();
    for (const auto& [number, execution] : told) {
      if (std::holds_alternative<Undelivered>(execution.verdict)) TellUndelivered(execution);
    }
    if (exploration.baseline_failed()) {
      TellFailed(*exploration.first_failure);
      result_.failures.back() += "It fails without faults; none was injected.";
    } else if (exploration.error) {
      result_.failures.push_back(exploration.error->message);
    }
    const std::vector<Bug> bugs = TellBugs(exploration, told);
    if (result_.failures.empty() && !exploration.injected()) TellNothingInjected(exploration);

    const Report report{.functional_test = name_of_(""),
                        .options = explore_,
                        .exploration = exploration,
                        .calls = calls_,
                        .bugs = bugs,
                        .handlers = CoverHandlers(exploration, sites, space_, calls_),
                        .warnings = DifferenceWarnings(exploration),
                        .map = MapServices(exploration, bugs, space_, calls_),
                        .sites = &sites,
                        .elapsed = elapsed};
    result_.executions = static_cast<int>(exploration.executions.size());
    result_.summary =
        fmt::format("{} executions, {} fault sets skipped as nothing new; {}",
                    exploration.executions.size(), exploration.pruned, VerdictText(report));
    KeepReport(report);
    return std::move(result_);
  }

  // Each fault is of a call that is seen under the faults before it.
  detail::ExploredTest RunPicked(const std::string& picked) {
    const std::vector<std::string> parts = *PartsOfExecutionName(picked);
    explore_.only_initial_execution = true;
    Announce({}, {});
    const Exploration baseline = filibuster::Explore(runner_, space_, calls_, explore_);
    if (was_skipped_) return Skipped();
    if (baseline.error) return Fail(baseline.error->message);
    if (baseline.first_failure) {
      TellFailed(*baseline.first_failure);
      return std::move(result_);
    }
    TestExecution execution{.calls = baseline.executions.front().calls};
    for (const std::string& part : parts) {
      const auto fault = FindFault(part, execution, space_, calls_);
      if (!fault) {
        return Fail(fmt::format("{}: no call that is made is the one that {} fails", picked, part));
      }
      FaultSet faults = execution.faults;
      faults.push_back(*fault);
      Announce(faults, execution);
      auto run = runner_.Run(faults, calls_);
      if (!run) return Fail(run.error().message);
      execution = *std::move(run);
      execution.faults = std::move(faults);
    }
    CheckDelivery(execution, calls_);
    if (std::holds_alternative<Undelivered>(execution.verdict)) TellUndelivered(execution);
    if (std::holds_alternative<Failed>(execution.verdict)) TellFailed(execution);
    for (const TestExecution& later : runner_.FailedLater(calls_, true)) TellFailed(later);
    result_.executions = 1;
    result_.summary = FaultSetWords(calls_, execution.faults) +
                      (result_.failures.empty() ? ": passed" : ": failed");
    return std::move(result_);
  }

 private:
  struct Announced {
    std::string faults;  // in words; empty: an execution is run again, to learn more of it
    std::string name;
  };

  // In GoogleTest's manner, once the body is run: of a set that is skipped nothing is said. The
  // calls that fail are among those of `before`.
  void Announce(const FaultSet& faults, const TestExecution& before) {
    announced_ = {FaultSetWords(calls_, faults), name_of_(ExecutionName(faults, before, calls_))};
  }

  std::expected<TestRun, Error> RunBody(const std::function<detail::BodyResult()>& body) {
    const Announced announced = std::exchange(announced_, {});
    if (!announced.faults.empty()) fmt::print("[ FAULTS   ] {}\n", announced.faults);
    std::fflush(stdout);
    const auto started = std::chrono::steady_clock::now();
    detail::BodyResult result = RunInTime(body, announced);
    ++runs_;
    if (result.skipped && runs_ == 1) {
      was_skipped_ = true;
      result_.skipped = result.output;
    }
    return TestRun{.failure = result.failed ? kAssertionFailed : "",
                   .output = std::move(result.output),
                   .duration = std::chrono::steady_clock::now() - started};
  }

  detail::BodyResult RunInTime(const std::function<detail::BodyResult()>& body,
                               const Announced& announced) {
    if (options_.timeout <= 0) return body();
    const Watchdog watchdog(std::chrono::ceil<std::chrono::milliseconds>(
                                std::chrono::duration<double>(options_.timeout)),
                            [&] { TellHanging(announced); });
    return body();
  }

  // The last that is said: the process ends.
  void TellHanging(const Announced& announced) const {
    fmt::print("[FILIBUSTER] Failure\nUnder the faults: {}\nno end after {} s (timeout)\n",
               announced.faults.empty() ? "those of a run to learn more of what was seen"
                                        : announced.faults,
               options_.timeout);
    if (!announced.name.empty()) fmt::print("Replay it: --gtest_filter={}\n", announced.name);
    fmt::print("[  FAILED  ] {}; the tests after it are not run\n", name_of_(""));
    std::fflush(stdout);
  }

  detail::ExploredTest Skipped() {
    result_.summary = "skipped";
    return std::move(result_);
  }

  detail::ExploredTest Fail(std::string message) {
    result_.failures.push_back(std::move(message));
    result_.summary = "nothing can be said";
    return std::move(result_);
  }

  std::string ReplayText(const TestExecution& execution) const {
    return fmt::format("Replay it: --gtest_filter={}\n",
                       name_of_(ExecutionName(execution.faults, execution, calls_)));
  }

  void TellFailed(const TestExecution& execution) {
    const std::string& status = std::get<Failed>(execution.verdict).status;
    const std::string seen = AnswersWords(calls_, execution.answers);
    result_.failures.push_back(fmt::format(
        "Under the faults: {}\n{}{}{}{}", FaultSetWords(calls_, execution.faults),
        seen.empty() ? "" : "Seen: " + seen + "\n", status == kAssertionFailed ? "" : status + "\n",
        execution.output, ReplayText(execution)));
  }

  void TellUndelivered(const TestExecution& execution) {
    const auto& undelivered = std::get<Undelivered>(execution.verdict);
    result_.failures.push_back(fmt::format("A planned fault was not delivered: {}\n{}{}",
                                           fmt::join(undelivered.reasons, "; "), execution.output,
                                           ReplayText(execution)));
  }

  // One failure for each bug, under its smallest counterexample.
  std::vector<Bug> TellBugs(const Exploration& exploration,
                            const std::map<int, TestExecution>& told) {
    if (exploration.failed == 0 || exploration.baseline_failed()) return {};
    FailureOracle oracle(runner_, calls_, explore_.minimize_tests);
    auto bugs = FindBugs(exploration, calls_, explore_.facts, oracle);
    if (!bugs) {
      TellFailed(*exploration.first_failure);
      return {};
    }
    for (Bug& bug : *bugs) {
      const auto smallest = std::ranges::find_if(
          told, [&](const auto& entry) { return entry.second.faults == bug.counterexample; });
      const TestExecution& shown =
          smallest != told.end() ? smallest->second : told.at(bug.executions.front());
      bug.replay = fmt::format("{} --gtest_filter={}", OwnArguments().front(),
                               name_of_(ExecutionName(shown.faults, shown, calls_)));
      TellFailed(shown);
      for (const AlikeFailure& alike : bug.alike) {
        result_.failures.back() += fmt::format("It looks the same under: {}\n",
                                               FaultSetWords(calls_, alike.counterexample));
      }
    }
    return *std::move(bugs);
  }

  void KeepReport(const Report& report) {
    if (options_.report_dir.empty()) return;
    std::string directory = report.functional_test;  // "Asked/FooTimes.Answers/0"
    std::ranges::replace(directory, '/', '_');
    const fs::path application = options_.application;
    const ReportFiles files{
        .directory = fs::path(options_.report_dir) / directory,
        .source_directories = {"services", application.parent_path() / "services"}};
    auto kept = CheckWritable(files);
    if (kept) kept = WriteReport(files, report);
    if (!kept) result_.failures.push_back(kept.error().message);
  }

  void TellNothingInjected(const Exploration& exploration) {
    if (!exploration.skipped.empty()) {
      result_.failures.push_back("No fault was injected: every fault set was skipped.");
    } else if (exploration.executions.front().calls.empty()) {
      result_.failures.push_back(
          fmt::format("No call between services was seen: no fault was injected.\nAre the services "
                      "instrumented, and do they run with FILIBUSTER_URL={} ?",
                      Process()->server().url()));
    } else {
      result_.failures.push_back(
          "No fault of the analysis applies to the calls that were seen: none was injected.");
    }
  }

  const TestOptions options_;
  ExploreOptions explore_;
  const Analysis analysis_;
  FaultSpace space_;
  const std::function<std::string(const std::string&)>& name_of_;
  CallTable calls_;
  ProcessRunner runner_;
  detail::ExploredTest result_;
  Announced announced_;  // what the next run of the body is under
  bool was_skipped_ = false;
  int runs_ = 0;
};

std::expected<std::unique_ptr<TestExploration>, Error> MakeExploration(
    const TestOptions& given, const std::function<detail::BodyResult()>& body,
    const std::function<std::string(const std::string&)>& name_of) {
  if (Process() == nullptr) return std::unexpected(Error{"the control server does not run"});
  const auto flags = ApplyFlags(OwnArguments(), given);
  if (!flags) return std::unexpected(flags.error());
  const TestOptions& options = flags->options;
  auto explore = ExploreOptionsOf(options);
  if (!explore) return std::unexpected(explore.error());
  auto analysis = options.analysis_file.empty() ? std::expected<Analysis, Error>(DefaultAnalysis())
                                                : ReadAnalysis(options.analysis_file);
  if (!analysis) return std::unexpected(analysis.error());
  auto space = FaultSpace::Create(*analysis);
  if (!space) return std::unexpected(space.error());
  Services* services = nullptr;
  if (!options.application.empty()) {
    const auto started = Process()->ServicesOf(options.application);
    if (!started) return std::unexpected(started.error());
    services = *started;
  }
  return std::make_unique<TestExploration>(Process()->server(), services, *std::move(analysis),
                                           *std::move(space), options, *std::move(explore), body,
                                           name_of);
}

}  // namespace

namespace detail {

std::vector<std::string> PickedExecutions(const std::string& test) {
  const char* environment = std::getenv("GTEST_FILTER");
  return PickedBy(OwnArguments(), environment != nullptr ? environment : "", test);
}

std::string StartTesting(const std::vector<RegisteredTest>& tests) {
  if (tests.empty()) return {};
  int port = 0;
  for (const RegisteredTest& test : tests) {
    const auto flags = ApplyFlags(OwnArguments(), test.options);
    if (!flags) return flags.error().message;
    if (flags->options.application.empty()) port = kDefaultPort;
    if (flags->port >= 0) port = flags->port;
  }
  // --gtest_repeat: what is instrumented in this process has read FILIBUSTER_URL once and for all.
  static int first_port = 0;
  auto process = TestProcess::Start(port == 0 ? first_port : port);
  if (!process) return process.error().message;
  first_port = (*process)->server().port();
  Process() = *std::move(process);
  return {};
}

void StopTesting() { Process().reset(); }

ExploredTest ExploreTest(const TestOptions& options, const std::string& picked,
                         const std::function<BodyResult()>& body,
                         const std::function<std::string(const std::string&)>& name_of) {
  const auto exploration = MakeExploration(options, body, name_of);
  if (!exploration) {
    return {.failures = {exploration.error().message}, .summary = "nothing can be said"};
  }
  return picked.empty() ? (*exploration)->ExploreAll() : (*exploration)->RunPicked(picked);
}

}  // namespace detail
}  // namespace filibuster
