// Where the interpreter is: the calls that it is in, from an entry on, and the branches that were
// taken on the way.
//
// Node x State => Step…, ChainLink…, Place
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/place.h"
#include "analyzer/service_facts.h"
#include "analyzer/state.h"

namespace filibuster {

// A call that is being interpreted; the first is the entry.
struct Frame {
  FunctionRef function;
  Position at;                        // the call that it is making
  std::vector<std::int64_t> numbers;  // the arguments that are numbers
};

class Trail {
 public:
  explicit Trail(ServiceFacts& facts) : facts_(facts) {}

  // A frame of nobody, for an entry's arguments to be kept in; variables count from 1.
  void PushEntryFrame() { frames_.push_back({}); }
  void PopFrame() { frames_.pop_back(); }
  // A thread begins, or ends with what was until then.
  std::vector<AssumedFault> ExchangeGoingOn(std::vector<AssumedFault> faults) {
    return std::exchange(going_on_, std::move(faults));
  }
  int Depth() const { return static_cast<int>(frames_.size()) - 1; }
  // Where an object that `node` makes is kept: on the heap, or for the length of an expression.
  Place Allocate(const Node& node);
  Place Temporary(const Node& node);

 protected:
  void Decide(State& state, const Node& node, int branch, bool from_fault,
              Step::Kind kind = Step::Kind::kBranch);
  void LeaveOpen(State& state, const Position& position, const Value& condition);
  std::vector<ChainLink> CallChain() const;
  SourceLocation LocationOf(const FileFacts& file, const Position& position) const;

  ServiceFacts& facts_;
  std::vector<Frame> frames_;
  NormalBranches normal_branches_;
  std::vector<AssumedFault> going_on_;  // of this thread's paths in loops without an end

 private:
  int Number(const Node& node);

  // By node and the calls that led to it, so that equal paths have equal numbers.
  std::map<std::pair<const Node*, std::vector<Position>>, int> numbers_;
  mutable std::map<std::pair<const FileFacts*, int>, std::string> paths_;  // of files, relative
};

}  // namespace filibuster
