#include "planner/explore.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <utility>

#include "planner/causes.h"
#include "planner/hash_set.h"
#include "planner/prediction.h"

namespace filibuster {
namespace {

// Independent of the order of the faults.
std::uint64_t HashOf(const FaultSet& faults) {
  std::uint64_t hash = faults.size();
  for (const CallFault& fault : faults) {
    std::uint64_t mixed = (std::uint64_t{fault.call} << 32 | fault.fault) + 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    hash += mixed ^ (mixed >> 31);
  }
  return hash;
}

Equivalence EquivalenceOf(Reduction reduction) {
  if (reduction == Reduction::kOutcomes) return Equivalence::kOutcome;
  return reduction == Reduction::kSound ? Equivalence::kResult : Equivalence::kEntry;
}

class Explorer {
 public:
  Explorer(TestRunner& runner, FaultSpace& space, CallTable& calls, const ExploreOptions& options,
           const ExploreCallbacks& callbacks)
      : runner_(runner),
        faults_(space, calls),
        calls_(calls),
        options_(options),
        callbacks_(callbacks),
        started_(options.now()),
        labels_(calls, options.facts, EquivalenceOf(options.reduction)),
        dynamic_(calls),
        prediction_(calls, labels_),
        scheduled_(options.order, labels_, options.seed) {}

  Exploration Run() {
    Execute({}, {});
    while (!scheduled_.empty() && result_.ended_by.empty()) {
      if (auto reason = MustEnd()) {
        result_.ended_by = *std::move(reason);
      } else {
        TakeNext();
      }
    }
    TakeUpFailedLater(!result_.cancelled && !result_.error);
    for (const ScheduledSet& set : scheduled_.TakeAll()) {
      result_.skipped.push_back({0, set.faults(), NotReached{result_.ended_by}});
    }
    DropPlanned();
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

  bool predicts() const { return options_.reduction == Reduction::kSound || merges_branches(); }
  bool merges_branches() const {
    return options_.reduction == Reduction::kHandlers || options_.reduction == Reduction::kOutcomes;
  }

  void TakeNext() {
    const ScheduledSet set = scheduled_.Pop();
    const FaultSet faults = set.faults();
    if (options_.reduction == Reduction::kDynamic) {
      if (auto executions = dynamic_.ImpliedBy(set)) {
        return Skip(faults, set.prefix(), Implied{*std::move(executions)});
      }
    }
    if (predicts()) {
      if (const auto executions = prediction_.CoveredBy(set)) {
        return Skip(faults, set.prefix(), Implied{*executions});
      }
      if (auto predicted = prediction_.Predict(set)) {
        Skip(faults, set.prefix(), Implied{predicted->shown_by});
        // The sets that extend it may show something new.
        prediction_.Cover(*predicted, set.position);
        return Extend(std::make_shared<Trace>(*std::move(predicted)), set.prefix());
      }
    }
    const auto trace = Execute(faults, set.prefix());
    if (predicts() && trace) prediction_.Cover(*trace, set.position);
  }

  Step StepFor(const FaultSet& faults, std::span<const CallEvent> prefix) {
    return {.number = ++number_,
            .faults = faults,
            .prefix = prefix,
            .pruned = result_.pruned,
            .remaining = scheduled_.size()};
  }

  void Skip(const FaultSet& faults, std::span<const CallEvent> prefix, SkipReason reason) {
    const Step step = StepFor(faults, prefix);
    if (callbacks_.started) callbacks_.started(step);
    if (callbacks_.skipped) callbacks_.skipped(step, reason);
    ++result_.pruned;
    result_.skipped.push_back({step.number, faults, std::move(reason)});
  }

  // Null if nothing is to follow.
  std::shared_ptr<const Trace> Execute(const FaultSet& faults, std::span<const CallEvent> prefix) {
    const Step step = StepFor(faults, prefix);
    if (callbacks_.started) callbacks_.started(step);
    auto run = faults.empty() ? RunBaseline() : runner_.Run(faults, calls_);
    TakeUpFailedLater(false);
    if (!run) {
      result_.cancelled = options_.cancelled && options_.cancelled();
      result_.ended_by = result_.cancelled ? "interrupted" : "an error of the infrastructure";
      if (!result_.cancelled) result_.error = std::move(run.error());
      return nullptr;
    }
    TestExecution& execution = *run;
    execution.faults = faults;
    CheckDelivery(execution, calls_);
    if (callbacks_.finished) callbacks_.finished(step, execution);

    const bool undelivered = std::holds_alternative<Undelivered>(execution.verdict);
    const auto trace = std::make_shared<const Trace>(Trace{{step.number}, faults, execution.calls});
    result_.Record(step.number, std::move(execution));
    if (result_.baseline_failed()) {
      result_.ended_by = "the fault-free execution failed";
      return nullptr;
    }
    // What extends a set that was not delivered would not be delivered either.
    if (undelivered) return nullptr;
    if (options_.reduction == Reduction::kDynamic) dynamic_.Learn(*trace);
    if (predicts()) prediction_.Learn(*trace);
    Extend(trace, prefix);
    if (result_.failed != 0 && !options_.keep_going) {
      result_.ended_by = "the first failing execution";
    }
    return trace;
  }

  // The last of the fault-free runs: the first may have found everything cold. Parts of execution
  // indexes that differ between them are left out from here on.
  std::expected<TestExecution, Error> RunBaseline() {
    auto run = runner_.Run({}, calls_);
    if (!run) return run;
    const CallLog first = run->log;
    for (int i = 1; i < options_.baseline_runs; ++i) {
      if (!std::holds_alternative<Passed>(run->verdict)) return run;
      auto again = runner_.Run({}, calls_);
      if (options_.cancelled && options_.cancelled()) return run;
      run = std::move(again);
      if (!run) return run;
      for (CallDifference& difference : CompareRuns(first, run->log)) {
        if (std::ranges::find(result_.differences, difference) == result_.differences.end()) {
          result_.differences.push_back(std::move(difference));
        }
      }
    }
    result_.unplanned = SitesThatAreGone(result_.differences, run->log);
    result_.causes = CauseWarnings(run->log);
    if (const auto unstable = UnstableSitesOf(result_.differences); !unstable.empty()) {
      calls_.LeaveOut(unstable);
      MakeStable(unstable, run->log);
      run->calls = calls_.Enter(run->log);
      run->answers = calls_.EnterAnswers(run->log);
    }
    return run;
  }

  // A call that a run without faults did not make may have been made, and failed, under one.
  void DropPlanned() {
    const auto drop = [&](const FaultSet& faults) {
      for (const CallFault& fault : faults) {
        std::erase(result_.unplanned, CallSiteKey(calls_.call(fault.call).invocation));
      }
    };
    if (result_.unplanned.empty()) return;
    for (const ExecutionRecord& execution : result_.executions) drop(execution.faults);
    for (const SkippedSet& set : result_.skipped) drop(set.faults);
  }

  // They were recorded as what they seemed to be.
  void TakeUpFailedLater(bool all_done) {
    for (TestExecution& execution : runner_.FailedLater(calls_, all_done)) {
      const auto record =
          std::ranges::find(result_.executions, execution.faults, &ExecutionRecord::faults);
      if (record == result_.executions.end()) continue;
      if (std::holds_alternative<Failed>(record->verdict)) continue;
      result_.undelivered -= std::holds_alternative<Undelivered>(record->verdict);
      record->verdict = execution.verdict;
      record->output = OutputEnd(execution.output);
      ++result_.failed;
      if (callbacks_.failed_later) callbacks_.failed_later(record->number, execution);
      if (!options_.keep_going && result_.ended_by.empty()) {
        result_.ended_by = "the first failing execution";
      }
      if (result_.first_failure_at && *result_.first_failure_at < record->number) continue;
      result_.first_failure_at = record->number;
      result_.first_failure = std::move(execution);
      if (result_.baseline_failed()) result_.ended_by = "the fault-free execution failed";
    }
  }

  // Schedules each call beyond the prefix with each fault that applies: exceptions first, because a
  // call fails with them before it reaches a service, whose errors come next, and then the calls
  // that this service made.
  void Extend(const std::shared_ptr<const Trace>& trace, std::span<const CallEvent> prefix) {
    in_prefix_.assign(calls_.size(), false);
    for (const CallEvent& event : prefix) in_prefix_[event.call] = true;
    // Concurrent calls may have come in another order: one that fails already is before no other.
    for (const CallFault& fault : trace->faults) in_prefix_[fault.call] = true;
    for (std::uint32_t i = 0; i < trace->calls.size(); ++i) {
      const CallEvent& event = trace->calls[i];
      if (in_prefix_[event.call]) continue;
      const CallFaults& faults = faults_.Of(event.form);
      tried_.clear();
      for (const FaultId fault : faults.exceptions) Add({trace, i, fault});
      if (!event.received) continue;
      for (const FaultId fault : faults.errors) Add({trace, i, fault});
    }
  }

  void Add(ScheduledSet set) {
    FaultSet faults = set.faults();
    if (!seen_.Insert(HashOf(faults))) return;
    if (options_.max_faults && faults.size() > static_cast<size_t>(*options_.max_faults)) {
      result_.skipped.push_back({0, std::move(faults), OverMaxFaults{*options_.max_faults}});
      return;
    }
    if (merges_branches()) {
      const CallEvent& event = set.trace->calls[set.position];
      const auto label = labels_.Of(event, calls_.ResultOfFault(set.fault));
      const auto same = std::ranges::find(tried_, label, &std::pair<std::uint32_t, FaultId>::first);
      if (same != tried_.end()) {
        ++result_.pruned;
        result_.skipped.push_back({0, std::move(faults), SameAs(event, set.fault, same->second)});
        return;
      }
      tried_.emplace_back(label, set.fault);
    }
    scheduled_.Push(std::move(set));
  }

  SameBranch SameAs(const CallEvent& event, FaultId fault, FaultId tried) {
    SameBranch same{.fault = FaultName(calls_.fault(tried)), .where = "the caller sees the same"};
    const std::optional<Branch> branch = labels_.BranchOfFault(event, tried);
    if (branch) {
      same.where = branch->where;
      same.same_outcome = branch->entry != labels_.BranchOfFault(event, fault)->entry;
    }
    return same;
  }

  TestRunner& runner_;
  KnownFaults faults_;
  CallTable& calls_;
  const ExploreOptions& options_;
  const ExploreCallbacks& callbacks_;
  const std::chrono::steady_clock::time_point started_;

  Labels labels_;
  DynamicReduction dynamic_;
  Prediction prediction_;
  Schedule scheduled_;
  // Hashes of the sets that were scheduled. Two sets have the same but for a chance of 2^-64.
  HashSet seen_;
  std::vector<bool> in_prefix_;                           // by call; of one Extend
  std::vector<std::pair<std::uint32_t, FaultId>> tried_;  // labels of one call; of one Extend
  int number_ = 0;
  Exploration result_;
};

}  // namespace

Exploration Explore(TestRunner& runner, FaultSpace& space, CallTable& calls,
                    const ExploreOptions& options, const ExploreCallbacks& callbacks) {
  return Explorer(runner, space, calls, options, callbacks).Run();
}

void CheckDelivery(TestExecution& execution, const CallTable& calls) {
  Undelivered undelivered;
  for (const CallFault& planned : execution.faults) {
    bool made = false;
    for (const CallEvent& event : execution.calls) {
      if (event.call != planned.call) continue;
      made = true;
      if (event.fault == planned.fault) continue;
      std::string seen = "the call was made, and how it ended was never reported";
      if (IsLatency(calls.fault(planned.fault))) {
        seen = "the callee was not reached";
      } else if (event.result != kNoResult) {
        seen = fmt::format("the caller saw {} instead", ResultName(calls.result(event.result)));
      }
      undelivered.reasons.push_back(fmt::format("{}: {}", calls.Describe(planned), seen));
      break;  // calls that are one for the planner need one reason
    }
    if (!made) {
      undelivered.reasons.push_back(
          fmt::format("{}: the call was not made", calls.Describe(planned)));
    }
  }
  if (undelivered.reasons.empty()) return;
  if (const auto* failed = std::get_if<Failed>(&execution.verdict)) {
    undelivered.status = failed->status;
  }
  execution.verdict = std::move(undelivered);
}

void Exploration::Record(int number, TestExecution execution) {
  const bool passed = std::holds_alternative<Passed>(execution.verdict);
  executions.push_back({.number = number,
                        .faults = execution.faults,
                        .calls = execution.calls,
                        .answers = execution.answers,
                        .verdict = execution.verdict,
                        .duration = execution.duration,
                        .output = passed ? "" : OutputEnd(execution.output)});
  undelivered += std::holds_alternative<Undelivered>(execution.verdict);
  if (!std::holds_alternative<Failed>(execution.verdict)) return;
  if (failed++ == 0) {
    first_failure_at = number;
    first_failure = std::move(execution);
  }
}

bool Exploration::injected() const {
  return std::ranges::any_of(executions, [](const ExecutionRecord& execution) {
    return !execution.faults.empty() && !std::holds_alternative<Undelivered>(execution.verdict);
  });
}

std::ostream& operator<<(std::ostream& out, const SkipReason& reason) {
  if (const auto* implied = std::get_if<Implied>(&reason)) {
    return out << fmt::format("implied by execution{} {}",
                              implied->executions.size() == 1 ? "" : "s",
                              fmt::join(implied->executions, " and "));
  }
  if (const auto* same = std::get_if<SameBranch>(&reason)) {
    return out << (same->same_outcome ? "same outcome as fault " : "same branch as fault ")
               << same->fault << ": " << same->where;
  }
  if (const auto* over = std::get_if<OverMaxFaults>(&reason)) {
    return out << "over --max-faults " << over->max_faults;
  }
  return out << "not reached: " << std::get<NotReached>(reason).ended_by;
}

}  // namespace filibuster
