#include "analyzer/interpreter.h"

#include <algorithm>
#include <map>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {

Followed Interpreter::TakeFollowed() {
  const bool gave_up = budget_.EndEntry();
  for (const AssumedFault& fault : ExchangeGoingOn({})) {
    facts_.calls[static_cast<std::size_t>(fault.site)].goes_on.insert(fault.fault);
  }
  return {std::exchange(normal_branches_, {}), std::exchange(unfinished_, {}), gave_up};
}

Results Interpreter::Join(Results results) const {
  return filibuster::Join(std::move(results), budget_.width());
}

Results Interpreter::JoinValues(Results results) const {
  return filibuster::JoinValues(std::move(results), budget_.width());
}

Results Interpreter::Run(const Node& node, State state) {
  if (!budget_.TakeStep()) return {};
  switch (node.op) {
    case Op::kBlock:
      return RunBlock(node, std::move(state));
    case Op::kDeclare:
      return RunDeclare(node, std::move(state));
    case Op::kIf:
      return RunIf(node, std::move(state));
    case Op::kSwitch:
      return RunSwitch(node, std::move(state));
    case Op::kLoop:
      return RunLoop(node, std::move(state));
    case Op::kForEach:
      return RunForEach(node, std::move(state));
    case Op::kTry:
      return TakeThrown(node, Run(node.kids[0], std::move(state)));
    case Op::kReturn:
      return RunReturn(node, std::move(state));
    case Op::kBreak:
      return {{std::move(state), Completion::kBreak, {}}};
    case Op::kContinue:
      return {{std::move(state), Completion::kContinue, {}}};
    case Op::kLabel:
      return Run(node.kids[0], std::move(state));
    case Op::kGoto:
      return {{std::move(state), Completion::kGoto, Value::String(node.text)}};
    case Op::kCase:
    case Op::kDefault:
      return One(std::move(state));
    default:
      return Evaluate(node, std::move(state));
  }
}

Results Interpreter::RunBlock(const Node& node, State state) {
  Results ended;
  RunFrom(node, 0, One(std::move(state)), ended);
  FollowJumps(node, ended);
  return node.text == kCondition ? ended : LeaveBlock(node, std::move(ended));
}

// From a statement of the block on.
void Interpreter::RunFrom(const Node& block, std::size_t first, Results going, Results& ended) {
  for (std::size_t i = first; i < block.kids.size() && !going.empty(); ++i) {
    Results next;
    for (Result& result : going) {
      for (Result& after : Run(block.kids[i], std::move(result.state))) {
        (after.completion == Completion::kValue ? next : ended).push_back(std::move(after));
      }
    }
    // A reference may be to what its initialiser made.
    const bool keeps_temporaries =
        (block.kids[i].op == Op::kDeclare && block.kids[i].type == "&") || block.text == kCondition;
    if (!keeps_temporaries) {
      for (Result& result : next) result.state.memory.DropTemporaries(Depth());
    }
    // The value of the last statement is that of the block (a condition that declares).
    if (i + 1 < block.kids.size()) {
      for (Result& result : next) result.value = {};
    }
    going = Join(std::move(next));
  }
  Append(ended, std::move(going));
}

// Paths that jump to a label of the block go on there; others leave it.
void Interpreter::FollowJumps(const Node& block, Results& ended) {
  for (int round = 0; round < kMaxKnownRounds; ++round) {
    std::map<std::size_t, Results> jumps;
    std::erase_if(ended, [&](Result& result) {
      if (result.completion != Completion::kGoto) return false;
      const auto label = std::ranges::find_if(block.kids, [&](const Node& kid) {
        return kid.op == Op::kLabel && kid.text == result.value.text();
      });
      if (label == block.kids.end()) return false;
      result.completion = Completion::kValue;
      result.value = {};
      jumps[static_cast<std::size_t>(label - block.kids.begin())].push_back(std::move(result));
      return true;
    });
    if (jumps.empty()) return;
    for (auto& [label, results] : jumps) RunFrom(block, label, Join(std::move(results)), ended);
  }
}

// Variables go with their block, the last first; so paths which differ in them only are the same
// again.
Results Interpreter::LeaveBlock(const Node& node, Results ended) {
  for (auto kid = node.kids.rbegin(); kid != node.kids.rend(); ++kid) {
    if (kid->op != Op::kDeclare) continue;
    const Root root{Depth(), static_cast<int>(kid->number)};
    if (kid->kids.size() > 1) {
      ended = DestroyVariables(*kid, std::move(ended));
    } else if (kid->type != "&") {
      ended = LeaveVariable(root, std::move(ended));
    }
    for (Result& result : ended) result.state.memory.Erase(root);
  }
  return ended;
}

Results Interpreter::RunDeclare(const Node& node, State state) {
  const Root root{Depth(), static_cast<int>(node.number)};
  if (node.kids.empty()) {
    state.memory.Set(root, Value::Unknown("the uninitialised variable " + node.text));
    return One(std::move(state));
  }
  const Node& init = node.kids[0];
  const bool is_reference = node.type == "&";
  const Node& made = init.op == Op::kFull ? init.kids[0] : init;
  const bool is_in_place = made.op == Op::kConstruct || made.op == Op::kAggregate ||
                           (made.op == Op::kList && !made.type.empty());
  if (!is_reference && is_in_place) {
    state.memory.Set(root, Value());
    Results results = MakeAt(init, std::move(state), {root, {}});
    for (Result& result : results) {
      // It was never made, and is not destroyed.
      if (result.completion == Completion::kThrow) result.state.memory.Erase(root);
    }
    return results;
  }
  return Then(Evaluate(init, std::move(state)), [&](State next, Value value) {
    SetVariable(root, std::move(value), is_reference, next);
    return One(std::move(next));
  });
}

Results Interpreter::RunIf(const Node& node, State state) {
  return Join(Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value value) {
    return Branch(node, node.kids[0], std::move(next), value, [&](State chosen, bool is_true) {
      return Run(node.kids[is_true ? 1 : 2], std::move(chosen));
    });
  }));
}

Results Interpreter::RunSwitch(const Node& node, State state) {
  const std::vector<Node>& body = node.kids[1].kids;
  return Join(Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value value) {
    // The labels that may match: one, if the value is known.
    std::vector<std::size_t> labels;
    std::size_t otherwise = body.size();
    bool is_known = false;
    for (std::size_t i = 0; i < body.size() && !is_known; ++i) {
      if (body[i].op == Op::kDefault) otherwise = i;
      if (body[i].op != Op::kCase) continue;
      const Node& low = body[i].kids[0];
      Truth matches = Truth::kUnknown;
      if (low.op == Op::kInt && body[i].kids.size() == 1) {
        matches =
            AsCondition(Compute("==", value, Value::Int(low.number, program_.Canonical(low.text))));
      }
      if (matches == Truth::kFalse) continue;
      is_known = matches == Truth::kTrue;
      if (is_known) labels.clear();
      labels.push_back(i);
    }
    if (!is_known) labels.push_back(otherwise);
    if (labels.size() > 1) LeaveOpen(next, node.position, value);
    Results results;
    for (const std::size_t label : labels) {
      State chosen = next;
      if (labels.size() > 1 && !chosen.fault) {
        normal_branches_.open.emplace(&node, static_cast<int>(label));
      } else if (labels.size() == 1) {
        Decide(chosen, node, static_cast<int>(label), value.from_fault);
      }
      Results going = One(std::move(chosen));
      for (std::size_t i = label; i < body.size() && !going.empty(); ++i) {
        Results after;
        for (Result& result : going) Append(after, Run(body[i], std::move(result.state)));
        going.clear();
        for (Result& result : after) {
          const bool goes_on = result.completion == Completion::kValue;
          if (result.completion == Completion::kBreak) result.completion = Completion::kValue;
          (goes_on ? going : results).push_back(std::move(result));
        }
        going = Join(std::move(going));
      }
      Append(results, std::move(going));
    }
    return results;
  }));
}

Results Interpreter::RunReturn(const Node& node, State state) {
  const auto give_back = [](State next, Value value) {
    return Results{{std::move(next), Completion::kReturn, std::move(value)}};
  };
  if (node.kids.empty()) return give_back(std::move(state), {});
  const bool keeps_place = frames_.back().function.function->returns_reference;
  return Then(keeps_place ? Evaluate(node.kids[0], std::move(state))
                          : EvaluateLoaded(node.kids[0], std::move(state)),
              give_back);
}

}  // namespace filibuster
