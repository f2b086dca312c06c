#include "planner/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace filibuster {
namespace {

bool Planned(const FaultSet& faults, CallId call) {
  return std::ranges::find(faults, call, &CallFault::call) != faults.end();
}

bool Made(const TestExecution& execution, CallId call) {
  return std::ranges::find(execution.calls, call, &CallEvent::call) != execution.calls.end();
}

KnownCall KnownFrom(const CallDescription& call) {
  KnownCall known{.target_service_name = call.target_service};
  Invocation& invocation = known.invocation;
  invocation.source_service_name = call.service;
  invocation.module = call.module;
  invocation.method = call.method;
  invocation.args = call.args;
  invocation.callsite_file = call.callsite_file;
  invocation.callsite_line = call.callsite_line;
  invocation.execution_index = call.execution_index;
  return known;
}

// The call of `execution` that is like `wanted`, and as the same one of those that are.
std::optional<CallId> FindAlike(const TestExecution& execution, const FaultSet& faults,
                                const CallDescription& wanted, const CallTable& calls) {
  const std::string likeness = LikenessOf(KnownFrom(wanted).invocation);
  int occurrence = 0;
  for (const CallEvent& event : execution.calls) {
    if (LikenessOf(calls.call(event.call).invocation) != likeness) continue;
    if (++occurrence == wanted.occurrence && !Planned(faults, event.call)) return event.call;
  }
  return std::nullopt;
}

}  // namespace

std::expected<Replay, Error> ReplayCounterexample(const Counterexample& counterexample,
                                                  TestRunner& runner, CallTable& calls) {
  calls.LeaveOut(counterexample.unstable);
  FaultSet faults;
  for (const auto& [call, fault] : counterexample.faults) {
    faults.push_back({calls.EnterCall(KnownFrom(call)), calls.EnterFault(fault)});
  }
  Replay replay;
  while (true) {
    auto execution = runner.Run(faults, calls);
    if (!execution) return std::unexpected(std::move(execution.error()));
    execution->faults = faults;

    // What comes after a call that should have failed says nothing: the first one only.
    const auto missing = std::ranges::find_if(
        faults, [&](const CallFault& fault) { return !Made(*execution, fault.call); });
    std::optional<CallId> alike;
    if (missing != faults.end()) {
      const CallDescription& wanted = counterexample.faults[missing - faults.begin()].call;
      alike = FindAlike(*execution, faults, wanted, calls);
    }
    if (!alike) {
      CheckDelivery(*execution, calls);
      replay.execution = *std::move(execution);
      return replay;
    }
    replay.matched.push_back(fmt::format("{} was matched to {}", calls.DescribeCall(missing->call),
                                         calls.DescribeCall(*alike)));
    missing->call = *alike;
  }
}

}  // namespace filibuster
