#include "planner/bugs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "planner/counterexample.h"

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

// What is known of a bug: its cause, and each set of calls in which it was found.
struct Known {
  Keys sites;
  std::vector<Keys> calls;
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

  std::vector<Bug> bugs;
  std::vector<Known> known;  // of each bug
  for (const ExecutionRecord* execution : failing) {
    const std::string& status = std::get<Failed>(execution->verdict).status;
    const auto all = causes.CallKeysOf(execution->faults, *execution);
    const auto find = [&](const auto& fits) -> Bug* {
      for (size_t i = 0; i < bugs.size(); ++i) {
        if (bugs[i].status == status && fits(known[i])) return &bugs[i];
      }
      return nullptr;
    };
    Bug* bug = find([&](const Known& it) {
      return std::ranges::any_of(
          it.calls, [&](const Keys& calls) { return std::ranges::includes(all, calls); });
    });
    if (bug == nullptr) {
      auto minimized = Minimize(execution->faults, oracle);
      if (!minimized) return std::unexpected(std::move(minimized.error()));
      const auto needed = causes.SiteKeysOf(minimized->faults, *execution);
      const auto needed_calls = causes.CallKeysOf(minimized->faults, *execution);
      bug = find([&](const Known& it) { return it.sites == needed; });
      if (bug != nullptr) {
        known[static_cast<size_t>(bug - bugs.data())].calls.push_back(needed_calls);
      } else {
        std::vector<std::string> texts;
        for (const CallFault& fault : minimized->faults) {
          texts.push_back(causes.TextOf(fault, *execution));
        }
        known.push_back({needed, {needed_calls}});
        const auto seen = oracle.CallsUnder(minimized->faults);
        bug = &bugs.emplace_back(Bug{.cause = fmt::format("{}", fmt::join(texts, " and ")),
                                     .status = status,
                                     .counterexample = std::move(minimized->faults),
                                     .calls = {seen.begin(), seen.end()},
                                     .minimal = minimized->minimal});
      }
    }
    bug->executions.push_back(execution->number);
  }
  for (Bug& bug : bugs) std::ranges::sort(bug.executions);
  std::ranges::sort(bugs, {}, [](const Bug& bug) { return bug.executions.front(); });
  return bugs;
}

}  // namespace filibuster
