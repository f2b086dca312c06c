#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- std::optional and std::expected, and what can be used like them ---------------------------

namespace {

Value Empty() { return Value::Of(Fields({{kHas, Value::Int(0)}})); }

Value Engaged(const Value& held) {
  return Value::Of(Fields({{kHas, Value::Int(1)}, {kHeld, held}})).Taint(held);
}

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

}  // namespace

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
  if (standard.size() == 0) return standard.Give(Empty());
  const Value value = standard.Argument(0);
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
  const bool is_expected = standard.call.link.callee->name.starts_with("std::expected");
  Object exception{.type = "std::bad_optional_access", .fields = {}};
  if (is_expected) exception = {"std::bad_expected_access", {{kOrDerived, {}}}};
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

Results GetError(const Standard& standard) {
  const Value self = standard.Self();
  const Value* error = Field(self, kError);
  // An error that was assigned as it is.
  if (error == nullptr) error = Field(self, kUnexpected);
  Value value = error != nullptr ? *error : Value::Unknown("an error");
  return standard.Give(value.Taint(self));
}

Results Reset(const Standard& standard) {
  standard.SetSelf(standard.size() > 0 ? standard.Argument(0) : Value::Null());
  return standard.Give({});
}

Results Emplace(const Standard& standard) {
  Value held = Value::Unknown("the value that is held");
  if (standard.size() == 1) held = standard.Argument(0);
  standard.SetSelf(Engaged(held));
  return UseHeld(standard);
}

Results Exchange(const Standard& standard) {
  const Value old = standard.Argument(0);
  standard.SetArgument(0, standard.Argument(1));
  return standard.Give(old);
}

Results Swap(const Standard& standard) {
  const Value left = standard.Argument(0);
  const Value right = standard.Argument(1);
  standard.SetArgument(0, right);
  standard.SetArgument(1, left);
  return standard.Give(Value::Unknown("nothing"));
}

// ---- strings -----------------------------------------------------------------------------------

Results FirstArgument(const Standard& standard) {
  return standard.Give(standard.call.arguments.size() > standard.call.first
                           ? *standard.call.Argument(0)
                           : Value::String(""));
}

Results Itself(const Standard& standard) { return standard.Give(standard.Self()); }

// Of an owner and a pointer to a part of what it owns it is the pointer; of a pointer and what
// deletes it that.
Results MakeSharedPointer(const Standard& standard) {
  if (standard.size() != 2) return FirstArgument(standard);
  const Value second = standard.Argument(1);
  if (second.Is(Kind::kFunction) || second.Is(Kind::kObject)) return FirstArgument(standard);
  if (second.Is(Kind::kPointer)) return standard.Give(second);
  standard.state.memory.Escape(standard.Argument(0));
  return standard.GiveFromAll(Value::Unknown("a pointer"));
}

// What a std::reference_wrapper refers to. It is kept as a reference.
Results Referred(const Standard& standard) {
  const Value& where = standard.call.arguments[0];
  if (!where.Is(Kind::kAlias)) return standard.Give(where);
  const Value self = standard.Self();
  return standard.Give(self.Is(Kind::kUnknown) ? self : where);
}

// What can be written to through the pointer is not followed.
Results Characters(const Standard& standard) {
  const std::vector<bool>& can_change = standard.call.link.callee->can_change;
  if (!can_change.empty() && can_change[0])
    standard.state.memory.Escape(standard.call.arguments[0]);
  return standard.Give(standard.Self());
}

// What a smart pointer points to. One that is kept as the object itself is where that is.
Results Pointed(const Standard& standard) {
  const Value self = standard.Self();
  const Value& where = standard.call.arguments[0];
  const bool is_star = standard.call.link.callee->name.ends_with("operator*");
  if (is_star && self.Is(Kind::kPointer)) return standard.Give(Value::Alias(self.place()));
  if (!self.Is(Kind::kObject) || !where.Is(Kind::kAlias)) return standard.Give(self);
  return standard.Give(Value::Pointer(standard.state.memory.Resolve(where.place())));
}

Results MakeString(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::String(""));
  const Value value = standard.Argument(0);
  // (count, char) and ranges are rare, and not followed.
  if (value.Is(Kind::kInt)) return standard.Give(Value::Unknown("a string").Taint(value));
  return standard.Give(value);
}

Results Append(const Standard& standard) {
  Value value = Concatenate(standard.Self(), standard.Argument(0));
  standard.SetSelf(std::move(value));
  return standard.Give(standard.call.arguments[0]);
}

Results Sum(const Standard& standard) {
  return standard.Give(Concatenate(standard.Argument(0), standard.Argument(1)));
}

Results IsEmpty(const Standard& standard) {
  const Value self = standard.Self();
  Value value = Value::Unknown("whether it is empty");
  if (self.IsCompleteString()) value = Value::Int(self.text().empty() ? 1 : 0);
  if (self.Is(Kind::kList)) value = Value::Int(self.elements().empty() ? 1 : 0);
  if (Field(self, kFilled) != nullptr) value = Value::Int(0);
  return standard.Give(value.Taint(self));
}

Results SizeOf(const Standard& standard) {
  const Value self = standard.Self();
  Value value = Value::Unknown("a size");
  if (self.IsCompleteString() && self.text().empty()) value = Value::Int(0);
  if (self.Is(Kind::kList)) value = Value::Int(static_cast<std::int64_t>(self.elements().size()));
  return standard.Give(value.Taint(self));
}

// ---- std::atomic: it is kept as its value ------------------------------------------------------

Results MakeAtomic(const Standard& standard) {
  return standard.Give(standard.size() == 1 ? standard.Argument(0) : Value::Unknown("an atomic"));
}

Results Store(const Standard& standard) {
  standard.SetSelf(standard.Argument(0));
  return standard.Give(Value::Unknown("nothing"));
}

Results ToString(const Standard& standard) {
  return standard.Give(Concatenate(Value::String(""), standard.Argument(0)));
}

Results ToNumber(const Standard& standard) {
  Values numbers;
  for (const Value& text : standard.Argument(0).Alternatives()) {
    std::int64_t number = 0;
    Value value = text.Is(Kind::kUnknown) ? text : Value::Unknown("a number");
    if (text.IsCompleteString()) {
      const char* end = text.text().data() + text.text().size();
      if (std::from_chars(text.text().data(), end, number).ptr == end) value = Value::Int(number);
    }
    numbers.push_back(value.Taint(text));
  }
  return standard.Give(Value::Choice(numbers));
}

// As ToNumber, of what begins with a number; of other texts they throw.
Results ParseNumber(const Standard& standard) {
  const Value given = standard.Argument(0);
  bool is_known = true;
  for (const Value& text : given.Alternatives()) {
    const bool is_blank = text.text().find_first_not_of(" \t\n\v\f\r") == std::string::npos;
    is_known = is_known && text.IsCompleteString() && !is_blank;
  }
  if (!is_known && given.IsCompleteString()) {
    return standard.Throw("std::invalid_argument", given);
  }
  Results results = ToNumber(standard);
  if (is_known) return results;
  // Both std::invalid_argument and std::out_of_range are possible; both are logic errors.
  Value number = std::move(results.front().value);
  standard.state = std::move(results.front().state);
  return standard.GiveOrThrow(std::move(number), "std::invalid_argument", given);
}

// {} is replaced by the arguments in order; other fields are holes.
Results Format(const Standard& standard) {
  const Value format = standard.Argument(0);
  if (!format.IsCompleteString()) return standard.GiveFromAll(Value::Unknown("a text"));
  Value text = Value::String("");
  std::string_view rest = format.text();
  for (std::size_t next = 1;;) {
    const std::size_t open = rest.find('{');
    const std::size_t close = open == rest.npos ? rest.npos : rest.find('}', open);
    if (close == rest.npos) break;
    const bool is_plain = close == open + 1 && next < standard.size();
    text = Concatenate(text, Value::String(std::string(rest.substr(0, open))));
    text = Concatenate(text, is_plain ? standard.Argument(next++) : Value::Unknown("a part"));
    rest.remove_prefix(close + 1);
  }
  return standard.GiveFromAll(Concatenate(text, Value::String(std::string(rest))));
}

Results Compare(const Standard& standard) {
  const std::string& name = standard.call.link.callee->name;
  const std::string op = name.substr(name.rfind("operator") + 8);
  Value left = standard.call.first == 1 ? standard.Self() : standard.Argument(0);
  Value right = standard.Argument(standard.call.first == 1 ? 0 : 1);
  if (ComparesErrors(*standard.call.link.callee)) {
    return standard.Give(CompareErrors(*standard.call.link.callee, op, left, right));
  }
  if (right.Is(Kind::kNull) && (left.Is(Kind::kChoice) || Field(left, kHas) != nullptr)) {
    left = Has(left);
    right = Value::Int(0);
  } else if (Field(left, kHeld) != nullptr && Field(right, kHas) == nullptr) {
    left = Held(left);
  }
  return standard.Give(Compute(op, left, right));
}

namespace {

// The number of a template argument of a type's USR: std::ratio<1, 1000> has "#VL1#VL1000".
std::int64_t RatioPart(const std::string& usr, int index) {
  std::size_t at = usr.find("@S@ratio>");
  for (int i = 0; i <= index && at != usr.npos; ++i) at = usr.find("#VL", at + 1);
  return at == usr.npos ? 0 : std::atoll(usr.c_str() + at + 3);
}

}  // namespace

// A code is its value; what it belongs to is not kept.
Results ErrorValue(const Standard& standard) {
  return standard.Give(standard.size() == 0 ? Value::Int(0) : standard.Argument(0));
}

Results ClearError(const Standard& standard) {
  standard.SetSelf(Value::Int(0));
  return standard.Give(Value::Unknown("nothing"));
}

// A point in time is told by the time from now on.
Results Now(const Standard& standard) { return standard.Give(MakeDuration(0, 1, 1)); }

Results AddDurations(const Standard& standard) {
  const Value left = standard.Argument(0);
  const Value right = standard.Argument(1);
  const auto is_now = [](const Value& value) {
    const Value* count = Field(value, kCount);
    return count != nullptr && count->Is(Kind::kInt) && count->number() == 0;
  };
  if (is_now(left)) return standard.Give(right);
  if (is_now(right)) return standard.Give(left);
  return standard.GiveFromAll(Value::Unknown("a sum of durations"));
}

Results ConstructDuration(const Standard& standard) {
  const Value count = standard.Argument(0);
  const std::int64_t numerator = RatioPart(standard.call.node.type, 0);
  const std::int64_t denominator = RatioPart(standard.call.node.type, 1);
  // Of another duration it is a conversion; the length stays.
  if (!count.Is(Kind::kInt) || numerator <= 0 || denominator <= 0) return standard.Give(count);
  return standard.Give(MakeDuration(count.number(), numerator, denominator).Taint(count));
}

}  // namespace filibuster::standard

namespace filibuster {

using standard::Field;
using standard::Fields;
using standard::kCount;
using standard::kDenominator;
using standard::Kind;
using standard::kNumerator;

Value MakeDuration(std::int64_t count, std::int64_t numerator, std::int64_t denominator) {
  return Value::Of(Fields({{kCount, Value::Int(count)},
                           {kNumerator, Value::Int(numerator)},
                           {kDenominator, Value::Int(denominator)}}));
}

std::optional<double> InSeconds(const Value& duration) {
  const Value* count = Field(duration, kCount);
  if (count == nullptr || !count->Is(Kind::kInt)) return std::nullopt;
  return static_cast<double>(count->number()) *
         static_cast<double>(Field(duration, kNumerator)->number()) /
         static_cast<double>(Field(duration, kDenominator)->number());
}

}  // namespace filibuster
