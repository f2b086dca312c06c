// Scheduled fault set x what was seen => the execution that implies it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "planner/call_table.h"

namespace filibuster {

enum class Reduction {
  kNone,
  kDynamic,   // as published (algorithm 1 of the paper); loses a behaviour now and then
  kSound,     // dynamic reduction that loses none: skips what can be predicted
  kHandlers,  // kSound, and one fault for each handler entry of a call site
  kOutcomes,  // kSound, and one fault for each distinct outcome of a call site
};

std::optional<Reduction> ReductionFromName(std::string_view name);
std::string_view ReductionName(Reduction reduction);

// What happened in an execution: the fault sets that extend its own are scheduled from it.
struct Trace {
  std::vector<int> shown_by;  // the execution itself, or those from which it was predicted
  FaultSet faults;
  std::vector<CallEvent> calls;
};

// The fault set of `trace` and one fault more, of the call at `position` in it; the calls up to
// that one are its prefix: they will happen as they did in `trace`.
struct ScheduledSet {
  std::shared_ptr<const Trace> trace;
  std::uint32_t position = 0;
  FaultId fault = kNoFault;

  FaultSet faults() const;
  std::span<const CallEvent> prefix() const { return std::span(trace->calls).first(position + 1); }
};

// Dynamic reduction as published: a set can be skipped if for every request there is one earlier
// execution in which all its calls, as far as the set's prefix goes, occurred with the outcomes
// that they would have now.
class DynamicReduction {
 public:
  explicit DynamicReduction(const CallTable& calls) : calls_(calls) {}

  void Learn(const Trace& trace);

  // The executions that have shown what `set` would: the one whose calls it repeats, and the one
  // that has shown what comes of the newly failed call.
  std::optional<std::vector<int>> ImpliedBy(const ScheduledSet& set) const;

 private:
  // The calls of one request in their order are a path from its root. A look-up follows the path of
  // the calls asked for: it costs the number of calls, not of executions.
  struct Node {
    CallId call = 0;
    ResultId result = kNoResult;
    bool injected = false;
    std::uint32_t first_child = 0;
    std::uint32_t next_sibling = 0;
    int execution = 0;  // the first that came here
  };
  struct Wanted {
    CallId call = 0;
    FaultId fault = kNoFault;  // kNoFault: not injected
  };

  std::uint32_t Child(std::uint32_t parent, const CallEvent& event, int number);
  std::uint32_t RootOf(CallId request);
  bool Satisfies(const Node& node, const Wanted& wanted) const;
  std::optional<int> Find(std::uint32_t node, std::span<const Wanted> wanted, size_t found) const;

  const CallTable& calls_;
  std::vector<Node> nodes_{1};          // 0 stands for none
  std::vector<std::uint32_t> roots_;    // by request
  std::vector<std::uint32_t> cursors_;  // by request; of one Learn
};

}  // namespace filibuster
