// What requests did before x a scheduled fault set => what it would show, if nothing new.
//
// A service decides by what its calls bring: after the same results it makes the same next call, or
// ends with the same answer. What each request was seen to do is kept as a tree; an execution whose
// every step is in the trees is predicted instead of run. Nothing is lost, given that a request's
// behaviour depends on nothing but the results of its calls; one that was seen to do otherwise is
// never predicted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "planner/handler_facts.h"
#include "planner/reduction.h"

namespace filibuster {

class Prediction {
 public:
  Prediction(const CallTable& calls, Labels& labels) : calls_(calls), labels_(labels) {}

  // Enters what the requests of a run did.
  void Learn(const Trace& trace);

  // From the failure of the call at `position` on, all that can follow is shown by `trace` and by
  // the sets that are scheduled from it: other sets that come to the same point need no look.
  void Cover(const Trace& trace, std::uint32_t position);

  // The executions that show all that `set`, and the sets that extend it, could; null: none are
  // known.
  std::shared_ptr<const std::vector<int>> CoveredBy(const ScheduledSet& set);

  // What would happen under `set`, with the executions that show it.
  std::optional<Trace> Predict(const ScheduledSet& set);

  // Requests that went on in different ways though their calls had brought the same.
  const std::vector<CallId>& unstable_requests() const { return unstable_; }

 private:
  // A request after some of its calls.
  struct Node {
    enum class Then : std::uint8_t { kUnknown, kCalls, kEnds, kVaries };
    Then then = Then::kUnknown;
    bool seen_faulted = false;  // some execution with faults came here
    CallId call = 0;            // kCalls: as CallEvent has them
    FormId form = 0;
    ResultId result = kNoResult;  // kEnds: what its caller sees
    std::uint32_t label = 0;      // of the result that led here
    std::uint32_t first_child = 0;
    std::uint32_t next_sibling = 0;
    int execution = 0;  // the first that came here
  };
  class Walk;
  class Simulation;

  std::uint64_t SiteKey(const CallEvent& event) const;
  std::uint32_t RootOf(CallId request);
  std::uint32_t FindChild(std::uint32_t node, std::uint32_t label) const;
  std::uint32_t MakeChild(std::uint32_t node, std::uint32_t label, int execution);
  void SetCall(std::uint32_t node, CallId request, const CallEvent& event);
  void SetEnd(std::uint32_t node, CallId request, ResultId result);
  void SetVaries(std::uint32_t node, CallId request);

  const CallTable& calls_;
  Labels& labels_;
  std::vector<Node> nodes_{1};                  // 0 stands for none
  std::vector<std::uint32_t> roots_;            // by request
  std::unordered_set<std::uint64_t> received_;  // calls and sites that were seen to reach a service
  std::vector<CallId> unstable_;
  // By the open requests' nodes: which executions show what follows. Different points have
  // different hashes but for a chance of 2^-64 for each pair.
  std::unordered_map<std::uint64_t, std::shared_ptr<const std::vector<int>>> covered_;
};

}  // namespace filibuster
