#include "planner/prediction.h"

#include <algorithm>
#include <set>
#include <utility>

namespace filibuster {
std::uint64_t Prediction::SiteKey(const CallEvent& event) const {
  return std::uint64_t{event.call} << 32 | calls_.form(event.form).site;
}

std::uint32_t Prediction::RootOf(CallId request) {
  if (roots_.size() < calls_.size()) roots_.resize(calls_.size());
  if (roots_[request] == 0) {
    roots_[request] = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  return roots_[request];
}

std::uint32_t Prediction::FindChild(std::uint32_t node, std::uint32_t label) const {
  for (auto id = nodes_[node].first_child; id != 0; id = nodes_[id].next_sibling) {
    if (nodes_[id].label == label) return id;
  }
  return 0;
}

std::uint32_t Prediction::MakeChild(std::uint32_t node, std::uint32_t label, int execution) {
  if (const auto id = FindChild(node, label)) return id;
  const auto id = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back(
      {.label = label, .next_sibling = nodes_[node].first_child, .execution = execution});
  nodes_[node].first_child = id;
  return id;
}

void Prediction::SetVaries(std::uint32_t node, CallId request) {
  if (nodes_[node].then == Node::Then::kVaries) return;
  nodes_[node].then = Node::Then::kVaries;
  if (std::ranges::find(unstable_, request) == unstable_.end()) unstable_.push_back(request);
}

void Prediction::SetCall(std::uint32_t id, CallId request, const CallEvent& event) {
  Node& node = nodes_[id];
  if (node.then == Node::Then::kUnknown) {
    node.then = Node::Then::kCalls;
    node.call = event.call;
    node.form = event.form;
  } else if (node.then != Node::Then::kCalls || node.call != event.call ||
             calls_.form(node.form).site != calls_.form(event.form).site) {
    SetVaries(id, request);
  }
}

void Prediction::SetEnd(std::uint32_t id, CallId request, ResultId result) {
  Node& node = nodes_[id];
  if (node.then == Node::Then::kUnknown) {
    node.then = Node::Then::kEnds;
    node.result = result;
  } else if (node.then != Node::Then::kEnds || node.result != result) {
    SetVaries(id, request);
  }
}

// Goes through the calls of an execution in their order with the requests that are open, each at
// its node. `execution` 0: follows what is known, and stands at node 0 where that ends.
class Prediction::Walk {
 public:
  Walk(Prediction& prediction, int execution) : prediction_(prediction), execution_(execution) {
    open_.push_back({kFunctionalTest, prediction.RootOf(kFunctionalTest), nullptr});
  }

  // Ends the requests that are over by the time of this call; `closed` is told each.
  template <typename Closed>
  void Call(const CallEvent& event, const Closed& closed) {
    const CallId caller = prediction_.calls_.call(event.call).parent;
    const auto it = std::ranges::find(open_, caller, &Open::request);
    if (it == open_.end()) {
      // Its caller's own call was lost: a request that is known to be open and no more.
      open_.push_back({caller, prediction_.RootOf(caller), nullptr});
    } else {
      const auto depth = static_cast<size_t>(it - open_.begin()) + 1;
      while (open_.size() > depth) Close(closed);
    }
    if (execution_ != 0) prediction_.SetCall(open_.back().node, caller, event);
    open_.push_back({event.call, prediction_.RootOf(event.call), &event});
    if (execution_ != 0 && event.fault == kNoFault && event.received) {
      prediction_.received_.insert(prediction_.SiteKey(event));
    }
  }

  // Ends the innermost request: its call returns.
  template <typename Closed>
  void Close(const Closed& closed) {
    const Open over = open_.back();
    open_.pop_back();
    if (over.event != nullptr) {
      if (execution_ != 0 && over.event->fault == kNoFault) {
        prediction_.SetEnd(over.node, over.request, over.event->result);
      }
      Open& caller = open_.back();
      const auto label = prediction_.labels_.Of(*over.event, over.event->result);
      caller.node = execution_ != 0
                        ? prediction_.MakeChild(caller.node, label, execution_)
                        : (caller.node == 0 ? 0 : prediction_.FindChild(caller.node, label));
    }
    closed(over.event);
  }

  template <typename Closed>
  void CloseAll(const Closed& closed) {
    while (open_.size() > 1) Close(closed);
  }

  std::uint32_t root_node() const { return open_.front().node; }

  // The point at which the execution stands; 0 if it is one that was not seen.
  std::uint64_t Point() const {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const Open& open : open_) {
      if (open.node == 0) return 0;
      hash = (hash ^ open.node) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 29;
    }
    return hash;
  }

 private:
  struct Open {
    CallId request = kFunctionalTest;
    std::uint32_t node = 0;
    const CallEvent* event = nullptr;  // its call; null for the functional test
  };

  Prediction& prediction_;
  const int execution_;
  std::vector<Open> open_;
};

void Prediction::Learn(const Trace& trace) {
  const auto nothing = [](const CallEvent*) {};
  Walk walk(*this, trace.shown_by.front());
  for (const CallEvent& event : trace.calls) walk.Call(event, nothing);
  walk.CloseAll(nothing);
  SetEnd(walk.root_node(), kFunctionalTest, kNoResult);
  if (!trace.faults.empty()) nodes_[walk.root_node()].seen_faulted = true;
}

void Prediction::Cover(const Trace& trace, std::uint32_t position) {
  const auto shown_by = std::make_shared<const std::vector<int>>(trace.shown_by);
  Walk walk(*this, 0);
  bool beyond = false;
  const auto closed = [&](const CallEvent* event) {
    beyond |= event == &trace.calls[position];
    if (beyond) covered_.try_emplace(walk.Point(), shown_by);
  };
  for (const CallEvent& event : trace.calls) walk.Call(event, closed);
  walk.CloseAll(closed);
}

std::shared_ptr<const std::vector<int>> Prediction::CoveredBy(const ScheduledSet& set) {
  const auto nothing = [](const CallEvent*) {};
  Walk walk(*this, 0);
  for (const CallEvent& event : set.prefix().first(set.position)) walk.Call(event, nothing);
  CallEvent failed = set.trace->calls[set.position];
  failed.fault = set.fault;
  failed.result = calls_.ResultOfFault(set.fault);
  walk.Call(failed, nothing);
  walk.Close(nothing);
  const auto it = covered_.find(walk.Point());
  return it == covered_.end() ? nullptr : it->second;
}

// Runs requests on what is known of them.
class Prediction::Simulation {
 public:
  Simulation(Prediction& prediction, const FaultSet& faults)
      : prediction_(prediction), faults_(faults) {}

  // The result of `request`; nullopt if it comes to a step that was not seen.
  std::optional<ResultId> Run(CallId request) {
    std::uint32_t id = request < prediction_.roots_.size() ? prediction_.roots_[request] : 0;
    while (id != 0) {
      const Node node = prediction_.nodes_[id];
      if (node.then == Node::Then::kEnds) {
        if (request == kFunctionalTest && !node.seen_faulted) return std::nullopt;
        if (node.execution != 0) shown_by.insert(node.execution);
        return node.result;
      }
      if (node.then != Node::Then::kCalls) return std::nullopt;
      const auto label = Call(node);
      if (!label) return std::nullopt;
      id = prediction_.FindChild(id, *label);
    }
    return std::nullopt;
  }

  std::vector<CallEvent> calls;
  std::set<int> shown_by;
  size_t injected = 0;

 private:
  std::optional<std::uint32_t> Call(const Node& node) {
    const size_t at = calls.size();
    calls.push_back({.call = node.call, .form = node.form});
    const auto planned = std::ranges::find(faults_, node.call, &CallFault::call);
    if (planned != faults_.end()) {
      if (CalleeRuns(prediction_.calls_.fault(planned->fault))) return std::nullopt;
      calls[at].fault = planned->fault;
      calls[at].result = prediction_.calls_.ResultOfFault(planned->fault);
      ++injected;
    } else {
      const auto result = Run(node.call);
      if (!result) return std::nullopt;
      calls[at].result = *result;
      calls[at].received = prediction_.received_.contains(prediction_.SiteKey(calls[at]));
    }
    return prediction_.labels_.Of(calls[at], calls[at].result);
  }

  Prediction& prediction_;
  const FaultSet& faults_;
};

std::optional<Trace> Prediction::Predict(const ScheduledSet& set) {
  Trace trace{.faults = set.faults()};
  Simulation simulation(*this, trace.faults);
  if (!simulation.Run(kFunctionalTest)) return std::nullopt;
  if (simulation.injected != trace.faults.size()) return std::nullopt;
  trace.calls = std::move(simulation.calls);
  trace.shown_by.assign(simulation.shown_by.begin(), simulation.shown_by.end());
  return trace;
}

}  // namespace filibuster
