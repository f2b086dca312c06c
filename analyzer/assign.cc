// Expressions that change a variable.
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/standard_library.h"

namespace filibuster {

using Kind = Value::Kind;

bool Interpreter::IsMapElement(const Node& node) const {
  if (node.op != Op::kCall || node.kids.size() != 2) return false;
  const Callee& callee = *program_.CalleeOf(*frames_.back().function.file, node.number).callee;
  return callee.name == "std::map::operator[]" || callee.name == "std::unordered_map::operator[]";
}

// What is written where it is not known to be: all that it may be is not known after it.
void Interpreter::WriteSomewhere(const Node& target, const Value& left, State& state) {
  bool is_place = false;
  for (const Value& one : left.Alternatives()) {
    if (!one.Is(Kind::kAlias) && !(one.Is(Kind::kPointer) && target.op == Op::kDeref)) continue;
    state.memory.Write(one.place(), Value::Unknown("one of several that may be assigned to"));
    is_place = true;
  }
  if (is_place) return;
  if (const Node* container = ContainerOf(target)) {
    ForgetElements(*container, state);
  } else if (target.op == Op::kField) {
    ForgetFields(target, state.memory);
  } else if (state.fault && state.fault->blind.empty()) {
    state.fault->blind = "writes through a pointer that is not known";
  }
}

// What an element, or a field of one, is in; nullptr: it is in none.
const Node* Interpreter::ContainerOf(const Node& element) const {
  if (element.kids.empty()) return nullptr;
  if (element.op == Op::kField) return ContainerOf(element.kids[0]);
  if (element.op == Op::kIndex) return element.kids.data();
  if (element.op != Op::kCall) return nullptr;
  const Callee& callee = *program_.CalleeOf(*frames_.back().function.file, element.number).callee;
  const bool is_pointer = callee.name.starts_with("std::unique_ptr::") ||
                          callee.name.starts_with("std::__shared_ptr_access::") ||
                          callee.name.starts_with("std::reference_wrapper::");
  return callee.is_system && callee.is_method && !is_pointer ? element.kids.data() : nullptr;
}

// Elements are no places: after one is assigned to, none is known. An array may be one value.
void Interpreter::ForgetElements(const Node& container, State& state) {
  const Node* base = &container;
  while (base->op == Op::kField || base->op == Op::kDeref) base = base->kids.data();
  if (base->op != Op::kLocal && base->op != Op::kGlobal && base->op != Op::kThis) {
    // To evaluate it again might call something again.
    if (const Node* outer = ContainerOf(container)) ForgetElements(*outer, state);
    return;
  }
  const Results found = Run(container, state);
  if (found.size() != 1 || found.front().completion != Completion::kValue) return;
  Value changed = found.front().value;
  if (const Value held = Load(state, changed); held.Is(Kind::kPointer)) changed = held;
  if (changed.Is(Kind::kAlias) || changed.Is(Kind::kPointer)) {
    state.memory.Write(changed.place(), Value::Unknown("a variable whose elements change"));
  } else if (container.op == Op::kField) {
    ForgetFields(container, state.memory);
  }
}

// Of all objects that may be the one whose field is written to.
void Interpreter::ForgetFields(const Node& field, Memory& memory) const {
  const std::string owner = field.type.substr(0, field.type.rfind("::"));
  // Objects of libraries, which say no class, and the standard library's.
  const bool is_modelled = program_.FieldPart(field.type) != nullptr || owner.starts_with("std::");
  const auto may_be = [&](const Object& object) {
    if (object.type.empty()) return is_modelled;
    return program_.TypeName(object.type) == owner ||
           program_.DerivesFrom(object.type, program_.KeyOf(owner));
  };
  memory.ForgetFields(field.text, may_be);
}

// `map[key] = function`: such a table says what is called. Of other elements nothing is known.
Results Interpreter::AssignElement(const Node& element, State state, const Value& right) {
  return EvaluateAll(element.kids, std::move(state), [&](State next, Values values) {
    const Value map = Load(next, values[0]);
    Value changed = Value::Unknown("a variable whose elements change").Taint(map);
    if (map.Is(Kind::kList) && right.Is(Kind::kFunction)) {
      changed = Value::List(WithElement(map.elements(), Load(next, values[1]), right));
    }
    if (values[0].Is(Kind::kAlias)) next.memory.Write(values[0].place(), std::move(changed));
    return One(std::move(next), right);
  });
}

Results Interpreter::EvaluateAssign(const Node& node, State state) {
  // The right side first, as the language has it.
  return Then(EvaluateLoaded(node.kids[1], std::move(state)), [&](State next, Value right) {
    if (IsMapElement(node.kids[0])) return AssignElement(node.kids[0], std::move(next), right);
    return Then(Run(node.kids[0], std::move(next)), [&](State after, Value left) {
      if (!left.Is(Kind::kAlias)) {
        WriteSomewhere(node.kids[0], left, after);
        return One(std::move(after), std::move(right));
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
      after.memory.Write(left.place(), std::move(value));
      return One(std::move(after), std::move(left));
    });
  });
}

Results Interpreter::EvaluateUnary(const Node& node, State state) {
  return Then(Run(node.kids[0], std::move(state)), [&](State next, Value operand) {
    const Value old = Load(next, operand);
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
