// Conditions and operators of C++ on values.
#include <algorithm>
#include <optional>

#include "analyzer/value.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

Value Bool(Truth truth) {
  if (truth == Truth::kUnknown) return Value::Unknown("a comparison");
  return Value::Int(truth == Truth::kTrue ? 1 : 0);
}

Truth ToTruth(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

Truth Equal(const Value& left, const Value& right) {
  if (left.Is(Kind::kUnknown) || right.Is(Kind::kUnknown)) return Truth::kUnknown;
  if (left.Is(Kind::kInt) && right.Is(Kind::kInt)) {
    // Enumerators are matched by name: their numbers move between versions of a library.
    if (!left.text().empty() && !right.text().empty()) {
      return ToTruth(left.text() == right.text());
    }
    return ToTruth(left.number() == right.number());
  }
  if (left.Is(Kind::kString) && right.Is(Kind::kString)) {
    if (!left.IsCompleteString() || !right.IsCompleteString()) return Truth::kUnknown;
    return ToTruth(left.text() == right.text());
  }
  const bool left_null = left.Is(Kind::kNull);
  const bool right_null = right.Is(Kind::kNull);
  if (left_null && right_null) return Truth::kTrue;
  if (left_null || right_null) {
    const Value& other = left_null ? right : left;
    const bool is_something = other.Is(Kind::kPointer) || other.Is(Kind::kFunction) ||
                              other.Is(Kind::kString) || other.Is(Kind::kObject);
    return is_something ? Truth::kFalse : Truth::kUnknown;
  }
  if (left.Is(Kind::kPointer) && right.Is(Kind::kPointer)) {
    return ToTruth(left.place() == right.place());
  }
  return Truth::kUnknown;
}

// The statuses of success.
constexpr std::int64_t kFirst = 200;
constexpr std::int64_t kLast = 299;

// `status op number`, for a status that is one of these.
Truth CompareSuccess(const std::string& op, std::int64_t number) {
  const auto decide = [](bool always, bool never) {
    return always ? Truth::kTrue : never ? Truth::kFalse : Truth::kUnknown;
  };
  // The code that compares knows which of the statuses it is to get.
  if (op == "==") return ToTruth(number >= kFirst && number <= kLast);
  if (op == "!=") return Not(CompareSuccess("==", number));
  if (op == "<") return decide(kLast < number, kFirst >= number);
  if (op == "<=") return decide(kLast <= number, kFirst > number);
  if (op == ">") return Not(CompareSuccess("<=", number));
  if (op == ">=") return Not(CompareSuccess("<", number));
  return Truth::kUnknown;
}

std::optional<std::int64_t> Arithmetic(const std::string& op, std::int64_t left,
                                       std::int64_t right) {
  // Unsigned: a sum that is too big is no reason for undefined behaviour of ours.
  const auto a = static_cast<std::uint64_t>(left);
  const auto b = static_cast<std::uint64_t>(right);
  if (op == "+") return static_cast<std::int64_t>(a + b);
  if (op == "-") return static_cast<std::int64_t>(a - b);
  if (op == "*") return static_cast<std::int64_t>(a * b);
  if (op == "/" && right > 0) return left / right;
  if (op == "%" && right > 0) return left % right;
  if (op == "&") return left & right;
  if (op == "|") return left | right;
  if (op == "^") return left ^ right;
  if (op == "<") return left < right ? 1 : 0;
  if (op == "<=") return left <= right ? 1 : 0;
  if (op == ">") return left > right ? 1 : 0;
  if (op == ">=") return left >= right ? 1 : 0;
  return std::nullopt;
}

std::string Mirrored(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

// To another element of the same list. To what else is no element a pointer leads stays there.
Value MovePointer(const std::string& op, const Value& pointer, std::int64_t by) {
  if (op != "+" && op != "-") return Value::Unknown("a computation");
  if (by == 0) return pointer;
  Place place = pointer.place();
  const auto index = place.path.empty() || !IsElement(place.path.back())
                         ? std::nullopt
                         : ElementIndex(place.path.back());
  if (!index) return Value::Unknown("a computation");
  place.path.back() = ElementPart(static_cast<std::int64_t>(*index) + (op == "+" ? by : -by));
  return Value::Pointer(std::move(place));
}

// `least op number`, for a number that is `least` or more.
Value ComputeAtLeast(const std::string& op, std::int64_t least, std::int64_t number) {
  if (op == "+") return Value::AtLeast(least + number);
  if (op == "-" && number <= least) return Value::AtLeast(least - number);
  const bool is_less = number < least;
  if (op == "==" && is_less) return Value::Int(0);
  if (op == "!=" && is_less) return Value::Int(1);
  if (op == ">" && is_less) return Value::Int(1);
  if (op == "<=" && is_less) return Value::Int(0);
  if (op == ">=" && number <= least) return Value::Int(1);
  if (op == "<" && number <= least) return Value::Int(0);
  return Value::Unknown("a comparison");
}

Value ComputeOne(const std::string& op, const Value& left, const Value& right) {
  if (op == ",") return right;
  if (left.Is(Kind::kAtLeast) && right.Is(Kind::kInt)) {
    return ComputeAtLeast(op, left.number(), right.number());
  }
  if (left.Is(Kind::kInt) && right.Is(Kind::kAtLeast)) {
    if (op == "-") return Value::Unknown("a computation");
    return ComputeAtLeast(Mirrored(op), right.number(), left.number());
  }
  if (left.Is(Kind::kSuccess) && right.Is(Kind::kInt)) {
    if (op == "/" && right.number() == 100 && left.number() == 0) return Value::Int(2);
    if (op == "-" || op == "+") {
      const auto offset = Arithmetic(op, left.number(), right.number());
      return Value::Success(*offset);
    }
    const auto number = Arithmetic("-", right.number(), left.number());
    return Bool(CompareSuccess(op, *number));
  }
  if (left.Is(Kind::kInt) && right.Is(Kind::kSuccess)) {
    const auto number = Arithmetic("-", left.number(), right.number());
    return Bool(CompareSuccess(Mirrored(op), *number));
  }
  if (op == "==") return Bool(Equal(left, right));
  if (op == "!=") return Bool(Not(Equal(left, right)));
  if (left.Is(Kind::kInt) && right.Is(Kind::kInt)) {
    if (const auto number = Arithmetic(op, left.number(), right.number())) {
      return Value::Int(*number);
    }
  }
  if (left.Is(Kind::kPointer) && right.Is(Kind::kInt)) return MovePointer(op, left, right.number());
  if (left.Is(Kind::kInt) && right.Is(Kind::kPointer) && op == "+") {
    return MovePointer(op, right, left.number());
  }
  if (op == "+" && (left.Is(Kind::kString) || right.Is(Kind::kString))) {
    return Concatenate(left, right);
  }
  return Value::Unknown("a computation");
}

}  // namespace

Truth Not(Truth truth) {
  if (truth == Truth::kUnknown) return truth;
  return truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}

Truth AsCondition(const Value& value) {
  switch (value.kind()) {
    case Kind::kInt:
      return ToTruth(value.number() != 0);
    case Kind::kNull:
      return Truth::kFalse;
    case Kind::kAtLeast:
      return value.number() > 0 ? Truth::kTrue : Truth::kUnknown;
    case Kind::kSuccess: {
      const bool may_be_zero = kFirst + value.number() <= 0 && kLast + value.number() >= 0;
      return may_be_zero ? Truth::kUnknown : Truth::kTrue;
    }
    case Kind::kString:
    case Kind::kPointer:
    case Kind::kFunction:
    case Kind::kObject:
      return Truth::kTrue;
    case Kind::kChoice: {
      const Truth first = AsCondition(value.elements().front());
      for (const Value& alternative : value.elements()) {
        if (AsCondition(alternative) != first) return Truth::kUnknown;
      }
      return first;
    }
    default:
      return Truth::kUnknown;
  }
}

Value Compute(const std::string& op, const Value& left, const Value& right) {
  Values results;
  for (const Value& one : left.Alternatives()) {
    for (const Value& other : right.Alternatives()) {
      results.push_back(ComputeOne(op, one, other).Taint(one).Taint(other));
    }
  }
  return Value::Choice(results);
}

Value AsUnsigned(const Value& value, std::int64_t bits) {
  constexpr std::int64_t kMaxBits = 63;
  const bool is_negative = value.Is(Kind::kInt) && value.number() < 0;
  const bool may_be_negative = value.Is(Kind::kSuccess) && kFirst + value.number() < 0;
  if (bits == 0 || (!is_negative && !may_be_negative)) return value;
  if (may_be_negative || bits > kMaxBits) return Value::Unknown("a big number").Taint(value);
  const std::int64_t mask = (std::int64_t{1} << bits) - 1;
  return Value::Int(value.number() & mask).Taint(value);
}

Value ElementOf(const Value& list, const Value& index) {
  constexpr std::size_t kMaxAlternatives = 32;
  Value element =
      Value::Unknown(list.Is(Kind::kUnknown) ? "an element of " + list.text() : "an element");
  if (list.Is(Kind::kList)) {
    const Values& elements = list.elements();
    if (!index.Is(Kind::kInt)) {
      if (!elements.empty() && elements.size() <= kMaxAlternatives) {
        element = Value::Choice(elements);
      }
    } else if (index.number() >= 0 && static_cast<std::size_t>(index.number()) < elements.size()) {
      element = elements[static_cast<std::size_t>(index.number())];
    }
  }
  return element.Taint(list).Taint(index);
}

Value Concatenate(const Value& left, const Value& right) {
  Values results;
  const auto text = [](const Value& value) {
    if (value.Is(Kind::kString)) return value.text();
    if (value.Is(Kind::kInt) && value.text().empty()) return std::to_string(value.number());
    return std::string(1, Value::kHole);
  };
  for (const Value& one : left.Alternatives()) {
    for (const Value& other : right.Alternatives()) {
      results.push_back(Value::String(text(one) + text(other)).Taint(one).Taint(other));
    }
  }
  return Value::Choice(results);
}

}  // namespace filibuster
