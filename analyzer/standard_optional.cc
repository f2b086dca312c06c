#include <utility>

#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- std::optional and std::expected, and what can be used like them ---------------------------

namespace {

bool IsExpected(const Standard& standard) {
  return standard.call.link.callee->name.starts_with("std::expected");
}

Value Empty() { return Value::Of(Fields({{kHas, Value::Int(0)}})); }

Value Engaged(const Value& held) {
  return Value::Of(Fields({{kHas, Value::Int(1)}, {kHeld, held}})).Taint(held);
}

Value ErrorOf(const Value& value) {
  const Value* error = Field(value, kError);
  // An error that was assigned as it is.
  if (error == nullptr) error = Field(value, kUnexpected);
  Value found = error != nullptr ? *error : Value::Unknown("an error");
  return found.Taint(value);
}

}  // namespace

Value Has(const Value& value) {
  if (value.Is(Kind::kChoice)) {
    Values answers;
    for (const Value& alternative : value.elements()) answers.push_back(Has(alternative));
    return Value::Choice(answers).Taint(value);
  }
  if (Field(value, kUnexpected) != nullptr) return Value::Int(0).Taint(value);
  if (const Value* has = Field(value, kHas)) return Value(*has).Taint(value);
  if (value.Is(Kind::kNull)) return Value::Int(0).Taint(value);
  if (value.Is(Kind::kUnknown)) return Value::Unknown("whether there is a value").Taint(value);
  return Value::Int(1).Taint(value);
}

Value Held(const Value& value) {
  if (value.Is(Kind::kChoice)) {
    Values held;
    for (const Value& alternative : value.elements()) {
      if (AsCondition(Has(alternative)) != Truth::kFalse) held.push_back(Held(alternative));
    }
    if (!held.empty()) return Value::Choice(held).Taint(value);
  }
  if (const Value* held = Field(value, kHeld)) return Value(*held).Taint(value);
  if (value.Is(Kind::kObject) && AsCondition(Has(value)) == Truth::kTrue) return value;
  return Value::Unknown("the value that is held").Taint(value);
}

Results MakeOptional(const Standard& standard) {
  if (standard.size() == 0) {
    return standard.Give(IsExpected(standard) ? Engaged(Value::Unknown("a default value"))
                                              : Empty());
  }
  const Value value = standard.Kept(0);
  if (value.Is(Kind::kNull)) return standard.Give(Empty());
  if (const Value* error = Field(value, kUnexpected)) {
    return standard.Give(Value::Of(Fields({{kHas, Value::Int(0)}, {kError, *error}})).Taint(value));
  }
  return standard.Give(Engaged(value));
}

Results MakeUnexpected(const Standard& standard) {
  const Value error = standard.Argument(0);
  return standard.Give(Value::Of(Fields({{kUnexpected, error}})).Taint(error));
}

Results HasValue(const Standard& standard) { return standard.Give(Has(standard.Self())); }

namespace {

// Where it is, if that is known.
Value HeldBy(const Standard& standard, const Value& self) {
  const Value& where = standard.call.arguments[0];
  if (!where.Is(Kind::kAlias)) return Held(self);
  if (Field(self, kHeld) == nullptr) {
    standard.state.memory.Escape(where);
    return Held(self);
  }
  Place place = standard.state.memory.Resolve(where.place());
  place.path.emplace_back(kHeld);
  return Value::Alias(std::move(place)).Taint(self);
}

}  // namespace

// operator* and operator->: of an empty one they are undefined behaviour.
Results UseHeld(const Standard& standard) {
  const Value self = standard.Self();
  if (AsCondition(Has(self)) == Truth::kFalse) {
    return {{std::move(standard.state), Completion::kEnd, Value::String(kByDereference)}};
  }
  Value held = HeldBy(standard, self);
  const bool is_arrow = standard.call.link.callee->name.ends_with("->");
  if (is_arrow && held.Is(Kind::kAlias)) held = Value::Pointer(held.place()).Taint(held);
  return standard.Give(std::move(held));
}

// value(): of an empty one it throws.
Results GetHeld(const Standard& standard) {
  const Value self = standard.Self();
  const Truth has = AsCondition(Has(self));
  // Of what an expected's error is, is not said.
  Object exception{.type = "std::bad_optional_access", .fields = {}};
  if (IsExpected(standard)) exception = {"std::bad_expected_access", {{kOrDerived, {}}}};
  Value thrown = Value::Of(std::move(exception)).Taint(self);
  Results results;
  if (has != Truth::kTrue) {
    results.push_back({standard.state, Completion::kThrow, std::move(thrown)});
  }
  if (has != Truth::kFalse) Append(results, standard.Give(HeldBy(standard, self)));
  return results;
}

Results ValueOr(const Standard& standard) {
  const Value self = standard.Self();
  const Value has = Has(self);
  const Value otherwise = standard.Argument(0);
  const Truth truth = AsCondition(has);
  if (truth == Truth::kTrue) return standard.Give(Held(self));
  if (truth == Truth::kFalse) return standard.Give(Value(otherwise).Taint(self));
  return standard.Give(Value::Choice({Held(self), otherwise}).Taint(self));
}

Results GetError(const Standard& standard) { return standard.Give(ErrorOf(standard.Self())); }

Results Reset(const Standard& standard) {
  standard.SetSelf(standard.size() > 0 ? standard.Argument(0) : Value::Null());
  return standard.Give({});
}

Results Emplace(const Standard& standard) {
  Value held = Value::Unknown("the value that is held");
  if (standard.size() == 1) held = standard.Kept(0);
  standard.SetSelf(Engaged(held));
  return UseHeld(standard);
}

namespace {

Value Failed(const Value& error) {
  return Value::Of(Fields({{kHas, Value::Int(0)}, {kError, error}})).Taint(error);
}

// What is handed to the function that is called if there is a value, or if there is none.
using Branch = Results (*)(const Standard&, const Value& self, State state);

// Each of the values that the object may have by itself.
Results Either(const Standard& standard, Branch with_value, Branch without) {
  const Value whole = standard.Self();
  Results results;
  for (const Value& self : whole.Alternatives()) {
    const Truth has = AsCondition(Has(self));
    if (has != Truth::kFalse) Append(results, with_value(standard, self, standard.state));
    if (has != Truth::kTrue) Append(results, without(standard, self, standard.state));
  }
  return standard.interpreter.Join(std::move(results));
}

Results GiveSelf(const Standard&, const Value& self, State state) {
  return One(std::move(state), self);
}

Results GiveNothing(const Standard& standard, const Value& self, State state) {
  Value nothing = IsExpected(standard) ? Failed(ErrorOf(self)) : Empty();
  return One(std::move(state), nothing.Taint(self));
}

// The value is handed where it is, if that is known: the function may change it there.
Results CallWithValue(const Standard& standard, const Value& self, State state) {
  const bool is_whole = !standard.Self().Is(Kind::kChoice);
  const Value held = is_whole ? HeldBy(standard, self) : Held(self);
  return standard.interpreter.Invoke(standard.Function(0), {held}, std::move(state));
}

Results CallWithError(const Standard& standard, const Value& self, State state) {
  Values arguments;
  if (IsExpected(standard)) arguments.push_back(ErrorOf(self));
  return standard.interpreter.Invoke(standard.Function(0), std::move(arguments), std::move(state));
}

template <Value (*kMake)(const Value&)>
Results Made(const Standard& standard, Results results) {
  for (Result& result : results) {
    if (result.completion != Completion::kValue) continue;
    result.value = kMake(standard.interpreter.Load(result.state, result.value));
  }
  return results;
}

Results TransformValue(const Standard& standard, const Value& self, State state) {
  return Made<Engaged>(standard, CallWithValue(standard, self, std::move(state)));
}

Results TransformWithError(const Standard& standard, const Value& self, State state) {
  return Made<Failed>(standard, CallWithError(standard, self, std::move(state)));
}

Results GiveErrorOf(const Standard&, const Value& self, State state) {
  return One(std::move(state), ErrorOf(self));
}

Results GiveOther(const Standard& standard, const Value& self, State state) {
  return One(std::move(state), standard.Argument(0).Taint(self));
}

}  // namespace

Results AndThen(const Standard& standard) { return Either(standard, CallWithValue, GiveNothing); }

Results Transform(const Standard& standard) {
  return Either(standard, TransformValue, GiveNothing);
}

Results OrElse(const Standard& standard) { return Either(standard, GiveSelf, CallWithError); }

Results TransformError(const Standard& standard) {
  return Either(standard, GiveSelf, TransformWithError);
}

Results ErrorOr(const Standard& standard) { return Either(standard, GiveOther, GiveErrorOf); }

}  // namespace filibuster::standard
