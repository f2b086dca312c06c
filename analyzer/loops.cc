#include <algorithm>
#include <utility>

#include "analyzer/interpreter.h"
#include "analyzer/interpreter_internal.h"

namespace filibuster {
namespace {

// A loop that repeats is followed this often at least.
constexpr int kMinRounds = 2;

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
  // The body, and the step.
  const auto run = [&](Results entering) {
    Results going;
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
          for (Result& stepped : Run(node.kids[2], std::move(after.state))) {
            const bool goes_on = stepped.completion == Completion::kValue;
            (goes_on ? going : ended).push_back(std::move(stepped));
          }
        } else {
          ended.push_back(std::move(after));
        }
      }
    }
    return Join(std::move(going));
  };
  const auto enter = [&](State next, const Value& value) {
    return Branch(node, condition, std::move(next), value, [&](State chosen, bool is_true) {
      if (is_true) return One(std::move(chosen));
      ended.push_back({std::move(chosen), Completion::kValue, {}});
      return Results();
    });
  };
  const auto round = [&](State next) {
    return run(Then(EvaluateLoaded(condition, std::move(next)), enter));
  };
  const auto is_open = [](const Result& result) {
    return result.completion == Completion::kValue && AsCondition(result.value) == Truth::kUnknown;
  };
  Results going = One(std::move(state));
  if (node.text == "do") going = run(std::move(going));
  Results open;  // it is not known how often these go round
  for (int number = 0; number < kMaxKnownRounds && !going.empty(); ++number) {
    Results entering;
    for (const Result& result : going) {
      Results conditions = EvaluateLoaded(condition, result.state);
      if (std::ranges::any_of(conditions, is_open)) {
        open.push_back(result);
      } else {
        Append(entering, Then(std::move(conditions), enter));
      }
    }
    const Results before = std::exchange(going, run(std::move(entering)));
    if (number < kMinRounds || !Repeats(before, going)) continue;
    for (Result& result : going) {
      if (result.state.fault) result.state.fault->undecided.insert("a loop that repeats");
    }
    break;
  }
  // A loop that goes on for ever has no end; of the others any number of rounds may remain.
  for (Result& result : going) {
    if (IsEndless(node, result.state)) {
      const AssumedFault& fault = *result.state.fault;
      facts_.calls[static_cast<std::size_t>(fault.site)].endless.insert(fault.fault);
    }
    if (!is_forever) {
      open.push_back(std::move(result));
    } else if (result.state.fault && !result.state.fault->persists) {
      going_on_.push_back(*result.state.fault);
    }
  }
  for (Result& result : open) Append(ended, Repeat(std::move(result.state), round));
  for (Result& result : ended) {
    if (result.completion == Completion::kValue) result.value = {};
  }
  return Join(std::move(ended));
}

Results Interpreter::RunForEach(const Node& node, State state) {
  const Root variable{Depth(), static_cast<int>(node.number)};
  return Join(Then(Evaluate(node.kids[0], std::move(state)), [&](State next, Value alias) {
    const Value range = Load(next, alias);
    Results ended;
    const auto round = [&](State before, Value element) {
      SetVariable(variable, std::move(element), node.type == "&", before);
      Results going;
      for (Result& result : Run(node.kids[1], std::move(before))) {
        const bool goes_on =
            result.completion == Completion::kValue || result.completion == Completion::kContinue;
        if (goes_on || result.completion == Completion::kBreak) {
          result.completion = Completion::kValue;
          result.value = {};
        }
        result.state.memory.Erase(variable);
        (goes_on ? going : ended).push_back(std::move(result));
      }
      return Join(std::move(going));
    };
    if (!range.Is(Value::Kind::kList)) {
      // Any number of elements.
      ended.push_back({next, Completion::kValue, {}});
      LeaveOpen(ended.back().state, node.position, range);
      Append(ended, Repeat(std::move(next), [&](State before) {
               LeaveOpen(before, node.position, range);
               return round(std::move(before), Value::Unknown("an element").Taint(range));
             }));
      return ended;
    }
    Results going = One(std::move(next));
    for (std::size_t i = 0; i < range.elements().size() && !going.empty(); ++i) {
      Results after;
      for (Result& result : going) {
        Value element = range.elements()[i];
        if (node.type == "&" && alias.Is(Value::Kind::kAlias)) {
          Place place = result.state.memory.Resolve(alias.place());
          place.path.push_back(ElementPart(static_cast<std::int64_t>(i)));
          element = Value::Alias(std::move(place));
        }
        Append(after, round(std::move(result.state), std::move(element)));
      }
      going = Join(std::move(after));
    }
    Append(ended, std::move(going));
    return ended;
  }));
}

}  // namespace filibuster
