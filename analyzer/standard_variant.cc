#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- std::variant: it is kept as the alternative that it holds --------------------------------

namespace {

// Whether it holds the alternative that a function's first template argument names. Classes are
// told apart; numbers and enumerations are not.
Truth Holds(const Standard& standard, const Value& value) {
  if (value.Is(Kind::kChoice)) {
    Truth all = Holds(standard, value.elements().front());
    for (const Value& one : value.elements()) {
      if (Holds(standard, one) != all) all = Truth::kUnknown;
    }
    return all;
  }
  if (Field(value, kOverwritten) != nullptr) return Truth::kUnknown;
  const std::string& usr = standard.call.link.callee->usr;
  const std::size_t arguments = usr.find("<#");
  if (arguments == usr.npos) return Truth::kUnknown;
  const std::string_view named = std::string_view(usr).substr(arguments + 2);
  const bool is_class = named.starts_with("$");
  const auto is = [&](bool same) { return same ? Truth::kTrue : Truth::kFalse; };
  if (value.Is(Kind::kString)) return is(named.starts_with("$@N@std@S@basic_string"));
  if (value.Is(Kind::kInt))
    return is_class && !named.starts_with("$@E@") ? Truth::kFalse : Truth::kUnknown;
  if (!value.Is(Kind::kObject) || !value.object().type.starts_with("c:")) return Truth::kUnknown;
  return is(named.starts_with("$" + value.object().type.substr(2) + "#"));
}

}  // namespace

Results MakeVariant(const Standard& standard) {
  if (standard.size() == 1) return standard.Give(standard.Argument(0));
  return standard.GiveFromAll(Value::Unknown("an alternative"));
}

Results HoldsAlternative(const Standard& standard) {
  const Value value = standard.Argument(0);
  const Truth holds = Holds(standard, value);
  Value answer = Value::Unknown("which alternative it holds");
  if (holds != Truth::kUnknown) answer = Value::Int(holds == Truth::kTrue ? 1 : 0);
  return standard.Give(answer.Taint(value));
}

// Of a pointer: null, or a pointer to the alternative.
Results GetIf(const Standard& standard) {
  const Value pointer = standard.Argument(0);
  // A reference that an alternative is stands for what is elsewhere.
  const bool may_refer =
      standard.call.link.callee->usr.find("@N@std@S@reference_wrapper") != std::string::npos;
  if (may_refer || !pointer.Is(Kind::kPointer)) {
    return standard.GiveFromAll(Value::Unknown("an alternative"));
  }
  const Value value = standard.state.memory.Read(pointer.place());
  const Truth holds = Holds(standard, value);
  const Value found = holds == Truth::kTrue ? pointer : Value::Null();
  Value answer = holds == Truth::kUnknown ? Value::Choice({Value::Null(), pointer}) : found;
  return standard.Give(answer.Taint(value));
}

// Of another alternative it throws.
Results GetAlternative(const Standard& standard) {
  const Value value = standard.Argument(0);
  const Truth holds = Holds(standard, value);
  const std::vector<std::string>& types = standard.call.link.callee->parameter_types;
  const bool is_variant = !types.empty() && types.front() == "std::variant";
  if (!is_variant) return GetElement(standard);
  if (holds == Truth::kTrue) return standard.Give(standard.call.arguments[0]);
  if (holds == Truth::kFalse) return standard.Throw("std::bad_variant_access", value);
  return standard.GiveOrThrow(Value::Unknown("an alternative").Taint(value),
                              "std::bad_variant_access", value);
}

Results PointerToSelf(const Standard& standard) {
  const Value& self = standard.call.arguments[0];
  if (!self.Is(Kind::kAlias)) return standard.Give(self);
  return standard.Give(Value::Pointer(standard.state.memory.Resolve(self.place())));
}

}  // namespace filibuster::standard
