#include <algorithm>
#include <utility>

#include "analyzer/interpreter.h"
#include "analyzer/interpreter_internal.h"

namespace filibuster {
namespace {

// A loop whose condition is not known is followed this often.
constexpr int kMaxUnknownRounds = 2;

// What the loop assigns to is not known after rounds that were not followed.
void ForgetAssigned(const Node& node, int depth, Memory& memory) {
  const bool changes = node.op == Op::kAssign || node.op == Op::kUnary;
  if (changes && !node.kids.empty() && node.kids[0].op == Op::kLocal) {
    const Root root{depth, static_cast<int>(node.kids[0].number)};
    if (memory.Find(root) != nullptr) {
      memory.Write({root, {}}, Value::Unknown("a variable that a loop changes"));
    }
  }
  for (const Node& kid : node.kids) ForgetAssigned(kid, depth, memory);
}

void AddLocals(const Node& node, std::set<std::int64_t>& locals) {
  if (node.op == Op::kLocal) locals.insert(node.number);
  for (const Node& kid : node.kids) AddLocals(kid, locals);
}

// The variables that branches of a loop depend on, as far as its own code says.
void AddDeciding(const Node& node, std::set<std::int64_t>& locals) {
  const bool decides = node.op == Op::kIf || node.op == Op::kLoop || node.op == Op::kSwitch ||
                       node.op == Op::kConditional || node.op == Op::kAnd || node.op == Op::kOr;
  if (decides) AddLocals(node.kids[0], locals);
  const bool assigns = node.op == Op::kAssign && node.kids[0].op == Op::kLocal;
  if (assigns && locals.contains(node.kids[0].number)) AddLocals(node.kids[1], locals);
  if (node.op == Op::kDeclare && !node.kids.empty() && locals.contains(node.number)) {
    AddLocals(node.kids[0], locals);
  }
  for (const Node& kid : node.kids) AddDeciding(kid, locals);
}

std::set<std::int64_t> Deciding(const Node& loop) {
  std::set<std::int64_t> locals;
  for (std::size_t before = 1; before != locals.size();) {
    before = locals.size();
    AddDeciding(loop, locals);
  }
  return locals;
}

// Whether another round would only repeat the last one: nothing has changed in it but how often
// calls were made.
bool Repeats(const Results& before, const Results& after) {
  return std::ranges::all_of(after, [&](const Result& now) {
    return std::ranges::any_of(before, [&](const Result& then) {
      const auto& fault = now.state.fault;
      const auto& old = then.state.fault;
      const bool same_fault =
          fault.has_value() == old.has_value() &&
          (!fault || (fault->site == old->site && fault->fault == old->fault &&
                      fault->persists == old->persists && fault->recovered == old->recovered &&
                      fault->blind == old->blind && fault->is_pending == old->is_pending));
      return same_fault && now.state.memory == then.state.memory;
    });
  });
}

}  // namespace

// Whether a path on which every call fails goes round in the loop for ever: one more round leads to
// nothing else, and changes nothing that decides.
bool Interpreter::IsEndless(const Node& node, const State& state) {
  if (!state.fault || !state.fault->persists || state.fault->widened) return false;
  Results conditions = EvaluateLoaded(node.kids[0], state);
  Results ended;
  for (Result& entering : conditions) {
    if (AsCondition(entering.value) != Truth::kTrue) return false;
    for (Result& after : Run(node.kids[1], std::move(entering.state))) {
      const bool goes_on =
          after.completion == Completion::kValue || after.completion == Completion::kContinue;
      if (!goes_on) return false;
      Append(ended, Run(node.kids[2], std::move(after.state)));
    }
  }
  const std::set<std::int64_t> deciding = Deciding(node);
  return !ended.empty() && std::ranges::all_of(ended, [&](const Result& result) {
    const auto is_the_same = [&](const auto& entry) {
      const auto& [root, value] = entry;
      const bool matters = root.frame != Depth() || deciding.contains(root.variable);
      const Value* now = result.state.memory.Find(root);
      return !matters || (now != nullptr && *now == value);
    };
    return result.state.fault && result.state.fault->persists &&
           std::ranges::all_of(state.memory.values(), is_the_same);
  });
}

Results Interpreter::RunLoop(const Node& node, State state) {
  const Node& condition = node.kids[0];
  const bool is_forever = condition.op == Op::kInt && condition.number != 0;
  Results ended;
  Results going = One(std::move(state));
  for (int round = 0; round < kMaxKnownRounds && !going.empty(); ++round) {
    Results entering;
    const Results before = round < kMaxUnknownRounds ? Results() : going;
    for (Result& result : going) {
      if (node.text == "do" && round == 0) {
        entering.push_back(std::move(result));
        continue;
      }
      const auto enter = [&](State next, Value value) {
        const bool give_up = AsCondition(value) == Truth::kUnknown && round >= kMaxUnknownRounds;
        if (give_up) {
          ForgetAssigned(node, Depth(), next.memory);
          ended.push_back({std::move(next), Completion::kValue, {}});
          return Results();
        }
        return Branch(node, condition, std::move(next), value, [&](State chosen, bool is_true) {
          if (is_true) return One(std::move(chosen));
          ended.push_back({std::move(chosen), Completion::kValue, {}});
          return Results();
        });
      };
      Append(entering, Then(EvaluateLoaded(condition, std::move(result.state)), enter));
    }
    going.clear();
    for (Result& result : entering) {
      if (result.completion != Completion::kValue) {
        ended.push_back(std::move(result));
        continue;
      }
      for (Result& after : Run(node.kids[1], std::move(result.state))) {
        if (after.completion == Completion::kBreak) {
          after.completion = Completion::kValue;
          ended.push_back(std::move(after));
        } else if (after.completion == Completion::kValue ||
                   after.completion == Completion::kContinue) {
          Append(going, Run(node.kids[2], std::move(after.state)));
        } else {
          ended.push_back(std::move(after));
        }
      }
    }
    going = Join(std::move(going));
    if (round < kMaxUnknownRounds || !Repeats(before, going)) continue;
    for (Result& result : going) {
      if (result.state.fault) result.state.fault->undecided.insert("a loop that repeats");
    }
    break;
  }
  // A loop that goes on for ever has no end; of the others the remaining rounds are skipped.
  for (Result& result : going) {
    if (IsEndless(node, result.state)) {
      const AssumedFault& fault = *result.state.fault;
      facts_.calls[static_cast<std::size_t>(fault.site)].endless.insert(fault.fault);
    }
    if (is_forever) {
      if (result.state.fault && !result.state.fault->persists) {
        going_on_.push_back(*result.state.fault);
      }
      continue;
    }
    if (result.completion == Completion::kValue) {
      ForgetAssigned(node, Depth(), result.state.memory);
    }
    ended.push_back(std::move(result));
  }
  for (Result& result : ended) {
    if (result.completion == Completion::kValue) result.value = {};
  }
  return Join(std::move(ended));
}

Results Interpreter::RunForEach(const Node& node, State state) {
  const Root variable{Depth(), static_cast<int>(node.number)};
  return Join(Then(Evaluate(node.kids[0], std::move(state)), [&](State next, Value alias) {
    const Value range = Load(next, alias);
    const bool is_known = range.Is(Value::Kind::kList);
    const std::size_t rounds = is_known ? range.elements().size() : kMaxUnknownRounds;
    Results ended;
    Results going = One(std::move(next));
    for (std::size_t round = 0; round < rounds && !going.empty(); ++round) {
      Results after;
      for (Result& result : going) {
        if (!is_known) {
          LeaveOpen(result.state, node.position, range);
          ended.push_back(result);
        }
        Value element =
            is_known ? range.elements()[round] : Value::Unknown("an element").Taint(range);
        if (is_known && node.type == "&" && alias.Is(Value::Kind::kAlias)) {
          Place place = result.state.memory.Resolve(alias.place());
          place.path.push_back(ElementPart(static_cast<std::int64_t>(round)));
          element = Value::Alias(std::move(place));
        }
        SetVariable(variable, std::move(element), node.type == "&", result.state);
        Append(after, Run(node.kids[1], std::move(result.state)));
      }
      going.clear();
      for (Result& result : after) {
        const bool goes_on =
            result.completion == Completion::kValue || result.completion == Completion::kContinue;
        if (goes_on || result.completion == Completion::kBreak) {
          result.completion = Completion::kValue;
          result.value = {};
        }
        (goes_on ? going : ended).push_back(std::move(result));
      }
      going = Join(std::move(going));
    }
    for (Result& result : going) {
      if (!is_known) ForgetAssigned(node, Depth(), result.state.memory);
    }
    Append(ended, std::move(going));
    return ended;
  }));
}

}  // namespace filibuster
