#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- the environment, signals, functions, exceptions -------------------------------------------

Results GetEnv(const Standard& standard) {
  const Value name = standard.Argument(0);
  const std::string what = name.IsCompleteString() ? "the environment variable " + name.text()
                                                   : "an environment variable";
  return standard.Give(Value::Choice({Value::Null(), Value::Unknown(what)}));
}

// SIGABRT and SIGKILL end the process; of others somebody may take care.
Results RaiseSignal(const Standard& standard) {
  constexpr int kAbort = 6;
  constexpr int kKill = 9;
  const Value signal = standard.Argument(0);
  if (signal.Is(Kind::kInt) && (signal.number() == kAbort || signal.number() == kKill)) {
    return {{std::move(standard.state), Completion::kEnd, Value::String(kByExit)}};
  }
  std::optional<AssumedFault>& fault = standard.state.fault;
  if (fault && fault->blind.empty()) fault->blind = "raises a signal";
  return standard.Give(Value::Int(0));
}

namespace {

// std::placeholders::_2 is 2; what is no placeholder is 0.
int PlaceholderNumber(const Value& value) {
  constexpr std::string_view kPlaceholders = "placeholders::_";
  const std::size_t at =
      value.Is(Kind::kUnknown) ? value.text().rfind(kPlaceholders) : std::string::npos;
  return at == std::string::npos ? 0 : std::atoi(value.text().c_str() + at + kPlaceholders.size());
}

bool HasOwnFields(const Value& object) {
  return object.Is(Kind::kObject) &&
         std::ranges::any_of(object.object().fields, [](const auto& one) {
           return !one.second.Is(Kind::kAlias) && !one.second.Is(Kind::kFunction);
         });
}

// An object is copied into what is made of it; one that has fields of its own is kept as itself, so
// that each copy has its own.
Value KeptFunction(const Standard& standard) {
  const Value object = standard.Function(0);
  if (HasOwnFields(object)) return object;
  const Place self = standard.interpreter.Allocate(standard.call.node);
  const Value function = standard.interpreter.AsFunction(object, self);
  if (!(function == object)) standard.state.memory.Set(self.root, object);
  return function;
}

// A function that is named takes what is bound as something that it may change, call after call.
bool MayChangeBound(const Standard& standard, std::size_t index) {
  const Node& function = standard.call.node.kids[standard.call.first];
  const Node& named = function.op == Op::kAddress ? function.kids[0] : function;
  if (named.op != Op::kFunction || PlaceholderNumber(standard.Argument(index)) > 0) return false;
  if (standard.Argument(index).Is(Kind::kPointer)) return false;
  const std::vector<bool>& can_change = standard.interpreter.CalleeNamed(named).can_change;
  return index <= can_change.size() && can_change[index - 1];
}

Results BindArguments(const Standard& standard, bool all_placeholders) {
  const Value function = KeptFunction(standard);
  if (!function.Is(Kind::kFunction)) return standard.GiveFromAll(Value::Unknown("a function"));
  Closure closure = function.closure();
  Values bound;
  const std::vector<std::string>& types = standard.call.link.callee->parameter_types;
  for (std::size_t i = 1; i < standard.size(); ++i) {
    const Value& given = standard.call.arguments[standard.call.first + i];
    // std::ref(x) is bound as x itself, everything else as a copy.
    if (i < types.size() && types[i] == kReferenceWrapper && given.Is(Kind::kAlias)) {
      bound.push_back(Value::Alias(standard.state.memory.Resolve(given.place())));
      continue;
    }
    if (MayChangeBound(standard, i)) {
      // What it changes stays so for the next call.
      const Place kept = standard.interpreter.Allocate(standard.call.node.kids[i]);
      standard.state.memory.Set(kept.root, standard.Argument(i));
      bound.push_back(Value::Alias(kept));
      continue;
    }
    const Value value = standard.Argument(i);
    const int number = PlaceholderNumber(value);
    bound.push_back(number > 0 ? Value::Int(number, kPlaceholder) : value);
  }
  if (all_placeholders) bound.push_back(Value::Int(0, kAllPlaceholders));
  // A bound function may be bound again, which is rare and not followed.
  if (!closure.bound.empty()) return standard.GiveFromAll(Value::Unknown("a function"));
  closure.bound = std::move(bound);
  return standard.Give(Value::Of(std::move(closure)));
}

}  // namespace

Results Bind(const Standard& standard) { return BindArguments(standard, false); }

Results BindFront(const Standard& standard) { return BindArguments(standard, true); }

Results MakeFunction(const Standard& standard) {
  return standard.Give(standard.size() == 0 ? Value::Null() : KeptFunction(standard));
}

Results CallNow(const Standard& standard) {
  Values arguments = standard.call.arguments;
  Value function = standard.interpreter.Load(standard.state, arguments.front());
  if (arguments.front().Is(Kind::kAlias)) {
    function = standard.interpreter.AsFunction(
        function, standard.state.memory.Resolve(arguments.front().place()));
  }
  arguments.erase(arguments.begin());
  return standard.interpreter.Invoke(function, std::move(arguments), std::move(standard.state));
}

namespace {

Results EndProcess(const Standard& standard) {
  return {{std::move(standard.state), Completion::kEnd, Value::String(kByExit)}};
}

}  // namespace

Results CurrentException(const Standard& standard) {
  if (standard.state.handling.empty()) return standard.Give(Value::Null());
  const Value exception = AsLeft(standard.state.handling.back(), standard.state);
  return standard.Give(Value::Of(Fields({{kException, exception}})).Taint(exception));
}

Results Uncaught(const Standard& standard) {
  return standard.Give(Value::Int(standard.state.unwinding));
}

Results MakeExceptionPointer(const Standard& standard) {
  const Value exception = standard.Argument(0);
  return standard.Give(Value::Of(Fields({{kException, exception}})).Taint(exception));
}

Results Rethrow(const Standard& standard) {
  const Value pointer = standard.Argument(0);
  // Of none it is undefined behaviour, and ends the process where it was seen.
  if (pointer.Is(Kind::kNull)) return EndProcess(standard);
  const Value* exception = Field(pointer, kException);
  Value thrown = exception != nullptr ? *exception : Value::Unknown("a stored exception");
  return {{std::move(standard.state), Completion::kThrow, thrown.Taint(pointer)}};
}

// What one is moved from is not null for sure, nor the same.
Results MakeExceptionHolder(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::Null());
  const Value pointer = standard.Argument(0);
  const Value& from = standard.call.arguments[standard.call.first];
  const std::vector<bool>& can_change = standard.call.link.callee->can_change;
  if (!can_change.empty() && can_change.front() && from.Is(Kind::kAlias)) {
    standard.state.memory.Write(from.place(), Value::Unknown("what was moved from"));
  }
  return standard.Give(pointer);
}

namespace {

Results ThrowOf(const Standard& standard, Value exception) {
  exception.from_fault = exception.from_fault || standard.state.fault.has_value();
  return {{std::move(standard.state), Completion::kThrow, std::move(exception)}};
}

}  // namespace

Results ThrowArgument(const Standard& standard) { return ThrowOf(standard, standard.Argument(0)); }

Results ThrowWithNested(const Standard& standard) {
  Value exception = standard.Argument(0);
  if (exception.Is(Kind::kObject)) {
    Object nesting = exception.object();
    const State& state = standard.state;
    nesting.fields.insert_or_assign(kNested,
                                    state.handling.empty() ? Value::Null() : state.handling.back());
    exception = Value::Of(std::move(nesting)).Taint(exception);
  }
  return ThrowOf(standard, std::move(exception));
}

// Of an exception that was seen to be thrown without another it does nothing; one that had none to
// take ends the process.
Results RethrowNested(const Standard& standard) {
  const bool is_method = standard.call.first == 1;
  const Value exception = is_method ? standard.Self() : standard.Argument(0);
  const Value* nested = Field(exception, kNested);
  if (nested != nullptr && nested->Is(Kind::kNull)) return EndProcess(standard);
  Results results;
  const bool is_known = nested != nullptr && !nested->Is(Kind::kUnknown);
  if (is_known || is_method) {
    Value thrown =
        is_known ? AsLeft(*nested, standard.state) : Value::Unknown("a nested exception");
    return {{std::move(standard.state), Completion::kThrow, thrown.Taint(exception)}};
  }
  if (standard.state.fault && (nested != nullptr || Field(exception, kThrownAt) == nullptr)) {
    Value thrown = Value::Unknown("a nested exception");
    results.push_back({standard.state, Completion::kThrow, thrown.Taint(exception)});
  }
  Append(results, standard.Give(Value::Unknown("nothing")));
  return results;
}

Results NestedPointer(const Standard& standard) {
  const Value self = standard.Self();
  const Value* nested = Field(self, kNested);
  if (nested == nullptr || !nested->Is(Kind::kObject)) {
    Value pointer = nested != nullptr ? *nested : Value::Unknown("a nested exception");
    return standard.Give(pointer.Taint(self));
  }
  return standard.Give(Value::Of(Fields({{kException, *nested}})).Taint(self));
}

Results Nothing(const Standard& standard) {
  return standard.GiveFromAll(Value::Unknown("nothing"));
}

}  // namespace filibuster::standard
