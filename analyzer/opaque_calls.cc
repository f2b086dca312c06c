// Calls of functions whose code was not read: what they may change, throw and call.
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// What a function may have changed is not known after it.
void ForgetChangeable(const CallContext& call, State& state) {
  const std::vector<bool>& can_change = call.link.callee->can_change;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (i < can_change.size() && !can_change[i]) continue;
    const Value& argument = call.arguments[i];
    if (!argument.Is(Kind::kAlias) && !argument.Is(Kind::kPointer)) continue;
    const Value unknown = Value::Unknown("what " + call.link.callee->name + " leaves");
    state.memory.Escape(argument);
    const bool is_pointer = argument.Is(Kind::kPointer);
    state.memory.Write(is_pointer ? WithoutElements(argument.place()) : argument.place(), unknown);
  }
}

// What a function of a library throws that does not like what it is given.
const char* ThrownBy(const Callee& callee) {
  static const std::map<std::string_view, const char*> exceptions = {
      {"std::any_cast", "std::bad_any_cast"},
      {"std::basic_string::at", "std::out_of_range"},
      {"std::basic_string_view::at", "std::out_of_range"},
      {"std::deque::at", "std::out_of_range"},
      {"nlohmann::basic_json::parse", "nlohmann::detail::parse_error"},
  };
  const auto exception = exceptions.find(callee.name);
  return exception == exceptions.end() || callee.is_noexcept ? nullptr : exception->second;
}

// What a library throws whatever it does not like; nothing where that may be the service's code,
// which makes an object of its own from a JSON value.
const char* BaseOfThrownBy(const Callee& callee) {
  const std::string& made = callee.return_type;
  const bool is_own =
      !made.empty() && made != "std::basic_string" && !made.starts_with("nlohmann::");
  return callee.name.starts_with("nlohmann::") && !is_own ? "nlohmann::detail::exception" : nullptr;
}

// Whatever a text says: it is put together, searched, or written to a stream.
bool TakesAnyText(const Callee& callee) {
  static constexpr std::string_view kTaking[] = {
      "std::operator",          "std::basic_ostream::",      "std::basic_string::append",
      "std::basic_string::c",   "std::basic_string::begin",  "std::basic_string::end",
      "std::basic_string::f",   "std::basic_string::length", "std::basic_string::operator",
      "std::basic_string::size"};
  const bool compares = callee.name == "std::basic_string::compare" ||
                        callee.name == "std::basic_string::copy";  // at a position
  return !compares && std::ranges::any_of(kTaking, [&](std::string_view name) {
    return callee.name.starts_with(name);
  });
}

// Of streams, locks and the like nothing is known that could be changed.
bool HasContents(std::string_view type) {
  static constexpr std::string_view kModelled[] = {
      "std::array",    "std::atomic",     "std::basic_string",  "std::error_code", "std::expected",
      "std::function", "std::map",        "std::optional",      "std::pair",       "std::promise",
      "std::tuple",    "std::unique_ptr", "std::unordered_map", "std::variant",    "std::vector"};
  return !type.starts_with("std::") || std::ranges::find(kModelled, type) != std::end(kModelled);
}

// What the value is made of and refers to.
bool HoldsFault(const Value& value, const Memory& memory) {
  std::vector<const Value*> open = {&value};
  for (const Root& root : memory.ReachedFrom(open)) open.push_back(memory.Find(root));
  while (!open.empty()) {
    const Value& one = *open.back();
    open.pop_back();
    if (one.from_fault) return true;
    AddValues(one, open);
  }
  return false;
}

// It calls what it is handed once at most.
bool IsOnce(const Callee& callee) {
  return callee.name == "std::call_once" || callee.name == "std::apply" ||
         callee.name == "std::visit";
}

bool IsKnown(const Value& value) {
  return value.Is(Kind::kInt) || value.Is(Kind::kNull) || value.IsCompleteString();
}

}  // namespace

Results Interpreter::CallOpaque(const CallContext& call, State state) {
  const Callee& callee = *call.link.callee;
  if (callee.is_noreturn) {
    // It ends the process, or throws.
    if (state.fault && state.fault->blind.empty() && !callee.is_system) {
      state.fault->blind = "calls " + callee.name + ", whose definition was not seen";
    }
    return {{std::move(state), Completion::kEnd, Value::String(kByExit)}};
  }
  HandOver(call, state);
  Value result = Value::Unknown("the result of " + callee.name);
  std::vector<Value> callbacks;
  Values loaded;
  bool all_known = true;
  for (const Value& argument : call.arguments) {
    loaded.push_back(Load(state, argument));
    const Value& value = loaded.back();
    result.Taint(value);
    result.from_fault = result.from_fault || (!callee.is_system && HoldsFault(value, state.memory));
    state.memory.Escape(value);
    all_known = all_known && IsKnown(value);
    if (value.Is(Kind::kFunction)) callbacks.push_back(value);
    const auto index = static_cast<std::size_t>(&argument - call.arguments.data());
    if (call.node.op != Op::kCall || !callee.is_system || index < call.first) continue;
    // What is taken by reference changes where it is. What goes to `...` has no parameter.
    const std::size_t parameter = index - call.first;
    const bool is_place =
        argument.Is(Kind::kAlias) && parameter < callee.parameter_types.size() &&
        (callee.can_change[index] || callee.parameter_types[parameter] == kReferenceWrapper);
    const Place self =
        is_place ? state.memory.Resolve(argument.place()) : Temporary(call.node.kids[index]);
    const Value called = AsFunction(value, self);
    if (called == value) continue;
    if (!is_place) state.memory.Set(self.root, value);
    callbacks.push_back(called);
  }
  for (const FunctionRef& compares : call.link.compares) {
    callbacks.push_back(Value::Of(
        Closure{compares, {{kThisVariable, Value::Unknown("what a container compares by")}}}));
  }
  const auto is_unseen = [&](const Node& kid) {
    const auto index = static_cast<std::size_t>(&kid - call.node.kids.data());
    return kid.op == Op::kLambda && index < call.arguments.size() &&
           call.arguments[index].Is(Kind::kUnknown);
  };
  if (state.fault && state.fault->blind.empty() && std::ranges::any_of(call.node.kids, is_unseen)) {
    state.fault->blind = "hands " + callee.name + " a function whose code was not seen";
  }
  // Which of a visitor's functions is called is not known, as the variant's types are not.
  const bool visits = callee.name == "std::visit";
  if (state.fault && state.fault->blind.empty() && visits) {
    state.fault->blind = "calls a visitor of a std::variant";
  }
  if (state.fault && state.fault->blind.empty() && !callee.is_system && result.from_fault) {
    state.fault->blind = "calls " + callee.name + ", whose definition was not seen";
  }
  ForgetChangeable(call, state);
  ChangeUnknown(call, state);
  if (!callee.is_system || visits) {
    for (const Value& value : loaded) state.memory.ForgetReferredTo(value);
  }
  Results results;
  const char* exception = ThrownBy(callee);
  if (state.fault && exception != nullptr) {
    if (!all_known) results.push_back(ThrowPerhaps(call, state, exception, result));
  } else if (state.fault && result.from_body && !callee.is_noexcept && !TakesAnyText(callee)) {
    // What expects a body may throw when it gets the body of an error.
    Value thrown = Value::Unknown("an exception of " + callee.name);
    if (const char* base = BaseOfThrownBy(callee)) {
      thrown = Value::Of(Object{.type = program_.KeyOf(base), .fields = {{kOrDerived, {}}}});
    }
    thrown.from_fault = true;
    Misread(state);
    results.push_back({state, Completion::kThrow, std::move(thrown)});
  }
  // What is handed a function may call it; an algorithm calls it any number of times.
  const auto call_back = [&](State before) {
    Results after;
    // A comparison may keep references.
    if (!call.link.compares.empty()) before.memory.ForgetEscaped(IsContents);
    for (const Value& callback : callbacks) Append(after, Invoke(callback, {}, before));
    return after;
  };
  // One that makes calls itself is followed once: how often they are made is not known.
  const bool makes_calls = std::ranges::any_of(callbacks, [&](const Value& callback) {
    return std::ranges::any_of(callback.Alternatives(), [&](const Value& one) {
      return !reaches_.ClientCallsFrom(*one.closure().function.function).empty();
    });
  });
  if (!callee.is_system || makes_calls || IsOnce(callee)) {
    Append(results, call_back(state));
  } else if (!callbacks.empty()) {
    Append(results, Repeat(state, [&](State before) {
             Results going;
             for (Result& result : call_back(std::move(before))) {
               const bool goes_on = result.completion == Completion::kValue;
               (goes_on ? going : results).push_back(std::move(result));
             }
             return going;
           }));
  }
  results.push_back({std::move(state), Completion::kValue, {}});
  for (Result& one : results) {
    if (one.completion == Completion::kValue) one.value = result;
  }
  return Join(std::move(results));
}

// A function that changes what it is handed may be handed what is not known to be in one place.
void Interpreter::ChangeUnknown(const CallContext& call, State& state) {
  const Callee& callee = *call.link.callee;
  for (std::size_t i = 0; i < call.node.kids.size() && i < callee.can_change.size(); ++i) {
    const Value& argument = call.arguments[i];
    const bool is_known = argument.Is(Kind::kAlias) || argument.Is(Kind::kPointer) ||
                          argument.Is(Kind::kNull) || argument.Is(Kind::kFunction) ||
                          argument.Is(Kind::kString);
    if (is_known || !callee.can_change[i]) continue;
    const bool is_object = callee.is_method && i == 0;
    const std::size_t parameter = i - (callee.is_method ? 1 : 0);
    const std::string type = is_object ? callee.name.substr(0, callee.name.rfind("::"))
                             : parameter < callee.parameter_types.size()
                                 ? callee.parameter_types[parameter]
                                 : std::string();
    if (HasContents(type)) ChangeSomewhere(call.node.kids[i], argument, state);
  }
}

Result LibraryState::ThrowPerhaps(const CallContext& call, State& state, const char* exception,
                                  const Value& given) {
  LeaveOpen(state, call.node.position, given);
  if (given.from_body) Misread(state);
  Value thrown = Value::Of(Object{.type = program_.KeyOf(exception), .fields = {}});
  thrown.Taint(given);
  return {state, Completion::kThrow, std::move(thrown)};
}

}  // namespace filibuster
