#include "planner/simulate.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <utility>

#include "analyzer/analysis_json.h"
#include "base/file.h"
#include "planner/application_model.h"
#include "planner/model_runner.h"
#include "planner/report.h"

namespace filibuster {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array kReductions = {Reduction::kNone, Reduction::kDynamic, Reduction::kSound,
                                    Reduction::kHandlers, Reduction::kOutcomes};

// Takes the time that the runner behind it needs.
class TimedRunner : public TestRunner {
 public:
  explicit TimedRunner(TestRunner& runner) : runner_(runner) {}

  std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) override {
    const auto started = Clock::now();
    auto execution = runner_.Run(faults, calls);
    spent += Clock::now() - started;
    return execution;
  }

  Clock::duration spent{0};

 private:
  TestRunner& runner_;
};

void CountReasons(const std::vector<SkippedSet>& skipped, SimulationResult& result) {
  for (const SkippedSet& set : skipped) {
    result.implied += std::holds_alternative<Implied>(set.reason);
    result.same_branch += std::holds_alternative<SameBranch>(set.reason);
    result.over_max_faults += std::holds_alternative<OverMaxFaults>(set.reason);
    result.not_reached += std::holds_alternative<NotReached>(set.reason);
  }
}

std::expected<SimulationResult, Error> SimulateOnce(const ApplicationModel& model,
                                                    const Analysis& analysis,
                                                    const SimulateOptions& options,
                                                    Reduction reduction) {
  const auto started = Clock::now();
  auto space = FaultSpace::Create(analysis);
  if (!space) {
    return std::unexpected(
        Error{fmt::format("{}: {}", options.analysis->string(), space.error().message)});
  }
  CallTable calls;
  ModelRunner model_runner(model);
  TimedRunner runner(model_runner);
  ExploreOptions explore = options.explore;
  explore.reduction = reduction;
  explore.facts = model_runner.Facts();
  explore.keep_going = true;
  const Exploration exploration = Explore(runner, *space, calls, explore);
  if (exploration.error) return std::unexpected(*exploration.error);
  const std::chrono::duration<double, std::milli> planning = Clock::now() - started - runner.spent;

  const Report report{.functional_test = model.file,
                      .options = explore,
                      .exploration = exploration,
                      .calls = calls};
  const auto& behaviours = model_runner.behaviours();
  SimulationResult result{.reduction = std::string(ReductionName(reduction)),
                          .order = std::string(OrderName(explore.order)),
                          .executions = exploration.executions.size(),
                          .pruned = exploration.pruned,
                          .failed = exploration.failed,
                          .first_failure_at = exploration.first_failure_at,
                          .behaviours = reduction == Reduction::kOutcomes
                                            ? behaviours.by_outcome.size()
                                            : behaviours.by_entry.size(),
                          .behaviours_by_outcome = behaviours.by_outcome.size(),
                          .verdict = VerdictText(report),
                          .planning_ms = planning.count()};
  CountReasons(exploration.skipped, result);
  if (options.report) {
    if (auto written = WriteFile(*options.report, ReportToJson(report)); !written) {
      return std::unexpected(written.error());
    }
  }
  return result;
}

std::int64_t PeakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

nlohmann::ordered_json ToOrderedJson(const SimulationResult& result) {
  nlohmann::ordered_json json = {{"reduction", result.reduction},
                                 {"order", result.order},
                                 {"executions", result.executions},
                                 {"pruned", result.pruned},
                                 {"implied", result.implied},
                                 {"same_branch", result.same_branch},
                                 {"over_max_faults", result.over_max_faults},
                                 {"not_reached", result.not_reached},
                                 {"failed", result.failed}};
  json["first_failure_at"] = nullptr;
  if (result.first_failure_at) json["first_failure_at"] = *result.first_failure_at;
  json["behaviours"] = result.behaviours;
  json["behaviours_by_outcome"] = result.behaviours_by_outcome;
  json["verdict"] = result.verdict;
  json["planning_ms"] = result.planning_ms;
  return json;
}

}  // namespace

std::expected<Simulation, Error> Simulate(const SimulateOptions& options) {
  const auto model = ReadModel(options.model);
  if (!model) return std::unexpected(model.error());
  Analysis analysis = DefaultAnalysis();
  if (options.analysis) {
    auto read = ReadAnalysis(*options.analysis);
    if (!read) return std::unexpected(read.error());
    analysis = *std::move(read);
  }
  Simulation simulation{.model = model->name.empty() ? model->file : model->name};
  std::vector<Reduction> reductions = {options.explore.reduction};
  if (options.compare) reductions.assign(kReductions.begin(), kReductions.end());
  for (const Reduction reduction : reductions) {
    auto result = SimulateOnce(*model, analysis, options, reduction);
    if (!result) return std::unexpected(result.error());
    simulation.results.push_back(*std::move(result));
  }
  simulation.peak_memory_bytes = PeakMemory();
  return simulation;
}

std::string SimulationToText(const Simulation& simulation) {
  std::string text = fmt::format("{}\n", simulation.model);
  text += fmt::format("{:<10} {:<7} {:>10} {:>8} {:>8} {:>12} {:>14} {:>10} {:>12}\n", "reduction",
                      "order", "executions", "pruned", "implied", "same branch", "first failure",
                      "behaviours", "planning ms");
  for (const SimulationResult& result : simulation.results) {
    text += fmt::format("{:<10} {:<7} {:>10} {:>8} {:>8} {:>12} {:>14} {:>10} {:>12.1f}\n",
                        result.reduction, result.order, result.executions, result.pruned,
                        result.implied, result.same_branch,
                        result.first_failure_at ? std::to_string(*result.first_failure_at) : "-",
                        result.behaviours, result.planning_ms);
  }
  for (const SimulationResult& result : simulation.results) {
    text += fmt::format("{}: {}\n", result.reduction, result.verdict);
  }
  text += fmt::format("peak memory: {:.1f} MiB\n",
                      static_cast<double>(simulation.peak_memory_bytes) / (1 << 20));
  return text;
}

std::string SimulationToJson(const Simulation& simulation, bool compare) {
  nlohmann::ordered_json json = {{"schema_version", 1}, {"model", simulation.model}};
  if (compare) {
    nlohmann::ordered_json& reductions = json["reductions"] = nlohmann::ordered_json::object();
    for (const SimulationResult& result : simulation.results) {
      reductions[result.reduction] = ToOrderedJson(result);
    }
  } else {
    json.update(ToOrderedJson(simulation.results.front()));
  }
  json["peak_memory_bytes"] = simulation.peak_memory_bytes;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace filibuster
