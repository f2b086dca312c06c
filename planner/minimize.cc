#include "planner/minimize.h"

#include <algorithm>
#include <utility>

namespace filibuster {

namespace {

FaultSet Sorted(FaultSet faults) {
  std::ranges::sort(faults);
  return faults;
}

std::string StatusOf(const Verdict& verdict) {
  const auto* failed = std::get_if<Failed>(&verdict);
  return failed != nullptr ? failed->status : std::string();
}

}  // namespace

void FailureOracle::Remember(const ExecutionRecord& execution) {
  known_[Sorted(execution.faults)] = {StatusOf(execution.verdict),
                                      {execution.calls, execution.answers, execution.output}};
}

FailureOracle::Seen FailureOracle::SeenUnder(const FaultSet& faults) const {
  const auto it = known_.find(Sorted(faults));
  return it == known_.end() ? Seen() : it->second.seen;
}

std::expected<std::string, Error> FailureOracle::Failure(const FaultSet& faults) {
  FaultSet sorted = Sorted(faults);
  if (const auto it = known_.find(sorted); it != known_.end()) return it->second.status;
  if (runs_left_ <= 0) {
    ++unanswered_;
    return std::string();
  }
  --runs_left_;
  auto run = runner_.Run(faults, calls_);
  if (!run) return std::unexpected(std::move(run.error()));
  run->faults = faults;
  CheckDelivery(*run, calls_);
  std::string status = StatusOf(run->verdict);
  const TestExecution& own = own_.emplace_back(TestExecution{.calls = std::move(run->calls),
                                                             .answers = std::move(run->answers),
                                                             .output = OutputEnd(run->output)});
  known_[std::move(sorted)] = {status, {own.calls, own.answers, own.output}};
  return status;
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
