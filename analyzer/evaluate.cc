#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// What an operator gives that may lead to where its operands are.
bool IsWayOn(const std::string& op) { return op == "+" || op == "-" || op == ".*" || op == "->*"; }

const FunctionFacts& Nobody() {
  static const FunctionFacts nobody;
  return nobody;
}

}  // namespace

Results Interpreter::EvaluateIn(const FileFacts& file, const Node& node, State state) {
  frames_.push_back({.function = {&file, &Nobody()}, .at = {}});
  const int depth = Depth();
  Results results = Evaluate(node, std::move(state));
  frames_.pop_back();
  for (Result& result : results) result.state.memory.DropFrames(depth);
  return results;
}

Value LibraryState::Load(const State& state, const Value& value) const {
  if (!value.Is(Kind::kAlias)) return value;
  Value read = state.memory.Read(value.place());
  if (read.Is(Kind::kAlias)) read = Value::Unknown("a reference that is not followed");
  return read.Taint(value);
}

Results Interpreter::EvaluateLoaded(const Node& node, State state) {
  return Then(Run(node, std::move(state)), [&](State next, Value value) {
    value = Load(next, value);
    return One(std::move(next), std::move(value));
  });
}

Results Interpreter::Evaluate(const Node& node, State state) {
  switch (node.op) {
    case Op::kInt:
      return One(std::move(state), Value::Int(node.number, program_.Canonical(node.text)));
    case Op::kString:
      return One(std::move(state), Value::String(node.text));
    case Op::kNull:
      return One(std::move(state), Value::Null());
    case Op::kLocal:
      return One(std::move(state), Value::Alias({{Depth(), static_cast<int>(node.number)}, {}}));
    case Op::kGlobal:
      return EvaluateGlobal(node, std::move(state));
    case Op::kThis: {
      Value self = state.memory.Read({{Depth(), kThisVariable}, {}});
      return One(std::move(state), std::move(self));
    }
    case Op::kField:
      return EvaluateField(node, std::move(state));
    case Op::kDeref:
      return Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value pointer) {
        if (pointer.Is(Kind::kNull) && next.fault) {
          return Results{{std::move(next), Completion::kEnd, Value::String(kByDereference)}};
        }
        if (pointer.Is(Kind::kPointer)) pointer = Value::Alias(pointer.place());
        return One(std::move(next), std::move(pointer));
      });
    case Op::kAddress:
      return Then(Run(node.kids[0], std::move(state)), [&](State next, Value value) {
        if (value.Is(Kind::kAlias)) value = Value::Pointer(next.memory.Resolve(value.place()));
        return One(std::move(next), std::move(value));
      });
    case Op::kDynamicCast:
      return EvaluateDynamicCast(node, std::move(state));
    case Op::kCopy:
      return Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value value) {
        return One(std::move(next), CutTo(program_, std::move(value), node.type));
      });
    case Op::kIndex:
      return EvaluateAll(node.kids, std::move(state), [&](State next, Values values) {
        Value element = ElementOf(node, next, values[0], Load(next, values[1]));
        return One(std::move(next), std::move(element));
      });
    case Op::kCall:
      return EvaluateCall(node, std::move(state));
    case Op::kCallValue:
      return EvaluateCallValue(node, std::move(state));
    case Op::kConstruct:
      return ConstructValue(node, std::move(state));
    case Op::kAggregate: {
      const Place place = Temporary(node);
      return Then(EvaluateAggregate(node, std::move(state), place), [&](State next, Value) {
        Value object = next.memory.Read(place);
        next.memory.Erase(place.root);
        return One(std::move(next), std::move(object));
      });
    }
    case Op::kList:
      return EvaluateAll(node.kids, std::move(state), [&](State next, Values values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          // What is made is no place, but for a std::reference_wrapper.
          const bool is_reference = node.kids[i].op == Op::kConstruct ||
                                    (node.kids[i].op == Op::kCall &&
                                     CalleeNamed(node.kids[i]).return_type == kReferenceWrapper);
          if (!is_reference) {
            values[i] = Load(next, values[i]);
          } else if (values[i].Is(Kind::kAlias)) {
            values[i] = Value::Alias(next.memory.Resolve(values[i].place()));
          }
        }
        return One(std::move(next), Value::List(std::move(values)));
      });
    case Op::kNot:
      return Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value value) {
        const Truth truth = Not(AsCondition(value));
        Value negated = truth == Truth::kUnknown ? Value::Unknown("a condition")
                                                 : Value::Int(truth == Truth::kTrue ? 1 : 0);
        return One(std::move(next), negated.Taint(value));
      });
    case Op::kUnary:
      return EvaluateUnary(node, std::move(state));
    case Op::kBinary:
      return EvaluateAll(node.kids, std::move(state), [&](State next, Values values) {
        const Value left = AsUnsigned(Load(next, values[0]), node.number);
        const Value right = AsUnsigned(Load(next, values[1]), node.number);
        Value result = Compute(node.text, left, right);
        if (IsWayOn(node.text) && result.Is(Kind::kUnknown)) {
          for (const Value& one : values) next.memory.Escape(one);
          next.memory.Escape(left);
          next.memory.Escape(right);
        }
        return One(std::move(next), std::move(result));
      });
    case Op::kAnd:
    case Op::kOr:
      return EvaluateAnd(node, std::move(state));
    case Op::kConditional:
      return JoinValues(RunIf(node, std::move(state)));
    case Op::kAssign:
      return EvaluateAssign(node, std::move(state));
    case Op::kLambda:
      return EvaluateLambda(node, std::move(state));
    case Op::kFunction: {
      const FileFacts& file = *frames_.back().function.file;
      const LinkedCallee& link = program_.CalleeOf(file, node.number);
      return One(std::move(state), link.definition
                                       ? Value::Of(Closure{link.definition, {}})
                                       : Value::Unknown("the function " + link.callee->name));
    }
    case Op::kThrow:
      return EvaluateThrow(node, std::move(state));
    case Op::kNew:
      return EvaluateNew(node, std::move(state));
    case Op::kDelete:
      return EvaluateDelete(node, std::move(state));
    case Op::kFull:
      return LeaveFull(node, Evaluate(node.kids[0], std::move(state)));
    case Op::kTemporary:
      return EvaluateTemporary(node, std::move(state));
    default:
      return EvaluateUnknown(node, std::move(state));
  }
}

Results Interpreter::EvaluateNew(const Node& node, State state) {
  const auto pointer_to = [&](const Place& place) {
    if (node.text.empty()) return Value::Pointer(place);
    return Value::Owner({place, node.text == "std::make_shared", false, {}});
  };
  const auto make = [&](State next, const Place& place) {
    if (place.path.empty()) {
      next.memory.Set(place.root, Value());
    } else {
      next.memory.Write(place, Value());
    }
    Results made = Then(MakeAt(node.kids[0], std::move(next), place), [&](State after, Value) {
      return One(std::move(after), pointer_to(place));
    });
    for (Result& result : made) {
      const bool is_gone = result.completion == Completion::kThrow && node.kids.size() == 1;
      if (is_gone) result.state.memory.Erase(place.root);
    }
    return made;
  };
  if (node.kids.size() == 2) {
    return Then(EvaluateLoaded(node.kids[1], std::move(state)), [&](State next, Value where) {
      if (where.Is(Kind::kPointer)) return make(std::move(next), where.place());
      next.memory.ForgetEscaped(IsContents);
      return make(std::move(next), Allocate(node));
    });
  }
  Place place = Allocate(node);
  // What an earlier round of a loop made is another object, if something still refers to it.
  constexpr int kMaxObjects = 16;
  constexpr int kNext = 1'000'000;  // more than there are nodes
  for (int i = 0; i < kMaxObjects && state.memory.IsReferredTo(place.root); ++i) {
    place.root.variable += kNext;
  }
  return make(std::move(state), place);
}

Results Interpreter::EvaluateField(const Node& node, State state) {
  return Then(Run(node.kids[0], std::move(state)), [&](State next, Value base) {
    const Value object = Load(next, base);
    if (object.Is(Kind::kResult)) {
      const ResultPart* part = program_.FieldPart(node.type);
      if (part != nullptr) Asked(object.result(), *part, next);
      Value value = part != nullptr ? ReadResult(object.result(), *part)
                                    : Value::Unknown("the field " + node.text);
      return One(std::move(next), value.Taint(object));
    }
    if (base.Is(Kind::kAlias)) {
      return One(std::move(next), Value::Alias(base.place().Part(node.text)));
    }
    Values fields;
    for (const Value& one : object.Alternatives()) {
      fields.push_back(Value::Unknown("the field " + node.text));
      if (!one.Is(Kind::kObject)) continue;
      const auto field = one.object().fields.find(node.text);
      if (field != one.object().fields.end()) fields.back() = field->second;
    }
    Value value = Value::Choice(fields);
    return One(std::move(next), value.Taint(object));
  });
}

Results Interpreter::EvaluateGlobal(const Node& node, State state) {
  const Program::GlobalRef* global = program_.FindGlobal(node.text);
  if (global == nullptr) return One(std::move(state), Value::Unknown("a global variable"));
  if (global->global->name == "std::nullopt") return One(std::move(state), Value::Null());
  if (const auto constant = program_.Constant(global->global->name)) {
    return One(std::move(state), *constant);
  }
  const Root root{Root::kGlobals, global->index};
  if (state.memory.Find(root) != nullptr) return One(std::move(state), Value::Alias({root, {}}));
  if (program_.IsAssigned(node.text) && !global->global->is_const) {
    state.memory.Set(root, Value::Unknown("the global variable " + global->global->name));
    return One(std::move(state), Value::Alias({root, {}}));
  }
  // Its initial value, found out when it is first needed. What it needs itself is not known yet.
  state.memory.Set(root, Value::Unknown("the global variable " + global->global->name));
  frames_.push_back({.function = {global->file, &Nobody()}, .at = {}});
  const Node& init = global->global->init;
  Results results;
  if (init.op == Op::kConstruct || init.op == Op::kFull) {
    results = MakeAt(init, std::move(state), {root, {}});
  } else {
    results = Then(EvaluateLoaded(init, std::move(state)), [&](State next, Value value) {
      if (!value.Is(Kind::kUnknown)) next.memory.Set(root, std::move(value));
      return One(std::move(next));
    });
  }
  const int depth = Depth();
  frames_.pop_back();
  return Then(std::move(results), [&](State next, Value) {
    next.memory.DropFrames(depth);
    return One(std::move(next), Value::Alias({root, {}}));
  });
}

Results Interpreter::EvaluateAnd(const Node& node, State state) {
  const bool stops_at = node.op == Op::kOr;
  return JoinValues(
      Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value left) {
        const Truth truth = AsCondition(left);
        const Truth stop = stops_at ? Truth::kTrue : Truth::kFalse;
        if (truth == stop) {
          return One(std::move(next), Value::Int(stops_at ? 1 : 0).Taint(left));
        }
        State other = next;
        if (truth == Truth::kUnknown) Narrow(node.kids[0], next, !stops_at);
        Results results =
            Then(EvaluateLoaded(node.kids[1], std::move(next)), [&](State after, Value right) {
              const Truth second = AsCondition(right);
              Value value =
                  second == Truth::kUnknown ? right : Value::Int(second == Truth::kTrue ? 1 : 0);
              return One(std::move(after), value.Taint(left).Taint(right));
            });
        if (truth == Truth::kUnknown) {
          Narrow(node.kids[0], other, stops_at);
          results.push_back(
              {std::move(other), Completion::kValue, Value::Int(stops_at ? 1 : 0).Taint(left)});
        }
        return results;
      }));
}

Results Interpreter::EvaluateLambda(const Node& node, State state) {
  const FileFacts& file = *frames_.back().function.file;
  Closure closure{program_.CalleeOf(file, node.number).definition, {}};
  if (!closure.function) return One(std::move(state), Value::Unknown("a lambda"));
  std::vector<Node> values;
  return EvaluateAll(
      std::span<const Node>(node.kids), std::move(state), [&](State next, Values captures) {
        Closure made = closure;
        for (std::size_t i = 0; i < node.kids.size(); ++i) {
          Value value = captures[i];
          if (node.kids[i].text == "kept") {
            value = Value::Unknown("what a mutable lambda has changed");
          } else if (node.kids[i].text == "ref") {
            value = ReferenceTo(node.kids[i], value, next);
          } else {
            value = Load(next, value);
          }
          made.captures.emplace_back(static_cast<int>(node.kids[i].number), std::move(value));
        }
        return One(std::move(next), Value::Of(std::move(made)));
      });
}

Results Interpreter::EvaluateUnknown(const Node& node, State state) {
  const std::string what = node.text.empty() ? "an expression" : node.text;
  if (node.op == Op::kCapture || node.op == Op::kInit) return Run(node.kids[0], std::move(state));
  if (state.fault && state.fault->blind.empty()) {
    if (what == "IndirectGotoStmt") state.fault->blind = kByGoto;
    if (IsUnread(what)) state.fault->blind = "comes to " + what;
  }
  const bool may_write = what == kTemplateCall || what == kTemplateOperator;
  return EvaluateAll(node.kids, std::move(state), [&](State next, Values values) {
    Value unknown = Value::Unknown(what);
    bool may_call = false;
    for (const Value& value : values) {
      const Value loaded = Load(next, value);
      may_call = may_call || loaded.Is(Kind::kFunction);
      unknown.Taint(loaded);
      next.memory.Escape(loaded);
      if (may_write && (value.Is(Kind::kAlias) || value.Is(Kind::kPointer))) {
        next.memory.Write(value.place(), Value::Unknown("what " + what + " leaves"));
      }
    }
    const bool may_matter = what == kNotCompiled && (unknown.from_fault || may_call);
    if (may_matter && next.fault && next.fault->blind.empty()) {
      next.fault->blind = "comes to " + what;
    }
    return One(std::move(next), std::move(unknown));
  });
}

Results Interpreter::EvaluateAggregate(const Node& node, State state, const Place& into) {
  state.memory.Write(into, Value::Of(Object{.type = node.type, .fields = {}}));
  return Then(InitializeAll(node.kids, into, One(std::move(state))),
              [&](State next, Value) { return One(std::move(next), Value::Alias(into)); });
}

// After `condition` turned out true or false, alternatives of a variable that do not fit are gone.
void References::Narrow(const Node& condition, State& state, bool is_true) const {
  if (condition.op == Op::kFull) return Narrow(condition.kids[0], state, is_true);
  if (condition.op == Op::kNot) return Narrow(condition.kids[0], state, !is_true);
  if (condition.op == Op::kBinary && (condition.text == "!=" || condition.text == "==") &&
      condition.kids[1].op == Op::kNull) {
    return Narrow(condition.kids[0], state, is_true == (condition.text == "!="));
  }
  if (condition.op != Op::kLocal) return;
  const Place place = state.memory.Resolve({{Depth(), static_cast<int>(condition.number)}, {}});
  const Value value = state.memory.Read(place);
  if (!value.Is(Kind::kChoice)) return;
  Values fitting;
  for (const Value& alternative : value.elements()) {
    const Truth truth = AsCondition(alternative);
    if (truth == Truth::kUnknown || (truth == Truth::kTrue) == is_true) {
      fitting.push_back(alternative);
    }
  }
  if (!fitting.empty()) state.memory.Write(place, Value::Choice(fitting));
}

}  // namespace filibuster
