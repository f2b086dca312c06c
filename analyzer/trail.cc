#include "analyzer/trail.h"

#include <utility>

namespace filibuster {

void Trail::Decide(State& state, const Node& node, int branch, bool from_fault, Step::Kind kind) {
  if (!state.fault) {
    normal_branches_.decided.emplace(&node, branch);
    return;
  }
  // What paths without a fault do too tells nothing of it, and would keep paths apart; but a clause
  // that throws on does not take it, whoever comes there.
  const std::pair<const Node*, int> taken(&node, branch);
  const bool is_rethrow = node.op == Op::kThrow && node.kids.empty();
  if (!from_fault && !is_rethrow &&
      (normal_branches_.decided.contains(taken) || normal_branches_.open.contains(taken))) {
    return;
  }
  const FunctionRef& function = frames_.back().function;
  state.fault->steps.push_back({.kind = kind,
                                .node = &node,
                                .file = function.file,
                                .function = function.function,
                                .branch = branch,
                                .depth = Depth(),
                                .from_fault = from_fault});
}

void Trail::LeaveOpen(State& state, const Position& position, const Value& condition) {
  if (!state.fault) return;
  if (condition.from_fault) state.fault->branch_unknown = true;
  const SourceLocation location = LocationOf(*frames_.back().function.file, position);
  state.fault->undecided.insert(location.file + ":" + std::to_string(location.line));
}

int Trail::Number(const Node& node) {
  std::vector<Position> calls;
  for (const Frame& frame : frames_) calls.push_back(frame.at);
  return numbers_.emplace(std::pair(&node, std::move(calls)), static_cast<int>(numbers_.size()))
      .first->second;
}

Place Trail::Temporary(const Node& node) { return {{Depth(), -1 - Number(node)}, {}}; }

Place Trail::Allocate(const Node& node) { return {{Root::kHeap, Number(node)}, {}}; }

SourceLocation Trail::LocationOf(const FileFacts& file, const Position& position) const {
  std::string& path = paths_[{&file, position.file}];
  if (path.empty()) {
    path = facts_.Relative(file.files[static_cast<std::size_t>(position.file)]);
  }
  return {path, position.line, position.column};
}

// From the entry to the function that calls the library.
std::vector<ChainLink> Trail::CallChain() const {
  std::vector<ChainLink> chain;
  for (const Frame& frame : frames_) {
    if (!frame.function) continue;
    const std::string& file = frame.function.file->files[static_cast<std::size_t>(frame.at.file)];
    chain.push_back({.step = {.location = LocationOf(*frame.function.file, frame.at),
                              .function = frame.function.function->name},
                     .usr = frame.function.function->usr,
                     .is_own = facts_.IsOwn(file)});
  }
  return chain;
}

}  // namespace filibuster
