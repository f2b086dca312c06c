#include "planner/handler_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace filibuster {
namespace {

using Entries = std::map<const HandlerEntry*, HandlerCoverage*>;

// What the service answered to the request in which it made this call: as the request's caller saw
// it, or, of a request of the functional test, as it says itself.
ResultId AnswerTo(CallId request, CallId call, const ExecutionRecord& execution,
                  const std::map<CallId, const CallEvent*>& requests) {
  if (request == kFunctionalTest) {
    const auto answer = std::ranges::find_if(execution.answers, [&](const auto& each) {
      return std::ranges::find(each.calls, call) != each.calls.end();
    });
    return answer == execution.answers.end() ? kNoResult : answer->result;
  }
  const auto event = requests.find(request);
  if (event == requests.end() || event->second->fault != kNoFault) return kNoResult;
  return event->second->result;
}

// Counts an entry once for each execution that took it.
void CountTaken(const Exploration& exploration, CallSites& sites, const CallTable& calls,
                const Entries& entries) {
  for (const ExecutionRecord& execution : exploration.executions) {
    std::set<const HandlerEntry*> taken;
    std::map<CallId, const CallEvent*> requests;
    for (const CallEvent& event : execution.calls) {
      requests[event.call] = &event;
      if (event.result == kNoResult) continue;
      const HandlerEntry* entry = sites.FindEntry(event.call, calls.result(event.result));
      if (entry == nullptr) continue;
      HandlerCoverage& coverage = *entries.at(entry);
      const ResultId answer =
          AnswerTo(calls.call(event.call).parent, event.call, execution, requests);
      if (answer != kNoResult) ++coverage.answers[ResultName(calls.result(answer))];
      if (!taken.insert(entry).second) continue;
      ++coverage.executions;
      coverage.failed += std::holds_alternative<Failed>(execution.verdict);
      if (!coverage.first) coverage.first = execution.number;
    }
  }
}

// Which call sites were reached at all, and which entries had a fault to try.
void FindReached(const Exploration& exploration, CallSites& sites, FaultSpace& space,
                 CallTable& calls, std::set<const CallSite*>& reached,
                 std::set<const HandlerEntry*>& possible) {
  KnownFaults known(space, calls);
  std::set<FormId> seen;
  for (const ExecutionRecord& execution : exploration.executions) {
    for (const CallEvent& event : execution.calls) {
      if (!seen.insert(event.form).second) continue;
      reached.insert(sites.Find(event.call));
      const CallFaults& faults = known.Of(event.form);
      for (const auto* list : {&faults.exceptions, &faults.errors}) {
        for (const FaultId fault : *list) {
          possible.insert(sites.FindEntry(event.call, calls.result(calls.ResultOfFault(fault))));
        }
      }
    }
  }
}

}  // namespace

Confirmation ConfirmationOf(const HandlerCoverage& coverage) {
  const Outcome& outcome = coverage.entry->outcome;
  const bool predicts =
      outcome.kind == Outcome::Kind::kAnswers || outcome.kind == Outcome::Kind::kEscapes;
  if (!predicts || outcome.status_code.empty() || coverage.answers.empty()) {
    return Confirmation::kNothing;
  }
  const bool alike =
      coverage.answers.size() == 1 && coverage.answers.begin()->first == outcome.status_code;
  return alike ? Confirmation::kConfirmed : Confirmation::kRefuted;
}

std::vector<HandlerCoverage> CoverHandlers(const Exploration& exploration, CallSites& sites,
                                           FaultSpace& space, CallTable& calls) {
  std::vector<HandlerCoverage> all;
  for (const CallSite* site : sites.all()) {
    for (const HandlerEntry& entry : site->handlers) all.push_back({site, &entry});
  }
  Entries entries;
  for (HandlerCoverage& coverage : all) entries[coverage.entry] = &coverage;
  CountTaken(exploration, sites, calls, entries);

  std::set<const CallSite*> reached;
  std::set<const HandlerEntry*> possible;
  FindReached(exploration, sites, space, calls, reached, possible);

  // The last fault of a set is the one that it was scheduled for.
  std::map<const HandlerEntry*, const SkipReason*> skipped;
  for (const SkippedSet& set : exploration.skipped) {
    const CallFault& fault = set.faults.back();
    const auto* entry = sites.FindEntry(fault.call, calls.result(calls.ResultOfFault(fault.fault)));
    if (entry != nullptr) skipped.try_emplace(entry, &set.reason);
  }
  for (HandlerCoverage& coverage : all) {
    if (coverage.executions > 0) continue;
    if (!reached.contains(coverage.site)) {
      coverage.why_never = "the call was never reached";
    } else if (!possible.contains(coverage.entry)) {
      coverage.why_never = "none of its faults is among those to inject";
    } else if (const auto it = skipped.find(coverage.entry); it != skipped.end()) {
      std::ostringstream reason;
      reason << *it->second;
      coverage.why_never = fmt::format("skipped: {}", reason.str());
    } else {
      coverage.why_never = "its fault was planned and not delivered";
    }
  }
  return all;
}

}  // namespace filibuster
