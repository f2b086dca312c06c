#include "analyzer/references.h"

#include <algorithm>
#include <utility>

namespace filibuster {

using Kind = Value::Kind;

// An element of an array is a part of it; so is one that a pointer to another of them leads to.
Value References::ElementOf(const Node& node, const State& state, const Value& base,
                            const Value& index) const {
  const Value held = Load(state, base);
  if (held.Is(Kind::kPointer)) {
    const Value moved = Compute("+", held, index);
    if (moved.Is(Kind::kPointer)) return Value::Alias(moved.place()).Taint(index);
    Place place = held.place();
    if (place.path.empty() || !IsElement(place.path.back())) {
      return Value::Unknown("an element of what a pointer points to").Taint(index);
    }
    place.path.back() = kAnyElement;
    return Value::Alias(std::move(place)).Taint(index);
  }
  if (node.type != kArrayElement || !base.Is(Kind::kAlias))
    return filibuster::ElementOf(held, index);
  const bool is_known = index.Is(Kind::kInt);
  Place place = state.memory.Resolve(base.place());
  place.path.push_back(is_known ? ElementPart(index.number()) : kAnyElement);
  return Value::Alias(std::move(place)).Taint(index);
}

// What a reference refers to may be changed through it though it is not known where that is.
void References::SetVariable(const Root& root, Value value, bool is_reference, State& state) const {
  if (!is_reference) value = Load(state, value);
  const bool is_known = !value.Is(Kind::kUnknown) && !value.Is(Kind::kChoice);
  if (!is_reference || is_known) {
    state.memory.Set(root, std::move(value));
    return;
  }
  state.memory.Escape(value);
  Values referred;
  for (const Value& one : value.Alternatives()) referred.push_back(Load(state, one));
  state.memory.SetElsewhere(root, Value::Choice(referred).Taint(value));
}

// What a field or a capture that is a reference is: what it refers to, or all that is known of
// that.
Value References::ReferenceTo(const Node& node, const Value& value, State& state) {
  if (value.Is(Kind::kAlias)) return Value::Alias(state.memory.Resolve(value.place()));
  if (!value.Is(Kind::kUnknown) && !value.Is(Kind::kChoice)) return value;
  const Place place = Allocate(node);
  SetVariable(place.root, value, /*is_reference=*/true, state);
  return Value::Alias(place);
}

bool References::IsMapElement(const Node& node) const {
  if (node.op != Op::kCall || node.kids.size() != 2) return false;
  const Callee& callee = *program_.CalleeOf(*frames_.back().function.file, node.number).callee;
  return callee.name == "std::map::operator[]" || callee.name == "std::unordered_map::operator[]";
}

// What an element, or a field of one, is in; nullptr: it is in none.
const Node* References::ContainerOf(const Node& element) const {
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

// The function that is called takes its object as one that it may change.
bool References::CanChangeObject(const Node& call) const {
  const Callee& callee = *program_.CalleeOf(*frames_.back().function.file, call.number).callee;
  return callee.is_method && !callee.can_change.empty() && callee.can_change[0];
}

// Of all objects that may be the one whose field is written to.
void References::ForgetFields(const Node& field, Memory& memory) const {
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

// `std::tie(…) = …`: an object whose fields are references. Whether it is one.
bool References::AssignTied(const Value& left, const Value& right, State& state) const {
  const Value tied = Load(state, left);
  const auto is_reference = [](const auto& field) { return field.second.Is(Kind::kAlias); };
  const bool is_tied = tied.Is(Kind::kObject) && tied.object().fields.contains("0") &&
                       std::ranges::any_of(tied.object().fields, is_reference);
  if (!is_tied) return false;
  for (const auto& [name, field] : tied.object().fields) {
    if (!field.Is(Kind::kAlias)) continue;
    Value value = Value::Unknown("an element").Taint(right);
    if (right.Is(Kind::kObject)) {
      const auto& fields = right.object().fields;
      const bool is_pair = fields.contains("first") && !fields.contains("0");
      const auto element = fields.find(!is_pair ? name : name == "0" ? "first" : "second");
      if (element != fields.end()) value = element->second;
    }
    state.memory.Write(field.place(), Load(state, value));
  }
  return true;
}

// The object is one of that class from now on: what its constructor and its destructor call of it
// is what that class has.
void References::SetClass(const Place& place, const std::string& type, State& state) {
  const Value object = state.memory.Read(place);
  if (!object.Is(Kind::kObject) || object.object().type == type) return;
  Object other = object.object();
  other.type = type;
  state.memory.Write(place, Value::Of(std::move(other)).Taint(object));
}

}  // namespace filibuster
