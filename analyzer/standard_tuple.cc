#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- std::pair and std::tuple: objects; the fields of a tuple are the numbers of its elements ---

namespace {

// What is not followed keeps references to what it was handed.
Results KeepReferences(const Standard& standard) {
  for (const Value& argument : standard.call.arguments) standard.state.memory.Escape(argument);
  return standard.GiveFromAll(Value::Unknown("a tuple"));
}

Results MakeOfArguments(const Standard& standard) {
  Object tuple;
  for (std::size_t i = 0; i < standard.size(); ++i) {
    tuple.fields.emplace(std::to_string(i), standard.Argument(i));
  }
  return standard.GiveFromAll(Value::Of(std::move(tuple)));
}

// Of references only; which of several are is not read from the type.
Results ReferToArguments(const Standard& standard, std::ptrdiff_t references) {
  Object tuple;
  for (std::size_t i = 0; i < standard.size(); ++i) {
    const Value& argument = *standard.call.Argument(static_cast<int>(i));
    if (!argument.Is(Kind::kAlias)) continue;
    tuple.fields.emplace(std::to_string(i),
                         Value::Alias(standard.state.memory.Resolve(argument.place())));
  }
  const auto size = static_cast<std::ptrdiff_t>(tuple.fields.size());
  if (size != references || tuple.fields.size() != standard.size()) return KeepReferences(standard);
  return standard.Give(Value::Of(std::move(tuple)));
}

}  // namespace

// One of references keeps them.
Results MakePair(const Standard& standard) {
  const bool has_references = standard.call.node.op == Op::kConstruct &&
                              standard.call.node.type.find("@pair>#&") != std::string::npos;
  const bool of_wrappers =
      standard.call.link.callee->class_usr.find("@N@std@S@reference_wrapper>") != std::string::npos;
  const auto element = [&](int index) {
    const Value* argument = standard.call.Argument(index);
    const bool is_reference = has_references && argument != nullptr && argument->Is(Kind::kAlias);
    if (is_reference) return Value::Alias(standard.state.memory.Resolve(argument->place()));
    const Value kept = standard.Argument(static_cast<std::size_t>(index));
    const bool may_refer = of_wrappers && argument != nullptr && argument->Is(Kind::kAlias);
    if (!may_refer || kept.Is(Kind::kAlias)) return kept;
    standard.state.memory.Escape(*argument);
    return Value::Unknown("a reference or a copy").Taint(kept);
  };
  return standard.Give(Value::Of(Fields({{"first", element(0)}, {"second", element(1)}})));
}

Results MakeTuple(const Standard& standard) { return MakeOfArguments(standard); }

// Of a pair or another tuple, or of its elements.
Results ConstructTuple(const Standard& standard) {
  const Callee& callee = *standard.call.link.callee;
  const auto references = std::ranges::count(standard.call.node.type, '&');
  const bool is_followed =
      !callee.parameter_types.empty() && callee.parameter_types[0] != "std::allocator_arg_t";
  if (!is_followed) return KeepReferences(standard);
  if (references > 0) return ReferToArguments(standard, references);
  const Value first = standard.Argument(0);
  if (standard.size() >= 2) return MakeOfArguments(standard);
  if (Field(first, "0") != nullptr) return standard.Give(first);
  return KeepReferences(standard);
}

// References to its arguments, which are assigned to through it.
Results Tie(const Standard& standard) {
  Object tuple;
  for (std::size_t i = 0; i < standard.size(); ++i) {
    const Value& argument = standard.call.arguments[i];
    Value reference = argument.Is(Kind::kAlias)
                          ? Value::Alias(standard.state.memory.Resolve(argument.place()))
                          : Value::Unknown("what is tied");
    if (!argument.Is(Kind::kAlias)) {
      standard.interpreter.ChangeSomewhere(standard.call.node.kids[i], argument, standard.state);
    }
    tuple.fields.emplace(std::to_string(i), std::move(reference));
  }
  return standard.Give(Value::Of(std::move(tuple)));
}

// std::get of what is counted: its index is a template argument, "get<#Vl1…" in the USR.
Results GetElement(const Standard& standard) {
  static constexpr std::string_view kIndexed = "@get<#Vl";
  const Callee& callee = *standard.call.link.callee;
  const std::size_t at = callee.usr.find(kIndexed);
  const std::string& type = callee.parameter_types.front();
  if (at == callee.usr.npos || (type != "std::pair" && type != "std::tuple")) {
    return KeepReferences(standard);
  }
  const int index = std::atoi(callee.usr.c_str() + at + kIndexed.size());
  const std::string field = type == "std::tuple" ? std::to_string(index)
                            : index == 0         ? "first"
                                                 : "second";
  const Value& where = standard.call.arguments[0];
  const Value tuple = standard.interpreter.Load(standard.state, where);
  const Value* element = Field(tuple, field.c_str());
  if (element == nullptr) return KeepReferences(standard);
  if (!where.Is(Kind::kAlias)) return standard.GiveFromAll(*element);
  Place place = standard.state.memory.Resolve(where.place());
  place.path.push_back(field);
  return standard.Give(Value::Alias(std::move(place)));
}

}  // namespace filibuster::standard
