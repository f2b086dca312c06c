#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include "analyzer/standard_functions.h"

namespace filibuster::standard {

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
  Value self = standard.Self();
  if (self.IsOwner()) self = Value::Pointer(self.place()).Taint(self);
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

namespace {

// A number that is added to a text is a character.
Value AsText(const Value& value) {
  constexpr std::int64_t kLastCharacter = 127;
  if (!value.Is(Kind::kInt)) return value;
  const bool is_known = value.number() > 0 && value.number() <= kLastCharacter;
  const char text = is_known ? static_cast<char>(value.number()) : Value::kHole;
  return Value::String(std::string(1, text)).Taint(value);
}

// How many elements or characters there are.
Value CountOf(const Value& value) {
  Value count = Value::Unknown("a size");
  if (value.Is(Kind::kString)) {
    // What holes stand for may be empty.
    const auto holes = std::ranges::count(value.text(), Value::kHole);
    const auto size = static_cast<std::int64_t>(value.text().size()) - holes;
    const bool is_cut = value.text().find('\0') != std::string::npos;
    if (!is_cut && holes == 0) count = Value::Int(size);
    if (!is_cut && holes > 0) count = Value::AtLeast(size);
  }
  if (value.Is(Kind::kList)) {
    count = Value::Int(static_cast<std::int64_t>(value.elements().size()));
  }
  if (Field(value, kFilled) != nullptr) count = Value::AtLeast(1);
  return count.Taint(value);
}

}  // namespace

Results Append(const Standard& standard) {
  // A part of a text is rarely appended, and not followed.
  const Value added = standard.size() == 1 ? AsText(standard.Argument(0)) : Value();
  Value value = Concatenate(standard.Self(), added);
  standard.SetSelf(std::move(value));
  return standard.Give(standard.call.arguments[0]);
}

Results Sum(const Standard& standard) {
  return standard.Give(Concatenate(AsText(standard.Argument(0)), AsText(standard.Argument(1))));
}

Results IsEmpty(const Standard& standard) {
  Values answers;
  for (const Value& one : standard.Self().Alternatives()) {
    answers.push_back(Compute("==", CountOf(one), Value::Int(0)));
  }
  return standard.Give(Value::Choice(answers));
}

Results SizeOf(const Standard& standard) {
  Values counts;
  for (const Value& one : standard.Self().Alternatives()) counts.push_back(CountOf(one));
  return standard.Give(Value::Choice(counts));
}

Results ClearText(const Standard& standard) {
  standard.SetSelf(Value::String(""));
  return standard.Give(Value::Unknown("nothing"));
}

Results AssignText(const Standard& standard) {
  Results made = MakeString(standard);
  standard.state = std::move(made.front().state);
  standard.SetSelf(standard.size() == 1 ? made.front().value : Value::Unknown("a text"));
  return standard.Give(standard.call.arguments[0]);
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
