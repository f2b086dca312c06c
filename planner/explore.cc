#include "planner/explore.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <ostream>
#include <unordered_set>
#include <utility>

namespace filibuster {
namespace {

// Independent of the order of the faults.
std::size_t HashOf(const FaultSet& faults) {
  std::size_t hash = faults.size();
  for (const CallFault& fault : faults) {
    std::uint64_t mixed = (std::uint64_t{fault.call} << 32 | fault.fault) + 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    hash += mixed ^ (mixed >> 31);
  }
  return hash;
}

class Explorer {
 public:
  Explorer(TestRunner& runner, FaultSpace& space, CallTable& calls, const ExploreOptions& options,
           const ExploreCallbacks& callbacks)
      : runner_(runner),
        space_(space),
        calls_(calls),
        options_(options),
        callbacks_(callbacks),
        started_(options.now()),
        dynamic_(calls) {}

  Exploration Run() {
    Execute({}, {});
    while (!scheduled_.empty() && result_.ended_by.empty()) {
      if (auto reason = MustEnd()) {
        result_.ended_by = *std::move(reason);
      } else {
        TakeNext();
      }
    }
    for (const ScheduledSet& set : scheduled_) {
      result_.skipped.push_back({0, set.faults(), NotReached{result_.ended_by}});
    }
    return std::move(result_);
  }

 private:
  std::optional<std::string> MustEnd() {
    if (options_.only_initial_execution) return "--only-initial-execution";
    if (options_.cancelled && options_.cancelled()) {
      result_.cancelled = true;
      return "interrupted";
    }
    if (options_.max_tests &&
        result_.executions.size() >= static_cast<size_t>(*options_.max_tests)) {
      return fmt::format("--max-tests {}", *options_.max_tests);
    }
    if (options_.time_budget && options_.now() - started_ >= *options_.time_budget) {
      return fmt::format("--time-budget {} s",
                         std::chrono::duration<double>(*options_.time_budget).count());
    }
    return std::nullopt;
  }

  void TakeNext() {
    ScheduledSet set;
    if (options_.order == Order::kLifo) {
      set = std::move(scheduled_.back());
      scheduled_.pop_back();
    } else {
      set = std::move(scheduled_.front());
      scheduled_.pop_front();
    }
    if (options_.reduction == Reduction::kDynamic) {
      if (auto executions = dynamic_.ImpliedBy(set)) {
        Skip(set, Implied{*std::move(executions)});
        return;
      }
    }
    Execute(set.faults(), set.prefix());
  }

  Step StepFor(const FaultSet& faults, std::span<const CallEvent> prefix) {
    return {.number = ++number_,
            .faults = faults,
            .prefix = prefix,
            .pruned = pruned_,
            .remaining = scheduled_.size()};
  }

  void Skip(const ScheduledSet& set, SkipReason reason) {
    FaultSet faults = set.faults();
    const Step step = StepFor(faults, set.prefix());
    if (callbacks_.started) callbacks_.started(step);
    if (callbacks_.skipped) callbacks_.skipped(step, reason);
    ++pruned_;
    result_.skipped.push_back({step.number, std::move(faults), std::move(reason)});
  }

  void Execute(const FaultSet& faults, std::span<const CallEvent> prefix) {
    const Step step = StepFor(faults, prefix);
    if (callbacks_.started) callbacks_.started(step);
    auto run = runner_.Run(faults, calls_);
    if (!run) {
      result_.ended_by = "an error of the infrastructure";
      result_.error = std::move(run.error());
      return;
    }
    TestExecution& execution = *run;
    execution.faults = faults;
    CheckDelivery(execution, calls_);
    if (callbacks_.finished) callbacks_.finished(step, execution);

    auto trace = std::make_shared<Trace>(Trace{step.number, faults, execution.calls});
    const bool failed = std::holds_alternative<Failed>(execution.verdict);
    result_.failed += failed;
    result_.undelivered += std::holds_alternative<Undelivered>(execution.verdict);
    result_.executions.push_back({.number = step.number,
                                  .faults = faults,
                                  .calls = execution.calls,
                                  .verdict = execution.verdict,
                                  .duration = execution.duration});
    if (failed && !result_.first_failure) {
      result_.first_failure_at = step.number;
      result_.first_failure = std::move(execution);
    }
    if (options_.reduction == Reduction::kDynamic) dynamic_.Learn(*trace);
    if (failed && step.number == 1) {
      result_.ended_by = "the fault-free execution failed";
      return;
    }
    Schedule(std::move(trace), prefix);
    if (failed && !options_.keep_going) result_.ended_by = "the first failing execution";
  }

  // Each call beyond the prefix, with each fault that applies: exceptions first, because a call
  // fails with them before it reaches a service, whose errors come next, and then that service's
  // own calls.
  void Schedule(std::shared_ptr<const Trace> trace, std::span<const CallEvent> prefix) {
    in_prefix_.assign(calls_.size(), false);
    for (const CallEvent& event : prefix) in_prefix_[event.call] = true;
    for (std::uint32_t i = 0; i < trace->calls.size(); ++i) {
      const CallEvent& event = trace->calls[i];
      if (in_prefix_[event.call]) continue;
      const CallFaults& faults = space_.FaultsOf(event.call, calls_);
      for (const FaultId fault : faults.exceptions) Add({trace, i, fault});
      if (!event.received) continue;
      for (const FaultId fault : faults.errors) Add({trace, i, fault});
    }
  }

  void Add(ScheduledSet set) {
    FaultSet faults = set.faults();
    if (!seen_.insert(HashOf(faults)).second) return;
    if (options_.max_faults && faults.size() > static_cast<size_t>(*options_.max_faults)) {
      result_.skipped.push_back({0, std::move(faults), OverMaxFaults{*options_.max_faults}});
      return;
    }
    scheduled_.push_back(std::move(set));
  }

  TestRunner& runner_;
  FaultSpace& space_;
  CallTable& calls_;
  const ExploreOptions& options_;
  const ExploreCallbacks& callbacks_;
  const std::chrono::steady_clock::time_point started_;

  DynamicReduction dynamic_;
  std::deque<ScheduledSet> scheduled_;
  std::unordered_set<std::size_t> seen_;  // hashes of the sets that were scheduled
  std::vector<bool> in_prefix_;           // by call; of one Schedule
  int number_ = 0;
  size_t pruned_ = 0;
  Exploration result_;
};

}  // namespace

size_t Exploration::pruned() const {
  return static_cast<size_t>(std::ranges::count_if(
      skipped, [](const SkippedSet& set) { return std::holds_alternative<Implied>(set.reason); }));
}

Exploration Explore(TestRunner& runner, FaultSpace& space, CallTable& calls,
                    const ExploreOptions& options, const ExploreCallbacks& callbacks) {
  return Explorer(runner, space, calls, options, callbacks).Run();
}

void CheckDelivery(TestExecution& execution, const CallTable& calls) {
  if (!std::holds_alternative<Passed>(execution.verdict)) return;
  Undelivered undelivered;
  for (const CallFault& planned : execution.faults) {
    const auto event = std::ranges::find(execution.calls, planned.call, &CallEvent::call);
    if (event == execution.calls.end()) {
      undelivered.reasons.push_back(
          fmt::format("{}: the call was not made", calls.Describe(planned)));
    } else if (event->fault != planned.fault) {
      undelivered.reasons.push_back(
          fmt::format("{}: the call was made and the fault not injected", calls.Describe(planned)));
    }
  }
  if (!undelivered.reasons.empty()) execution.verdict = std::move(undelivered);
}

std::ostream& operator<<(std::ostream& out, const SkipReason& reason) {
  if (const auto* implied = std::get_if<Implied>(&reason)) {
    return out << fmt::format("implied by execution{} {}",
                              implied->executions.size() == 1 ? "" : "s",
                              fmt::join(implied->executions, " and "));
  }
  if (const auto* over = std::get_if<OverMaxFaults>(&reason)) {
    return out << "over --max-faults " << over->max_faults;
  }
  return out << "not reached: " << std::get<NotReached>(reason).ended_by;
}

}  // namespace filibuster
