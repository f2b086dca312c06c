#include "analyzer/value.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace filibuster {
namespace {

constexpr std::size_t kMaxAlternatives = 8;
constexpr std::size_t kMaxFunctions = 32;  // a table of handlers has more

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

Value ComputeOne(const std::string& op, const Value& left, const Value& right) {
  if (op == ",") return right;
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

bool Object::operator==(const Object&) const = default;
bool Closure::operator==(const Closure&) const = default;

Value Value::Unknown(std::string why) {
  Value value;
  value.text_ = std::move(why);
  return value;
}

Value Value::Int(std::int64_t number, std::string enumerator) {
  Value value;
  value.kind_ = Kind::kInt;
  value.number_ = number;
  value.text_ = std::move(enumerator);
  return value;
}

Value Value::Success(std::int64_t offset) {
  Value value;
  value.kind_ = Kind::kSuccess;
  value.number_ = offset;
  return value;
}

Value Value::String(std::string text) {
  Value value;
  value.kind_ = Kind::kString;
  value.text_ = std::move(text);
  return value;
}

Value Value::Null() {
  Value value;
  value.kind_ = Kind::kNull;
  return value;
}

Value Value::Of(Object object) {
  Value value;
  value.kind_ = Kind::kObject;
  value.data_ = std::make_shared<const Object>(std::move(object));
  return value;
}

Value Value::Of(Closure closure) {
  Value value;
  value.kind_ = Kind::kFunction;
  value.data_ = std::make_shared<const Closure>(std::move(closure));
  return value;
}

Value Value::Of(CallResult result) {
  Value value;
  value.kind_ = Kind::kResult;
  value.from_fault = result.fault != CallResult::kSuccess;
  value.data_ = result;
  return value;
}

Value Value::Pointer(Place place) {
  Value value;
  value.kind_ = Kind::kPointer;
  value.data_ = std::make_shared<const Place>(std::move(place));
  return value;
}

Value Value::Alias(Place place) {
  Value value = Pointer(std::move(place));
  value.kind_ = Kind::kAlias;
  return value;
}

Value Value::List(Values elements) {
  Value value;
  value.kind_ = Kind::kList;
  value.data_ = std::make_shared<const Values>(std::move(elements));
  return value;
}

Value Value::Choice(const Values& values) {
  Values alternatives;
  for (const Value& value : values) {
    for (Value& alternative : value.Alternatives()) {
      if (std::ranges::find(alternatives, alternative) == alternatives.end()) {
        alternatives.push_back(std::move(alternative));
      }
    }
  }
  if (alternatives.size() == 1) return alternatives.front();
  const bool are_functions = std::ranges::all_of(
      alternatives, [](const Value& value) { return value.Is(Kind::kFunction); });
  if (alternatives.size() > (are_functions ? kMaxFunctions : kMaxAlternatives)) {
    Value value = Unknown("one of many values");
    for (const Value& alternative : alternatives) value.Taint(alternative);
    return value;
  }
  Value value = List(std::move(alternatives));
  value.kind_ = Kind::kChoice;
  for (const Value& alternative : value.elements()) value.Taint(alternative);
  return value;
}

bool Value::IsCompleteString() const {
  return kind_ == Kind::kString && text_.find(kHole) == std::string::npos;
}

Values Value::Alternatives() const { return kind_ == Kind::kChoice ? elements() : Values{*this}; }

Value& Value::Taint(const Value& other) {
  from_fault |= other.from_fault;
  from_body |= other.from_body;
  return *this;
}

// Why something is not known makes no difference: paths that differ in it only are one.
bool Value::operator==(const Value& other) const {
  if (kind_ != other.kind_ || from_fault != other.from_fault || from_body != other.from_body ||
      is_passed_on != other.is_passed_on || origin != other.origin || number_ != other.number_ ||
      (kind_ != Kind::kUnknown && text_ != other.text_) || data_.index() != other.data_.index()) {
    return false;
  }
  return std::visit(
      [&](const auto& data) {
        using Data = std::decay_t<decltype(data)>;
        const auto& other_data = std::get<Data>(other.data_);
        if constexpr (std::is_same_v<Data, std::monostate> || std::is_same_v<Data, CallResult>) {
          return data == other_data;
        } else {
          return data == other_data || *data == *other_data;
        }
      },
      data_);
}

std::uint64_t Value::Hash() const {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  std::uint64_t hash = static_cast<std::uint64_t>(kind_) * 8 + (from_fault ? 4 : 0) +
                       (from_body ? 2 : 0) + (is_passed_on ? 1 : 0);
  hash = hash * kOdd + static_cast<std::uint64_t>(number_);
  if (kind_ != Kind::kUnknown) hash = hash * kOdd + std::hash<std::string>()(text_);
  switch (kind_) {
    case Kind::kObject:
      for (const auto& [name, field] : object().fields) {
        hash = hash * kOdd + std::hash<std::string>()(name) + field.Hash();
      }
      break;
    case Kind::kPointer:
    case Kind::kAlias:
      hash = hash * kOdd + static_cast<std::uint64_t>(place().root.frame);
      hash = hash * kOdd + static_cast<std::uint64_t>(place().root.variable);
      break;
    case Kind::kResult:
      hash = hash * kOdd + static_cast<std::uint64_t>(result().site);
      hash = hash * kOdd + static_cast<std::uint64_t>(result().fault);
      break;
    case Kind::kList:
    case Kind::kChoice:
      hash = hash * kOdd + elements().size();
      break;
    default:
      break;
  }
  return hash;
}

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
