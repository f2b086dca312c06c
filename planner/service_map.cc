#include "planner/service_map.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "planner/words.h"

namespace filibuster {
namespace {

struct Seen {
  bool external = true;
  std::set<CallId> calls;
  std::set<CallFault> faults;
  std::set<CallFault> injected;
  std::set<int> failed;
  bool has_bug = false;
};

}  // namespace

ServiceMap MapServices(const Exploration& exploration, const std::vector<Bug>& bugs,
                       FaultSpace& space, CallTable& calls) {
  std::map<std::pair<std::string, std::string>, Seen> edges;
  std::set<std::string> entries;
  const auto edge_of = [&](CallId call) -> Seen& {
    const KnownCall& known = calls.call(call);
    return edges[{known.invocation.source_service_name, TargetWords(known)}];
  };
  KnownFaults known(space, calls);
  for (const ExecutionRecord& execution : exploration.executions) {
    const bool failed = std::holds_alternative<Failed>(execution.verdict);
    for (const CallEvent& event : execution.calls) {
      const KnownCall& call = calls.call(event.call);
      Seen& edge = edge_of(event.call);
      edge.calls.insert(event.call);
      edge.external = edge.external && !call.target_service_name;
      if (call.parent == kFunctionalTest) entries.insert(call.invocation.source_service_name);
      const CallFaults& faults = known.Of(event.form);
      for (const auto* list : {&faults.exceptions, &faults.errors}) {
        for (const FaultId fault : *list) edge.faults.insert({event.call, fault});
      }
      if (event.fault == kNoFault) continue;
      edge.injected.insert({event.call, event.fault});
      if (failed) edge.failed.insert(execution.number);
    }
  }
  for (const Bug& bug : bugs) {
    for (const CallFault& fault : bug.counterexample) edge_of(fault.call).has_bug = true;
    for (const AlikeFailure& alike : bug.alike) {
      for (const CallFault& fault : alike.counterexample) edge_of(fault.call).has_bug = true;
    }
  }
  ServiceMap map{.entries = {entries.begin(), entries.end()}, .edges = {}};
  for (const auto& [ends, seen] : edges) {
    // A counterexample that is replayed may have faults that the analysis does not know.
    std::set<CallFault> faults = seen.faults;
    // Without bugs that tell which faults a failure needs, each of them may be the one.
    const bool has_bug = seen.has_bug || (bugs.empty() && !seen.failed.empty());
    faults.insert(seen.injected.begin(), seen.injected.end());
    map.edges.push_back({.service = ends.first,
                         .target = ends.second,
                         .external = seen.external,
                         .calls = seen.calls.size(),
                         .faults = faults.size(),
                         .injected = seen.injected.size(),
                         .failed = seen.failed.size(),
                         .has_bug = has_bug});
  }
  return map;
}

}  // namespace filibuster
