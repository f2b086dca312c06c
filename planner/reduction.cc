#include "planner/reduction.h"

#include <algorithm>
#include <array>
#include <utility>

namespace filibuster {
namespace {

constexpr std::array<std::pair<std::string_view, Reduction>, 5> kNames = {{
    {"none", Reduction::kNone},
    {"dynamic", Reduction::kDynamic},
    {"sound", Reduction::kSound},
    {"handlers", Reduction::kHandlers},
    {"outcomes", Reduction::kOutcomes},
}};

}  // namespace

std::optional<Reduction> ReductionFromName(std::string_view name) {
  const auto it = std::ranges::find(kNames, name, &decltype(kNames)::value_type::first);
  return it == kNames.end() ? std::nullopt : std::optional(it->second);
}

std::string_view ReductionName(Reduction reduction) {
  return std::ranges::find(kNames, reduction, &decltype(kNames)::value_type::second)->first;
}

FaultSet ScheduledSet::faults() const {
  FaultSet faults;
  faults.reserve(trace->faults.size() + 1);
  faults = trace->faults;
  faults.push_back({trace->calls[position].call, fault});
  return faults;
}

std::uint32_t DynamicReduction::RootOf(CallId request) {
  if (roots_.size() < calls_.size()) roots_.resize(calls_.size());
  if (roots_[request] == 0) {
    roots_[request] = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  return roots_[request];
}

std::uint32_t DynamicReduction::Child(std::uint32_t parent, const CallEvent& event, int number) {
  const bool injected = event.fault != kNoFault;
  for (auto id = nodes_[parent].first_child; id != 0; id = nodes_[id].next_sibling) {
    const Node& node = nodes_[id];
    if (node.call == event.call && node.result == event.result && node.injected == injected) {
      return id;
    }
  }
  const auto id = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({.call = event.call,
                    .result = event.result,
                    .injected = injected,
                    .next_sibling = nodes_[parent].first_child,
                    .execution = number});
  nodes_[parent].first_child = id;
  return id;
}

void DynamicReduction::Learn(const Trace& trace) {
  cursors_.assign(calls_.size(), 0);
  for (const CallEvent& event : trace.calls) {
    const CallId request = calls_.call(event.call).parent;
    if (cursors_[request] == 0) cursors_[request] = RootOf(request);
    cursors_[request] = Child(cursors_[request], event, trace.shown_by.front());
  }
}

bool DynamicReduction::Satisfies(const Node& node, const Wanted& wanted) const {
  if (node.call != wanted.call) return false;
  if (wanted.fault == kNoFault) return !node.injected;
  // Injected or arising by itself is the same to the caller.
  return node.result == calls_.ResultOfFault(wanted.fault);
}

// An earlier execution may have more calls between the wanted ones: a call that is not wanted is
// passed whatever its result.
std::optional<int> DynamicReduction::Find(std::uint32_t id, std::span<const Wanted> wanted,
                                          size_t found) const {
  if (found == wanted.size()) return nodes_[id].execution;
  for (auto child = nodes_[id].first_child; child != 0; child = nodes_[child].next_sibling) {
    const Node& node = nodes_[child];
    const auto it = std::ranges::find(wanted, node.call, &Wanted::call);
    if (it != wanted.end() && !Satisfies(node, *it)) continue;
    if (const auto number = Find(child, wanted, found + (it != wanted.end()))) return number;
  }
  return std::nullopt;
}

// Only the request that makes the newly failed call needs a look: the calls of every other one
// occurred in the execution that the set was scheduled from, with the same faults.
std::optional<std::vector<int>> DynamicReduction::ImpliedBy(const ScheduledSet& set) const {
  const CallEvent& failed = set.trace->calls[set.position];
  const CallId request = calls_.call(failed.call).parent;
  std::vector<Wanted> wanted;
  for (const CallEvent& event : set.prefix().first(set.position)) {
    if (calls_.call(event.call).parent == request) wanted.push_back({event.call, kNoFault});
  }
  for (const CallFault& planned : set.trace->faults) {
    const auto it = std::ranges::find(wanted, planned.call, &Wanted::call);
    if (it != wanted.end()) it->fault = planned.fault;
  }
  wanted.push_back({failed.call, set.fault});
  const std::uint32_t root = request < roots_.size() ? roots_[request] : 0;
  const auto number = root == 0 ? std::nullopt : Find(root, wanted, 0);
  if (!number) return std::nullopt;
  std::vector<int> executions = set.trace->shown_by;
  if (*number != executions.front()) executions.push_back(*number);
  return executions;
}

}  // namespace filibuster
