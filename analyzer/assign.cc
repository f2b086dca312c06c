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

// Elements are no places: after one is assigned to, none is known.
void Interpreter::ForgetElements(const Node& assigned, State& state) {
  const Node& container = assigned.op == Op::kIndex ? assigned.kids[0] : assigned;
  if (assigned.op != Op::kIndex || container.op != Op::kLocal) return;
  const Root root{Depth(), static_cast<int>(container.number)};
  state.memory.Write({root, {}}, Value::Unknown("a variable whose elements change"));
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
        ForgetElements(node.kids[0], after);
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
    if (operand.Is(Kind::kAlias)) next.memory.Write(operand.place(), changed);
    return One(std::move(next), node.text.ends_with("post") ? old : changed);
  });
}

}  // namespace filibuster
