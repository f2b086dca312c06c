#include "planner/handler_facts.h"

#include <algorithm>

namespace filibuster {

const Labels::Known& Labels::Find(const CallEvent& event, ResultId result) {
  if (known_.size() <= event.call) known_.resize(calls_.size());
  const CallForm& form = calls_.form(event.form);
  std::deque<Known>& known = known_[event.call];
  for (const Known& candidate : known) {
    if (candidate.result == result && candidate.site == form.site) return candidate;
  }
  Known found{.site = form.site, .result = result};
  if (facts_ && result != kNoResult) found.branch = facts_(form, calls_.result(result));
  // Results without facts have even numbers, branches odd ones.
  found.label = 2 * result;
  if (found.branch && equivalence_ != Equivalence::kResult) {
    const std::string& key =
        equivalence_ == Equivalence::kEntry ? found.branch->entry : found.branch->outcome;
    const auto number = static_cast<std::uint32_t>(keys_.size());
    found.label = 2 * keys_.try_emplace(key, number).first->second + 1;
  }
  return known.emplace_back(std::move(found));
}

std::uint32_t Labels::Of(const CallEvent& event, ResultId result) {
  return Find(event, result).label;
}

const std::optional<Branch>& Labels::BranchOf(const CallEvent& event, ResultId result) {
  return Find(event, result).branch;
}

}  // namespace filibuster
