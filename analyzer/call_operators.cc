// Functions of the service that are called without being named.
#include <algorithm>
#include <iterator>

#include "analyzer/library_fields.h"
#include "analyzer/library_state.h"
#include "analyzer/program.h"

namespace filibuster {

std::vector<FunctionRef> Program::CallOperatorsOf(const std::string& type) const {
  std::vector<FunctionRef> operators;
  std::vector<std::string> classes = {type};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto own = call_operators_.find(classes[i]);
    if (own != call_operators_.end()) std::ranges::copy(own->second, std::back_inserter(operators));
    if (const auto record = classes_.find(classes[i]); record != classes_.end()) {
      classes.insert(classes.end(), record->second->bases.begin(), record->second->bases.end());
    }
  }
  return operators;
}

// What a container of the standard's compares by is a template argument: "set>#I#$@S@ByName#…".
std::vector<FunctionRef> Program::ComparesBy(const Callee& callee) const {
  std::vector<FunctionRef> compares;
  const std::string& usr = callee.class_usr;
  if (!callee.is_system || !usr.starts_with("c:@N@std@S@")) return compares;
  for (std::size_t at = usr.find("#$"); at != usr.npos; at = usr.find("#$", at + 1)) {
    const std::size_t end = usr.find('#', at + 2);
    const std::string type = "c:" + usr.substr(at + 2, end == usr.npos ? end : end - at - 2);
    std::ranges::copy(CallOperatorsOf(type), std::back_inserter(compares));
  }
  return compares;
}

// One of the bases of the object can be called.
void LibraryState::AddFunction(Place object, const Value& base, State& state) {
  if (!base.Is(Value::Kind::kFunction)) return;
  object.path.emplace_back(kFunctions);
  const Value others = state.memory.Read(object);
  state.memory.Write(object,
                     others.Is(Value::Kind::kUnknown) ? base : Value::Choice({others, base}));
}

Value LibraryState::AsFunction(const Value& value, const Place& self) const {
  if (!value.Is(Value::Kind::kObject) || !value.object().type.starts_with("c:")) return value;
  const auto kept = value.object().fields.find(kFunctions);
  if (kept != value.object().fields.end()) return kept->second;
  Values functions;
  for (const FunctionRef& called : program_.CallOperatorsOf(value.object().type)) {
    functions.push_back(Value::Of(Closure{called, {{kThisVariable, Value::Pointer(self)}}}));
  }
  return functions.empty() ? value : Value::Choice(functions).Taint(value);
}

// Objects that can be called are kept from now on.
CallContext LibraryState::WithFunctions(const CallContext& call, State& state) {
  CallContext kept = call;
  for (std::size_t i = call.first; i < call.arguments.size(); ++i) {
    const Value object = Load(state, call.arguments[i]);
    const Place self = Allocate(call.node.kids[i]);
    const Value function = AsFunction(object, self);
    if (function == object) continue;
    state.memory.Set(self.root, object);
    kept.arguments[i] = function;
  }
  return kept;
}

}  // namespace filibuster
