#include "planner/replay.h"

#include <fmt/format.h>

#include <algorithm>
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
  KnownCall known{.target_service_name = call.target_service, .made = false};
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

// What makes the call that was made another one than `wanted`; empty: nothing.
std::string Difference(const CallDescription& wanted, const KnownCall& made) {
  const auto check = [](const char* what, const std::string& found, const std::string& expected) {
    if (found.empty() || found == expected) return std::string();
    return fmt::format("the counterexample has the {} {}, and the call with its execution index {}",
                       what, found, expected);
  };
  const Invocation& invocation = made.invocation;
  for (const std::string& difference :
       {check("service", wanted.service, invocation.source_service_name),
        check("module", wanted.module, invocation.module),
        check("method", wanted.method, invocation.method)}) {
    if (!difference.empty()) return difference;
  }
  return {};
}

void CheckCalls(const Counterexample& counterexample, const CallTable& calls,
                TestExecution& execution) {
  Undelivered undelivered;
  for (size_t i = 0; i < execution.faults.size(); ++i) {
    const CallFault& fault = execution.faults[i];
    if (!Made(execution, fault.call)) continue;
    const std::string difference =
        Difference(counterexample.faults[i].call, calls.call(fault.call));
    if (difference.empty()) continue;
    undelivered.reasons.push_back(fmt::format("{}: {}", calls.Describe(fault), difference));
  }
  if (!undelivered.reasons.empty()) execution.verdict = std::move(undelivered);
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
      CheckCalls(counterexample, calls, *execution);
      replay.execution = *std::move(execution);
      return replay;
    }
    const std::string before = calls.DescribeCall(missing->call);
    const std::string now = calls.DescribeCall(*alike);
    replay.matched.push_back(before == now
                                 ? fmt::format("{}: its execution index is another one now", now)
                                 : fmt::format("{} was matched to {}", before, now));
    missing->call = *alike;
  }
}

Exploration ExplorationOf(Replay replay) {
  Exploration exploration;
  exploration.Record(1, std::move(replay.execution));
  return exploration;
}

}  // namespace filibuster
