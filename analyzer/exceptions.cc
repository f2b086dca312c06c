// What is thrown, and which clause takes it.
#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

constexpr char kNestedException[] = "std::nested_exception";

const Value* FieldOf(const Value& value, const char* name) {
  if (!value.Is(Kind::kObject)) return nullptr;
  const auto field = value.object().fields.find(name);
  return field == value.object().fields.end() ? nullptr : &field->second;
}

bool IsPointer(const std::string& type) { return type.ends_with(" *"); }

// The base is there, and nobody catches an object of the type by it.
bool IsHidden(const Program& program, const std::string& type, const std::string& base) {
  const ClassFacts* facts = program.ClassOf(type);
  return facts != nullptr && std::ranges::any_of(facts->hidden_bases, [&](const std::string& one) {
           return one == base || program.TypeName(one) == base;
         });
}

Truth Takes(const Program& program, const Node& clause, const Value& thrown) {
  if (clause.type.empty()) return Truth::kTrue;
  if (!thrown.Is(Kind::kObject)) return Truth::kUnknown;
  const std::string& type = thrown.object().type;
  if (program.DerivesFrom(type, clause.type)) {
    if (IsHidden(program, type, clause.type)) return Truth::kFalse;
    // A text is not caught as what may be written to.
    const bool is_text = type == "char *" && clause.text == kToChange;
    return is_text ? Truth::kUnknown : Truth::kTrue;
  }
  if (IsPointer(clause.type) && type == "std::nullptr_t") return Truth::kTrue;
  if (clause.type == "void *" && IsPointer(type)) {
    return clause.text == kToChange ? Truth::kUnknown : Truth::kTrue;
  }
  const bool is_nesting = FieldOf(thrown, kNested) != nullptr;
  if (is_nesting && program.TypeName(clause.type) == kNestedException) return Truth::kTrue;
  const bool may_be_derived = FieldOf(thrown, kOrDerived) != nullptr;
  return may_be_derived && program.DerivesFrom(clause.type, type) ? Truth::kUnknown : Truth::kFalse;
}

}  // namespace

Value AsLeft(const Value& exception, const State& state) {
  const Value* kept = FieldOf(exception, kKeptAt);
  if (kept == nullptr) return exception;
  const Value left = state.memory.Read(kept->place());
  Object object{.type = exception.object().type, .fields = {}};
  if (left.Is(Kind::kObject)) object = left.object();
  if (const Value* origin = FieldOf(exception, kThrownAt)) {
    object.fields.insert_or_assign(kThrownAt, *origin);
  }
  object.fields.insert_or_assign(kKeptAt, *kept);
  return Value::Of(std::move(object)).Taint(exception).Taint(left);
}

Value CutTo(const Program& program, Value value, const std::string& type) {
  if (!value.Is(Kind::kObject)) return value;
  const std::string& whole = value.object().type;
  if (whole.empty() || !program.DerivesFrom(whole, type)) return value;
  Object part = value.object();
  part.type = type;
  part.fields.erase(kOrDerived);
  part.fields.erase(kKeptAt);
  if (!program.DerivesFrom(type, kNestedException)) part.fields.erase(kNested);
  return Value::Of(std::move(part)).Taint(value);
}

Results Interpreter::TakeThrown(const Node& node, Results ended) {
  Results all;
  for (Result& result : Join(std::move(ended))) {
    if (result.completion == Completion::kThrow) {
      Append(all, RunCatches(node, std::move(result)));
    } else {
      all.push_back(std::move(result));
    }
  }
  return Join(std::move(all));
}

Results Interpreter::RunCatches(const Node& node, Result thrown) {
  Results all;
  thrown.value = AsLeft(thrown.value, thrown.state);
  for (std::size_t i = 1; i < node.kids.size(); ++i) {
    const Node& clause = node.kids[i];
    const Truth takes = Takes(program_, clause, thrown.value);
    if (takes == Truth::kFalse) continue;
    State state = thrown.state;
    if (takes == Truth::kTrue) {
      Decide(state, clause, 1, thrown.value.from_fault, Step::Kind::kCatch);
    } else {
      LeaveOpen(state, clause.position, thrown.value);
    }
    if (keeps_catches_) state.last_catch = &clause;
    Value handled = thrown.value;
    if (clause.number != kNoVariable) {
      Value caught = handled;
      if (const Value* number = FieldOf(handled, kThrownValue)) {
        caught = *number;
      } else if (clause.text == kByValue) {
        caught = CutTo(program_, handled, clause.type);
      } else if (clause.text == kToChange && handled.Is(Kind::kObject)) {
        // What is written to it is seen by whoever catches it next.
        const Value* kept = FieldOf(handled, kKeptAt);
        const Place place = kept != nullptr ? kept->place() : Allocate(clause);
        if (kept == nullptr) {
          state.memory.Set(place.root, handled);
          Object object = handled.object();
          object.fields.insert_or_assign(kKeptAt, Value::Pointer(place));
          handled = Value::Of(std::move(object)).Taint(handled);
        }
        caught = Value::Alias(place);
      }
      state.memory.Set({Depth(), static_cast<int>(clause.number)}, std::move(caught));
    }
    state.handling.push_back(handled);
    for (Result& result : Run(clause.kids[0], std::move(state))) {
      if (!result.state.handling.empty()) result.state.handling.pop_back();
      Append(all, LeaveClause(clause, handled, std::move(result)));
    }
    if (takes == Truth::kTrue) return all;
  }
  all.push_back(std::move(thrown));
  return all;
}

// The exception goes with the last clause that takes it; one that is kept, or thrown on, later.
Results Interpreter::LeaveClause(const Node& clause, const Value& handled, Result ended) {
  Results one;
  one.push_back(std::move(ended));
  const Value* kept = FieldOf(handled, kKeptAt);
  const ClassFacts* facts = kept != nullptr ? program_.ClassOf(handled.object().type) : nullptr;
  if (facts == nullptr || facts->destructor.empty()) return one;
  Result& result = one.front();
  const Root root = kept->place().root;
  const auto is_same = [&](const Value& exception) {
    const Value* other = FieldOf(exception, kKeptAt);
    return other != nullptr && other->place().root == root;
  };
  if (clause.number != kNoVariable) {
    result.state.memory.Erase({Depth(), static_cast<int>(clause.number)});
  }
  const bool is_thrown = result.completion == Completion::kThrow && is_same(result.value);
  if (is_thrown || std::ranges::any_of(result.state.handling, is_same)) return one;
  if (result.state.memory.IsReferredTo(root)) {
    Results lost = LoseOwned(facts->usr, std::move(result.state));
    result.state = std::move(lost.front().state);
    return one;
  }
  one = Destroy({root, {}}, facts->usr, std::move(one));
  for (Result& after : one) after.state.memory.Erase(root);
  return one;
}

Results Interpreter::EvaluateThrow(const Node& node, State state) {
  if (node.kids.empty()) {
    Value rethrown = Value::Unknown("the exception that is handled");
    if (!state.handling.empty()) {
      rethrown = AsLeft(state.handling.back(), state);
    } else if (state.fault && state.fault->blind.empty()) {
      // Outside of clauses it ends the process; whether a caller is in one was not seen.
      state.fault->blind = "throws on an exception that was not seen";
    }
    Decide(state, node, 1, /*from_fault=*/false, Step::Kind::kThrow);
    return {{std::move(state), Completion::kThrow, std::move(rethrown)}};
  }
  return Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value value) {
    Object exception;
    if (value.Is(Kind::kObject)) {
      // The static type: what `throw e` makes of a reference to a derived class.
      exception = CutTo(program_, value, node.type).object();
    } else {
      exception.fields.emplace(kThrownValue, value);
    }
    exception.type = node.type;
    if (program_.DerivesFrom(node.type, kNestedException)) {
      // Its constructor took what was handled then; which was now, if it is made here.
      const bool is_new = node.kids[0].op == Op::kConstruct || node.kids[0].op == Op::kAggregate;
      const Value handled = next.handling.empty() ? Value::Null() : next.handling.back();
      if (is_new) exception.fields.insert_or_assign(kNested, handled);
      exception.fields.try_emplace(kNested, Value::Unknown("a nested exception"));
    }
    const FunctionRef& function = frames_.back().function;
    const int origin =
        facts_.AddOrigin(LocationOf(*function.file, node.position), function.function->name);
    exception.fields.insert_or_assign(kThrownAt, Value::Int(origin));
    if (node.kids.size() == 2 && !value.Is(Kind::kObject)) {
      // When what a smart pointer owns goes is not followed.
      next = std::move(LoseOwned(node.kids[1].type, std::move(next)).front().state);
    } else if (node.kids.size() == 2) {
      const Place place = Allocate(node);
      next.memory.Set(place.root, Value::Of(exception).Taint(value));
      exception.fields.insert_or_assign(kKeptAt, Value::Pointer(place));
    }
    Value thrown = Value::Of(std::move(exception)).Taint(value);
    thrown.from_fault = thrown.from_fault || next.fault.has_value();
    Decide(next, node, 1, /*from_fault=*/false, Step::Kind::kThrow);
    return Results{{std::move(next), Completion::kThrow, std::move(thrown)}};
  });
}

Results Interpreter::EvaluateDynamicCast(const Node& node, State state) {
  const bool is_reference = node.text == "&";
  return Then(Run(node.kids[0], std::move(state)), [&](State next, Value given) {
    if (!is_reference) given = Load(next, given);
    if (!is_reference && !given.Is(Kind::kPointer)) return One(std::move(next), std::move(given));
    const Value object = is_reference ? Load(next, given) : next.memory.Read(given.place());
    Truth fits = Truth::kUnknown;
    if (object.Is(Kind::kObject) && !object.object().type.empty()) {
      const std::string& type = object.object().type;
      const bool is_nested =
          FieldOf(object, kNested) != nullptr && program_.TypeName(node.type) == kNestedException;
      const bool may_be_derived =
          FieldOf(object, kOrDerived) != nullptr && program_.DerivesFrom(node.type, type);
      const bool derives =
          program_.DerivesFrom(type, node.type) && !IsHidden(program_, type, node.type);
      fits = derives || is_nested ? Truth::kTrue : may_be_derived ? Truth::kUnknown : Truth::kFalse;
    }
    if (!is_reference) {
      Value pointer = fits == Truth::kTrue    ? given
                      : fits == Truth::kFalse ? Value::Null()
                                              : Value::Unknown("a dynamic_cast");
      return One(std::move(next), pointer.Taint(object));
    }
    Results results;
    if (fits != Truth::kTrue && next.fault) {
      if (fits == Truth::kUnknown) LeaveOpen(next, node.position, object);
      Value thrown = Value::Of(Object{.type = program_.KeyOf("std::bad_cast"), .fields = {}});
      results.push_back({next, Completion::kThrow, thrown.Taint(object)});
      if (fits == Truth::kFalse) return results;
    }
    results.push_back({std::move(next), Completion::kValue, std::move(given)});
    return results;
  });
}

}  // namespace filibuster
