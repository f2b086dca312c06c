// Expressions that change a variable.
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/standard_library.h"

namespace filibuster {

using Kind = Value::Kind;

// What is written where it is not known to be: all that it may be is not known after it.
void Interpreter::WriteSomewhere(const Node& target, const Value& left, State& state) {
  if (ChangeSomewhere(target, left, state)) return;
  if (state.fault && state.fault->blind.empty()) {
    state.fault->blind = "writes through a pointer that is not known";
  }
}

bool Interpreter::ChangeSomewhere(const Node& target, const Value& left, State& state) {
  bool is_place = false;
  for (const Value& one : left.Alternatives()) {
    if (!one.Is(Kind::kAlias) && !(one.Is(Kind::kPointer) && target.op == Op::kDeref)) continue;
    state.memory.Write(one.place(), Value::Unknown("one of several that may be assigned to"));
    is_place = true;
  }
  if (is_place) return true;
  if (ContainerOf(target) != nullptr) {
    ForgetElements(target, state);
    return true;
  }
  if (target.op == Op::kField) {
    ForgetFields(target, state.memory);
    return true;
  }
  state.memory.ForgetEscaped(IsContents);
  return false;
}

// After an element is assigned to that is no place, none is known. What is come to by an iterator
// or a pointer is in something else.
void Interpreter::ForgetElements(const Node& element, State& state) {
  const Node* inner = &element;
  while (inner->op == Op::kField) inner = inner->kids.data();
  const Node& container = inner->kids[0];
  const bool is_within =
      inner->op == Op::kIndex ? inner->type == kArrayElement : CanChangeObject(*inner);
  const Node* base = &container;
  while (base->op == Op::kField || base->op == Op::kDeref) base = base->kids.data();
  if (base->op != Op::kLocal && base->op != Op::kGlobal && base->op != Op::kThis) {
    // To evaluate it again might call something again.
    if (ContainerOf(container) != nullptr) return ForgetElements(container, state);
    return state.memory.ForgetEscaped(IsContents);
  }
  const Results found = Run(container, state);
  if (found.size() != 1 || found.front().completion != Completion::kValue) return;
  Value changed = found.front().value;
  const Value held = Load(state, changed);
  if (held.Is(Kind::kPointer)) {
    state.memory.Write(WithoutElements(held.place()), Value::Unknown("what a pointer changes"));
  } else if (!is_within) {
    state.memory.ForgetEscaped(IsContents);
  } else if (changed.Is(Kind::kAlias)) {
    state.memory.Write(changed.place(), Value::Unknown("a variable whose elements change"));
  } else if (container.op == Op::kField) {
    ForgetFields(container, state.memory);
  } else {
    state.memory.ForgetEscaped(IsContents);
  }
}

// `map[key] = function`: such a table says what is called. Of other elements nothing is known.
Results Interpreter::AssignElement(const Node& element, State state, const Value& right) {
  return EvaluateAll(element.kids, std::move(state), [&](State next, Values values) {
    const Value map = Load(next, values[0]);
    Value changed = FilledContainer().Taint(map);
    if (map.Is(Kind::kList) && right.Is(Kind::kFunction)) {
      changed = Value::List(WithElement(map.elements(), Load(next, values[1]), right));
    }
    if (!changed.Is(Kind::kList)) next.memory.Escape(right);
    if (values[0].Is(Kind::kAlias)) next.memory.Write(values[0].place(), std::move(changed));
    return One(std::move(next), right);
  });
}

// A std::reference_wrapper refers to something else from now on.
Results Interpreter::Rebind(const Node& node, State state) {
  const Node& target = node.kids[0];
  return Then(Run(node.kids[1], std::move(state)), [&](State next, Value right) {
    right = ReferenceTo(node, right, next);
    if (target.op == Op::kLocal) {
      next.memory.Set({Depth(), static_cast<int>(target.number)}, right);
    } else {
      // What it referred to may still be taken for what it refers to.
      next.memory.Escape(right);
      WriteSomewhere(node, Value(), next);
    }
    return One(std::move(next), std::move(right));
  });
}

Results Interpreter::EvaluateAssign(const Node& node, State state) {
  if (node.type == "&") return Rebind(node, std::move(state));
  // The right side first, as the language has it.
  return Then(EvaluateLoaded(node.kids[1], std::move(state)), [&](State next, Value right) {
    if (IsMapElement(node.kids[0])) return AssignElement(node.kids[0], std::move(next), right);
    return Then(Run(node.kids[0], std::move(next)), [&](State after, Value left) {
      if (AssignTied(left, right, after)) return One(std::move(after), std::move(right));
      if (!left.Is(Kind::kAlias)) {
        after.memory.Escape(right);
        WriteSomewhere(node.kids[0], left, after);
        return One(std::move(after), std::move(right));
      }
      if (after.memory.IsElsewhere(after.memory.Resolve(left.place()).root)) {
        after.memory.Escape(right);
        if (node.kids[0].op == Op::kField) ForgetFields(node.kids[0], after.memory);
      }
      Value value = right;
      if (!node.text.empty()) value = Compute(node.text, Load(after, left), right);
      if (node.kids[0].op == Op::kField) {
        const ResultPart* part = program_.FieldPart(node.kids[0].type);
        if (part != nullptr && *part == ResultPart::kStatus) {
          const FunctionRef& function = frames_.back().function;
          value.origin =
              facts_.AddOrigin(LocationOf(*function.file, node.position), function.function->name);
        }
      }
      if (const std::string* role = program_.FieldRole(node.kids[0].type);
          role != nullptr && node.kids[0].op == Op::kField) {
        SetField(after, left.place(), *role, value);
      }
      const Value old = Load(after, left);
      after.memory.Write(left.place(), value);
      const bool owned = node.kids.size() == 3 || (old.Is(Value::Kind::kFunction) && Owns(old));
      if (!owned) return One(std::move(after), std::move(left));
      const std::string type = node.kids.size() == 3 ? node.kids[2].type : std::string();
      return Then(DestroyReplaced(old, value, type, std::move(after)),
                  [&](State last, Value) { return One(std::move(last), left); });
    });
  });
}

Results Interpreter::EvaluateUnary(const Node& node, State state) {
  return Then(Run(node.kids[0], std::move(state)), [&](State next, Value operand) {
    const Value old = Load(next, operand);
    if (node.text == kMovedFrom) {
      Value left = Value::Unknown("what has been moved from");
      if (node.type == kOwningPointer) left = Value::Null();
      if (program_.ClassOf(node.type) != nullptr) {
        left = MovedFrom(old, program_.TypeName(node.type));
      }
      if (operand.Is(Kind::kAlias)) next.memory.Write(operand.place(), std::move(left));
      return One(std::move(next), old);
    }
    if (node.text == kObserved) {
      const bool owns = old.IsOwner();
      return One(std::move(next), owns ? Value::Pointer(old.place()).Taint(old) : old);
    }
    if (node.text == "-" || node.text == "~") {
      Value value = node.text == "-" ? Compute("-", Value::Int(0), old)
                                     : Value::Unknown("a computation").Taint(old);
      return One(std::move(next), std::move(value));
    }
    const bool is_plus = node.text.starts_with("++");
    if (!is_plus && !node.text.starts_with("--")) {
      return One(std::move(next), Value::Unknown("a computation").Taint(old));
    }
    Value changed = Compute(is_plus ? "+" : "-", old, Value::Int(1));
    if (operand.Is(Kind::kAlias)) {
      next.memory.Write(operand.place(), changed);
    } else {
      WriteSomewhere(node.kids[0], operand, next);
    }
    return One(std::move(next), node.text.ends_with("post") ? old : changed);
  });
}

}  // namespace filibuster
