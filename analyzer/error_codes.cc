// Codes of std::error_code and its like, which are kept as their numbers or enumerators.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "analyzer/interpreter_internal.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// The enumeration of an enumerator, or "" of a number.
std::string_view EnumerationOf(const Value& code) {
  const std::string_view name = code.text();
  const std::size_t end = name.rfind("::");
  return end == name.npos ? std::string_view() : name.substr(0, end);
}

// Those whose codes mean the condition of the same name, and no other.
bool IsOfSystem(std::string_view enumeration) {
  static constexpr std::array<std::string_view, 4> kOfSystem = {
      "std::errc", "boost::system::errc", "boost::system::errc::errc_t", "boost::asio::error"};
  return std::ranges::find(kOfSystem, enumeration) != kOfSystem.end();
}

// What category a number is of is not kept, and a category says which of its codes mean a
// condition.
Truth IsSameError(const Value& left, const Value& right, bool are_codes) {
  if (!left.Is(Kind::kInt) || !right.Is(Kind::kInt)) return AsCondition(Compute("==", left, right));
  const std::string_view from = EnumerationOf(left);
  const std::string_view to = EnumerationOf(right);
  const bool is_same = from == to && !from.empty();
  if (is_same || (from != to && are_codes && !from.empty() && !to.empty())) {
    return left.text() == right.text() ? Truth::kTrue : Truth::kFalse;
  }
  const bool is_none = left.text().empty() && left.number() == 0;
  if (IsOfSystem(to) && (IsOfSystem(from) || is_none)) {
    const bool is_named_so =
        left.text().substr(from.size()) == right.text().substr(to.size()) && !is_none;
    return is_named_so ? Truth::kTrue : Truth::kFalse;
  }
  const bool are_none = is_none && right.text().empty() && right.number() == 0;
  if (are_none) return Truth::kTrue;
  return are_codes && left.number() != right.number() ? Truth::kFalse : Truth::kUnknown;
}

}  // namespace

bool ComparesErrors(const Callee& callee) {
  return std::ranges::any_of(callee.parameter_types, [](const std::string& type) {
    return type == "std::error_code" || type == "boost::system::error_code";
  });
}

Value CompareErrors(const Callee& callee, const std::string& op, const Value& left,
                    const Value& right) {
  const bool are_codes = std::ranges::all_of(callee.parameter_types, [](const std::string& type) {
    return type.ends_with("::error_code");
  });
  Values results;
  for (const Value& one : left.Alternatives()) {
    for (const Value& other : right.Alternatives()) {
      const bool is_turned = IsOfSystem(EnumerationOf(one)) && !IsOfSystem(EnumerationOf(other));
      Truth is_same =
          is_turned ? IsSameError(other, one, are_codes) : IsSameError(one, other, are_codes);
      if (op == "!=") is_same = Not(is_same);
      Value result = is_same == Truth::kUnknown ? Value::Unknown("what an error code means")
                                                : Value::Int(is_same == Truth::kTrue ? 1 : 0);
      results.push_back(result.Taint(one).Taint(other));
    }
  }
  return Value::Choice(results);
}

}  // namespace filibuster
