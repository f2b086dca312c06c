#include "planner/bugs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace filibuster {
namespace {

// The branch that a fault takes at its call site, wherever in the execution that is.
class Causes {
 public:
  Causes(const CallTable& calls, const HandlerFacts& facts) : calls_(calls), facts_(facts) {}

  // Equal for faults with the same cause.
  std::string KeyOf(const CallFault& fault, const ExecutionRecord& execution) const {
    const Invocation& call = calls_.call(fault.call).invocation;
    const auto branch = BranchOf(fault, execution);
    return fmt::format("{} {}", Json{CallSiteKey(call), call.args}.dump(),
                       branch ? branch->entry : FaultName(calls_.fault(fault.fault)));
  }

  std::string TextOf(const CallFault& fault, const ExecutionRecord& execution) const {
    const auto branch = BranchOf(fault, execution);
    return calls_.Describe(fault) + (branch ? fmt::format(", taken by {}", branch->where) : "");
  }

 private:
  std::optional<Branch> BranchOf(const CallFault& fault, const ExecutionRecord& execution) const {
    if (!facts_) return std::nullopt;
    const auto event = std::ranges::find(execution.calls, fault.call, &CallEvent::call);
    if (event == execution.calls.end()) return std::nullopt;
    return facts_(calls_.form(event->form), calls_.result(calls_.ResultOfFault(fault.fault)));
  }

  const CallTable& calls_;
  const HandlerFacts& facts_;
};

std::set<std::string> KeysOf(const FaultSet& faults, const ExecutionRecord& execution,
                             const Causes& causes) {
  std::set<std::string> keys;
  for (const CallFault& fault : faults) keys.insert(causes.KeyOf(fault, execution));
  return keys;
}

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
  std::vector<std::set<std::string>> keys;  // of each bug
  for (const ExecutionRecord* execution : failing) {
    const std::string& status = std::get<Failed>(execution->verdict).status;
    const auto all = KeysOf(execution->faults, *execution, causes);
    const auto find = [&](const auto& fits) -> Bug* {
      for (size_t i = 0; i < bugs.size(); ++i) {
        if (bugs[i].status == status && fits(keys[i])) return &bugs[i];
      }
      return nullptr;
    };
    Bug* bug = find([&](const auto& bug_keys) { return std::ranges::includes(all, bug_keys); });
    if (bug == nullptr) {
      auto minimized = Minimize(execution->faults, oracle);
      if (!minimized) return std::unexpected(std::move(minimized.error()));
      const auto needed = KeysOf(minimized->faults, *execution, causes);
      bug = find([&](const auto& bug_keys) { return bug_keys == needed; });
      if (bug == nullptr) {
        std::vector<std::string> texts;
        for (const CallFault& fault : minimized->faults) {
          texts.push_back(causes.TextOf(fault, *execution));
        }
        keys.push_back(needed);
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
