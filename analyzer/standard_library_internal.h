// What the standard library's functions are given, and how they answer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"
#include "analyzer/standard_library.h"

namespace filibuster::standard {

using Kind = Value::Kind;

// std::expected, futures and others as objects with these fields; see library_fields.h, too.
inline constexpr char kUnexpected[] = "$unexpected";
inline constexpr char kCount[] = "$count";
inline constexpr char kNumerator[] = "$numerator";
inline constexpr char kDenominator[] = "$denominator";

struct Standard {
  Interpreter& interpreter;
  const CallContext& call;
  State& state;

  std::size_t size() const { return call.arguments.size() - call.first; }
  Value Argument(std::size_t index) const {
    const Value* argument = call.Argument(static_cast<int>(index));
    if (argument == nullptr) return Value::Unknown("an argument");
    const std::vector<std::string>& types = call.link.callee->parameter_types;
    const bool is_reference = index < types.size() && types[index] == kReferenceWrapper;
    if (!is_reference || !argument->Is(Kind::kAlias)) return interpreter.Load(state, *argument);
    return Value::Alias(state.memory.Resolve(argument->place()));
  }
  // … as it is kept by an object of a class of references (std::optional<reference_wrapper<T>>).
  Value Kept(std::size_t index) const {
    static constexpr std::string_view kOfReferences = "@N@std@S@reference_wrapper>";
    const Value* argument = call.Argument(static_cast<int>(index));
    const Callee& callee = *call.link.callee;
    const bool is_place = argument != nullptr && argument->Is(Kind::kAlias);
    if (!is_place || callee.class_usr.find(kOfReferences) == std::string::npos) {
      return Argument(index);
    }
    // Another one is copied.
    const std::vector<std::string>& types = callee.parameter_types;
    const bool is_same = index < types.size() && !types[index].empty() &&
                         callee.name.starts_with(types[index] + "::");
    if (is_same) return Argument(index);
    return Value::Alias(state.memory.Resolve(argument->place()));
  }
  // An argument that is called: an object that was handed by std::ref is called where it is.
  Value Function(std::size_t index) const {
    const Value function = Argument(index);
    const Value* argument = call.Argument(static_cast<int>(index));
    const std::vector<std::string>& types = call.link.callee->parameter_types;
    const bool is_place = argument != nullptr && argument->Is(Kind::kAlias) &&
                          index < types.size() && types[index] == kReferenceWrapper;
    if (!is_place) return function;
    return interpreter.AsFunction(interpreter.Load(state, function),
                                  state.memory.Resolve(argument->place()));
  }
  // The object of a method.
  Value Self() const { return interpreter.Load(state, call.arguments[0]); }
  void SetSelf(Value value) const { SetArgument(0, std::move(value)); }
  // Of a method counted from the object on.
  void SetArgument(std::size_t index, Value value) const {
    const Value& where = call.arguments[index];
    if (where.Is(Kind::kAlias)) {
      state.memory.Write(where.place(), std::move(value));
    } else {
      state.memory.Escape(value);
      interpreter.ChangeSomewhere(call.node.kids[index], where, state);
    }
  }
  // What is not known may be what the function throws for: under a fault both is followed.
  Results GiveOrThrow(Value value, const char* exception, const Value& given) const {
    Results results;
    if (state.fault) {
      results.push_back(interpreter.ThrowPerhaps(call, state, exception, given));
    }
    results.push_back({std::move(state), Completion::kValue, std::move(value)});
    return results;
  }
  Results Throw(const char* exception, const Value& given) const {
    Value thrown = Value::Of(Object{.type = exception, .fields = {}}).Taint(given);
    return {{std::move(state), Completion::kThrow, std::move(thrown)}};
  }
  Results Give(Value value) const { return One(std::move(state), std::move(value)); }
  Results GiveFromAll(Value value) const {
    for (const Value& argument : call.arguments) value.Taint(interpreter.Load(state, argument));
    return Give(std::move(value));
  }
};

using Handler = Results (*)(const Standard&);

inline Object Fields(std::map<std::string, Value> fields) {
  return {.type = "", .fields = std::move(fields)};
}

inline const Value* Field(const Value& value, const char* name) {
  if (!value.Is(Kind::kObject)) return nullptr;
  const auto field = value.object().fields.find(name);
  return field == value.object().fields.end() ? nullptr : &field->second;
}

// Of an object that may hold a value: whether it does, and that.
Value Has(const Value& value);
Value Held(const Value& value);

}  // namespace filibuster::standard
