// What owners own, as far as that is followed: smart pointers, containers, closures.
#include <algorithm>
#include <utility>

#include "analyzer/interpreter_internal.h"

namespace filibuster {

using Kind = Value::Kind;

bool IsSmartPointer(std::string_view name) {
  return name == "std::unique_ptr" || name == "std::shared_ptr" || name == "std::__shared_ptr";
}

// A container that is empty after it was moved from.
bool IsSequence(std::string_view name) {
  static constexpr std::string_view kSequences[] = {
      "std::vector",        "std::deque",    "std::list",         "std::forward_list",
      "std::set",           "std::multiset", "std::map",          "std::multimap",
      "std::unordered_set", "std::queue",    "std::unordered_map"};
  return std::ranges::find(kSequences, name) != std::end(kSequences);
}

Value MovedFrom(const Value& value, const std::string& class_name) {
  if (IsSequence(class_name)) return Value::List({});
  if (value.IsOwner() || value.Is(Kind::kNull) || IsSmartPointer(class_name)) return Value::Null();
  if (value.Is(Kind::kList)) {
    Values elements;
    for (const Value& element : value.elements()) elements.push_back(MovedFrom(element, ""));
    return Value::List(std::move(elements));
  }
  if (value.Is(Kind::kObject)) {
    Object object = value.object();
    for (auto& [name, field] : object.fields) field = MovedFrom(field, "");
    return Value::Of(std::move(object));
  }
  if (value.Is(Kind::kFunction)) {
    Closure closure = value.closure();
    for (auto& [variable, captured] : closure.captures) captured = MovedFrom(captured, "");
    return Value::Of(std::move(closure));
  }
  return value.Is(Kind::kString) ? Value::Unknown("what has been moved from") : value;
}

bool Interpreter::IsOwnerClass(const std::string& type) const {
  const ClassFacts* facts = program_.ClassOf(type);
  return !type.empty() && facts != nullptr && !facts->owned.empty();
}

// The class of what an object of the class holds; "" if that owns nothing.
std::string Interpreter::OwnedType(const std::string& type, std::size_t index) const {
  const ClassFacts* facts = program_.ClassOf(type);
  return facts != nullptr && index < facts->owned.size() ? facts->owned[index] : std::string();
}

bool Interpreter::Owns(const Value& value) const {
  std::vector<const Value*> open = {&value};
  while (!open.empty()) {
    const Value& one = *open.back();
    open.pop_back();
    if (one.IsOwner()) return true;
    if (one.Is(Kind::kObject) && HasDestructor(one.object().type)) return true;
    AddValues(one, open);
  }
  return false;
}

bool Interpreter::HasDestructor(const std::string& type) const {
  const ClassFacts* facts = program_.ClassOf(type);
  return !type.empty() && facts != nullptr && !facts->destructor.empty();
}

// What is handed, as a value, to what is not followed goes when nobody sees it.
void Interpreter::HandOver(const CallContext& call, State& state) {
  if (!state.fault || !state.fault->blind.empty()) return;
  const FileFacts& file = *frames_.back().function.file;
  Values open;
  for (std::size_t i = call.first; i < call.arguments.size(); ++i) {
    if (!call.arguments[i].Is(Kind::kAlias)) open.push_back(call.arguments[i]);
  }
  bool matters = false;
  while (!open.empty() && !matters) {
    const Value one = std::move(open.back());
    open.pop_back();
    if (one.IsOwner()) {
      matters = !one.owned().deleter.empty();
      open.push_back(state.memory.Read({one.place().root, one.place().path}));
    } else if (one.Is(Kind::kObject) && HasDestructor(one.object().type)) {
      const FunctionRef destructor =
          program_.FindFunction(file, program_.ClassOf(one.object().type)->destructor);
      matters = !destructor || !reaches_.Of(*destructor.function).IsNothing();
    }
    std::vector<const Value*> parts;
    AddValues(one, parts);
    for (const Value* part : parts) open.push_back(*part);
  }
  if (matters) {
    state.fault->blind = "hands " + call.link.callee->name + " what it destroys later";
  }
}

bool Interpreter::IsOwned(const Root& root, const State& state) const {
  std::vector<const Value*> open = in_flight_;
  for (const auto& [other, value] : state.memory.values()) open.push_back(&value);
  for (const Value& value : state.handling) open.push_back(&value);
  for (const RegisteredHandler& handler : facts_.handlers) open.push_back(&handler.handler);
  while (!open.empty()) {
    const Value& one = *open.back();
    open.pop_back();
    if (one.IsOwner() && one.place().root == root) return true;
    AddValues(one, open);
  }
  return false;
}

Results Interpreter::LoseOwned(const std::string& type, State state) {
  const FileFacts& file = *frames_.back().function.file;
  const std::vector<FunctionRef>& destructors = reaches_.DestroyedWith(file, type);
  const bool matters = std::ranges::any_of(destructors, [&](const FunctionRef& one) {
    return !one || !reaches_.Of(*one.function).IsNothing();
  });
  if (!destructors.empty()) state.memory.ForgetEscaped(IsContents);
  if (matters && state.fault && state.fault->blind.empty()) {
    state.fault->blind = "what goes with a " + program_.TypeName(type) + " was not followed";
  }
  return One(std::move(state));
}

}  // namespace filibuster
