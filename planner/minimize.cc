#include "planner/minimize.h"

#include <algorithm>
#include <utility>

namespace filibuster {

void FailureOracle::Remember(const FaultSet& faults, const Verdict& verdict) {
  FaultSet sorted = faults;
  std::ranges::sort(sorted);
  const auto* failed = std::get_if<Failed>(&verdict);
  known_[std::move(sorted)] = failed != nullptr ? failed->status : std::string();
}

std::expected<std::string, Error> FailureOracle::Failure(const FaultSet& faults) {
  FaultSet sorted = faults;
  std::ranges::sort(sorted);
  if (const auto it = known_.find(sorted); it != known_.end()) return it->second;
  if (runs_left_ <= 0) {
    ++unanswered_;
    return std::string();
  }
  --runs_left_;
  auto run = runner_.Run(faults, calls_);
  if (!run) return std::unexpected(std::move(run.error()));
  // A failure under other faults than these is none of theirs.
  const bool delivered = std::ranges::all_of(faults, [&](const CallFault& planned) {
    return std::ranges::any_of(run->calls, [&](const CallEvent& event) {
      return event.call == planned.call && event.fault == planned.fault;
    });
  });
  const auto* failed = std::get_if<Failed>(&run->verdict);
  return known_[std::move(sorted)] =
             failed != nullptr && delivered ? failed->status : std::string();
}

std::expected<Minimized, Error> Minimize(FaultSet faults, FailureOracle& oracle) {
  const auto status = oracle.Failure(faults);
  if (!status) return std::unexpected(status.error());
  const int unanswered = oracle.unanswered();
  size_t chunks = 2;
  while (faults.size() > 1) {
    chunks = std::min(chunks, faults.size());
    bool reduced = false;
    for (size_t i = 0; i < chunks && !reduced; ++i) {
      const auto begin = faults.begin() + static_cast<long>(faults.size() * i / chunks);
      const auto end = faults.begin() + static_cast<long>(faults.size() * (i + 1) / chunks);
      FaultSet rest(faults.begin(), begin);
      rest.insert(rest.end(), end, faults.end());
      const auto failure = oracle.Failure(rest);
      if (!failure) return std::unexpected(failure.error());
      if (failure->empty() || *failure != *status) continue;
      faults = std::move(rest);
      chunks = std::max<size_t>(chunks - 1, 2);
      reduced = true;
    }
    if (reduced) continue;
    if (chunks == faults.size()) {
      return Minimized{std::move(faults), oracle.unanswered() == unanswered};
    }
    chunks *= 2;
  }
  return Minimized{std::move(faults), true};
}

}  // namespace filibuster
