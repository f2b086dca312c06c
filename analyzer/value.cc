#include "analyzer/value.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace filibuster {
namespace {

constexpr std::size_t kMaxAlternatives = 8;
constexpr std::size_t kMaxFunctions = 32;  // a table of handlers has more

using Kind = Value::Kind;

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

Value Value::AtLeast(std::int64_t number) {
  Value value;
  value.kind_ = Kind::kAtLeast;
  value.number_ = number;
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

Value Value::Owner(Owned owned) {
  Value value;
  value.kind_ = Kind::kPointer;
  value.is_owner_ = true;
  value.data_ = std::shared_ptr<const Place>(std::make_shared<const Owned>(std::move(owned)));
  return value;
}

const Owned& Value::owned() const { return static_cast<const Owned&>(place()); }

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
  if (is_owner_ != other.is_owner_ || (is_owner_ && !(owned() == other.owned()))) return false;
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

}  // namespace filibuster
