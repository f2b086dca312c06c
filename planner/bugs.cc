#include "planner/bugs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "planner/counterexample.h"
#include "planner/failure_look.h"

namespace filibuster {
namespace {

// What faults do, each counted: two of one call site are not the same as one of them.
using Keys = std::multiset<std::string>;

// The branch that a fault takes at its call site, wherever in the execution that is.
class Causes {
 public:
  Causes(const CallTable& calls, const HandlerFacts& facts) : calls_(calls), facts_(facts) {}

  // Equal for faults with the same cause.
  Keys SiteKeysOf(const FaultSet& faults, const ExecutionRecord& execution) const {
    Keys keys;
    for (const CallFault& fault : faults) {
      keys.insert(SiteOf(fault.call) + " " + WayOf(fault, execution));
    }
    return keys;
  }

  // Equal for faults with the same cause in the same calls.
  Keys CallKeysOf(const FaultSet& faults, const ExecutionRecord& execution) const {
    Keys keys;
    for (const CallFault& fault : faults) {
      keys.insert(fmt::format("{} {}", fault.call, WayOf(fault, execution)));
    }
    return keys;
  }

  // Whether the analysis says of one of the faults that nobody takes it: that is a bug of its own,
  // whatever else looks like it.
  bool HasUnhandled(const FaultSet& faults, const ExecutionRecord& execution) const {
    return std::ranges::any_of(faults, [&](const CallFault& fault) {
      const auto branch = BranchOf(fault, execution);
      return branch && !branch->handled;
    });
  }

  // "foo -> bar (foo/foo.cc:17) for /bar/baz, call 2: 500": the target and the place among like
  // calls only where there are others that would read the same.
  std::string TextOf(const CallFault& fault, const ExecutionRecord& execution) const {
    const auto branch = BranchOf(fault, execution);
    return fmt::format("{}{}: {}{}", calls_.DescribeCall(fault.call),
                       WhichOf(fault.call, execution), FaultName(calls_.fault(fault.fault)),
                       branch ? fmt::format(", taken by {}", branch->where) : "");
  }

 private:
  std::string SiteOf(CallId call) const {
    const Invocation& invocation = calls_.call(call).invocation;
    return Json{CallSiteKey(invocation), invocation.args}.dump();
  }

  std::string WayOf(const CallFault& fault, const ExecutionRecord& execution) const {
    const auto branch = BranchOf(fault, execution);
    return branch ? branch->entry : FaultName(calls_.fault(fault.fault));
  }

  std::string WhichOf(CallId call, const ExecutionRecord& execution) const {
    const std::string text = calls_.DescribeCall(call);
    const std::string site = SiteOf(call);
    bool has_other_targets = false;
    bool is_repeated = false;
    for (CallId other = 1; other < calls_.size(); ++other) {
      if (other == call || calls_.DescribeCall(other) != text) continue;
      (SiteOf(other) == site ? is_repeated : has_other_targets) = true;
    }
    std::string which;
    const Json& args = calls_.call(call).invocation.args;
    if (has_other_targets && args.is_array() && !args.empty()) {
      which += " for " +
               (args[0].is_string() ? PathOfTarget(args[0].get<std::string>()) : args[0].dump());
    }
    if (is_repeated) {
      int occurrence = 0;
      for (const CallEvent& event : execution.calls) {
        occurrence += SiteOf(event.call) == site;
        if (event.call == call) break;
      }
      which += fmt::format(", call {}", occurrence);
    }
    return which;
  }

  std::optional<Branch> BranchOf(const CallFault& fault, const ExecutionRecord& execution) const {
    if (!facts_) return std::nullopt;
    const auto event = std::ranges::find(execution.calls, fault.call, &CallEvent::call);
    if (event == execution.calls.end()) return std::nullopt;
    return facts_(calls_.form(event->form), calls_.result(calls_.ResultOfFault(fault.fault)));
  }

  const CallTable& calls_;
  const HandlerFacts& facts_;
};

// A cause, and each set of calls in which it was found.
struct Known {
  std::string status;
  Keys sites;
  std::vector<Keys> calls;
  std::string look;
  size_t bug = 0;
  std::optional<size_t> alike;  // which of the bug's; nullopt: it is what the bug is named after
};

// Distinct bugs, as failing executions come, those with fewer faults first.
class Bugs {
 public:
  Bugs(const Causes& causes, const CallTable& calls, FailureOracle& oracle)
      : causes_(causes), calls_(calls), oracle_(oracle) {}

  std::expected<void, Error> Add(const ExecutionRecord& execution) {
    const std::string& status = std::get<Failed>(execution.verdict).status;
    const auto all = causes_.CallKeysOf(execution.faults, execution);
    const Known* known = Find(status, [&](const Known& it) {
      return std::ranges::any_of(
          it.calls, [&](const Keys& calls) { return std::ranges::includes(all, calls); });
    });
    if (known == nullptr) {
      auto minimized = Minimize(execution.faults, oracle_);
      if (!minimized) return std::unexpected(std::move(minimized.error()));
      const auto sites = causes_.SiteKeysOf(minimized->faults, execution);
      Known* const same = Find(status, [&](const Known& it) { return it.sites == sites; });
      if (same != nullptr) same->calls.push_back(causes_.CallKeysOf(minimized->faults, execution));
      known = same != nullptr ? same : &Enter(execution, sites, *std::move(minimized));
    }
    Bug& bug = bugs_[known->bug];
    bug.executions.push_back(execution.number);
    if (known->alike) bug.alike[*known->alike].executions.push_back(execution.number);
    return {};
  }

  std::vector<Bug> Take() {
    for (Bug& bug : bugs_) {
      std::ranges::sort(bug.executions);
      for (AlikeFailure& alike : bug.alike) std::ranges::sort(alike.executions);
    }
    std::ranges::sort(bugs_, {}, [](const Bug& bug) { return bug.executions.front(); });
    return std::move(bugs_);
  }

 private:
  template <typename Fits>
  Known* Find(const std::string& status, const Fits& fits) {
    const auto found = std::ranges::find_if(
        known_, [&](const Known& it) { return it.status == status && fits(it); });
    return found == known_.end() ? nullptr : &*found;
  }

  const Known& Enter(const ExecutionRecord& execution, const Keys& sites, Minimized minimized) {
    std::vector<std::string> texts;
    for (const CallFault& fault : minimized.faults) {
      texts.push_back(causes_.TextOf(fault, execution));
    }
    std::string cause = fmt::format("{}", fmt::join(texts, " and "));
    Known known{.status = std::get<Failed>(execution.verdict).status,
                .sites = sites,
                .calls = {causes_.CallKeysOf(minimized.faults, execution)}};
    const auto seen = oracle_.SeenUnder(minimized.faults);
    if (!causes_.HasUnhandled(minimized.faults, execution)) {
      known.look = FailureLook(known.status, seen.answers, seen.output, calls_);
    }
    const Known* const alike =
        known.look.empty()
            ? nullptr
            : Find(known.status, [&](const Known& it) { return it.look == known.look; });
    if (alike != nullptr) {
      known.bug = alike->bug;
      known.alike = bugs_[known.bug].alike.size();
      bugs_[known.bug].alike.push_back(
          {.cause = std::move(cause), .counterexample = std::move(minimized.faults)});
    } else {
      known.bug = bugs_.size();
      bugs_.push_back({.cause = std::move(cause),
                       .status = known.status,
                       .counterexample = std::move(minimized.faults),
                       .calls = {seen.calls.begin(), seen.calls.end()},
                       .answers = {seen.answers.begin(), seen.answers.end()},
                       .minimal = minimized.minimal});
    }
    return known_.emplace_back(std::move(known));
  }

  const Causes& causes_;
  const CallTable& calls_;
  FailureOracle& oracle_;
  std::vector<Bug> bugs_;
  std::deque<Known> known_;
};

}  // namespace

std::expected<std::vector<Bug>, Error> FindBugs(const Exploration& exploration,
                                                const CallTable& calls, const HandlerFacts& facts,
                                                FailureOracle& oracle) {
  const Causes causes(calls, facts);
  std::vector<const ExecutionRecord*> failing;
  for (const ExecutionRecord& execution : exploration.executions) {
    oracle.Remember(execution);
    const bool failed = std::holds_alternative<Failed>(execution.verdict);
    if (failed && !execution.faults.empty()) failing.push_back(&execution);
  }
  // Small sets first: most of the others contain one of them.
  std::ranges::stable_sort(failing, {},
                           [](const auto* execution) { return execution->faults.size(); });
  Bugs bugs(causes, calls, oracle);
  for (const ExecutionRecord* execution : failing) {
    if (auto added = bugs.Add(*execution); !added) return std::unexpected(std::move(added.error()));
  }
  return bugs.Take();
}

}  // namespace filibuster
