#include <algorithm>

#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- threads, tasks, and what is left for who asks ---------------------------------------------

namespace {

constexpr char kTask[] = "$task";
constexpr char kShared[] = "$shared";
constexpr char kDeferred[] = "$deferred";  // a list: a function and what it is to be given
constexpr int kLaunchDeferred = 2;         // std::launch::deferred in libstdc++ and libc++

void Leave(const Standard& standard, const Value& object, State& state, const char* field,
           const Value& value) {
  if (!object.Is(Kind::kAlias)) return;
  Place place = state.memory.Resolve(object.place());
  const Value whole = state.memory.Read(place);
  Object changed = whole.Is(Kind::kObject) ? whole.object() : Object();
  changed.fields.insert_or_assign(field, standard.interpreter.Load(state, value));
  state.memory.Write(place, Value::Of(std::move(changed)).Taint(value));
}

// Whether something that the fault left behind decided a branch since.
bool IsDecidedByFault(const State& state, std::size_t steps) {
  if (!state.fault) return false;
  const std::vector<Step>& all = state.fault->steps;
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(std::min(steps, all.size()));
  return std::any_of(first, all.end(), [](const Step& step) { return step.from_fault; });
}

// Its end is left in the task, where its future finds it.
Results RunTask(const Standard& standard, const Value& task, Values arguments) {
  const Value whole = standard.interpreter.Load(standard.state, task);
  const Value function = *Field(whole, kTask);
  Results results =
      standard.interpreter.Invoke(function, std::move(arguments), std::move(standard.state));
  for (Result& result : results) {
    const bool is_thrown = result.completion == Completion::kThrow;
    if (!is_thrown && result.completion != Completion::kValue) continue;
    Leave(standard, task, result.state, is_thrown ? kException : kHeld, result.value);
    result.completion = Completion::kValue;
    result.value = Value::Unknown("nothing");
  }
  return results;
}

// It runs when somebody asks first; its end is kept for who asks again.
Results RunDeferred(const Standard& standard, const Values& deferred, State state) {
  Results results = standard.interpreter.Invoke(
      deferred.front(), Values(deferred.begin() + 1, deferred.end()), std::move(state));
  for (Result& result : results) {
    const bool is_thrown = result.completion == Completion::kThrow;
    if (!is_thrown && result.completion != Completion::kValue) continue;
    Leave(standard, standard.call.arguments[0], result.state, is_thrown ? kException : kHeld,
          result.value);
  }
  return results;
}

}  // namespace

// A function that may run on another thread, now; its end is kept for who asks for it.
Results RunAsync(const Standard& standard) {
  Values arguments(
      standard.call.arguments.begin() + static_cast<std::ptrdiff_t>(standard.call.first),
      standard.call.arguments.end());
  // std::async may begin with a launch policy.
  bool is_deferred = false;
  if (!arguments.empty()) {
    const Value policy = standard.interpreter.Load(standard.state, arguments.front());
    is_deferred = policy.Is(Kind::kInt) && policy.number() == kLaunchDeferred;
    if (policy.Is(Kind::kInt)) arguments.erase(arguments.begin());
  }
  if (arguments.empty()) return standard.Give(Value::Unknown("a future"));
  if (is_deferred) {
    for (Value& argument : arguments)
      argument = standard.interpreter.Load(standard.state, argument);
    return standard.Give(Value::Of(Fields({{kDeferred, Value::List(std::move(arguments))}})));
  }
  const Value begun = arguments.front();
  const Value function = standard.Function(standard.size() - arguments.size());
  arguments.erase(arguments.begin());
  if (Field(function, kTask) != nullptr) return RunTask(standard, begun, std::move(arguments));
  // A thread's function goes with it; a task's when its future does.
  const bool is_thread = standard.call.node.op == Op::kConstruct;
  if (!is_thread) standard.interpreter.HandOver(standard.call, standard.state);
  Results results =
      standard.interpreter.Invoke(function, std::move(arguments), std::move(standard.state));
  if (is_thread && standard.interpreter.Owns(function)) {
    results = standard.interpreter.Destroy(function, std::move(results));
  }
  for (Result& result : results) {
    if (result.completion == Completion::kValue) {
      result.value = Value::Of(Fields({{kHeld, result.value}})).Taint(result.value);
    } else if (result.completion == Completion::kThrow) {
      result.completion = Completion::kValue;
      result.value = Value::Of(Fields({{kException, result.value}})).Taint(result.value);
    }
  }
  return results;
}

Results GetFuture(const Standard& standard) {
  Value self = standard.Self();
  // What a promise or a task was left in.
  if (const Value* shared = Field(self, kShared)) {
    self = standard.state.memory.Read(shared->place());
  }
  Results results;
  for (const Value& left : self.Alternatives()) {
    State state = standard.state;
    if (const Value* exception = Field(left, kException)) {
      results.push_back({std::move(state), Completion::kThrow, *exception});
      continue;
    }
    const Value* held = Field(left, kHeld);
    if (const Value* deferred = Field(left, kDeferred); deferred != nullptr && held == nullptr) {
      Append(results, RunDeferred(standard, deferred->elements(), std::move(state)));
      continue;
    }
    if (held == nullptr && state.fault && state.fault->blind.empty()) {
      state.fault->blind = "asks a future whose result was not seen";
    }
    results.push_back({std::move(state), Completion::kValue, Held(left)});
  }
  return results;
}

// Until it has ended, whichever way.
Results WaitForFuture(const Standard& standard) {
  const Value self = standard.Self();
  const Value* deferred = Field(self, kDeferred);
  if (deferred == nullptr || Field(self, kHeld) != nullptr || Field(self, kException) != nullptr) {
    return standard.Give(Value::Unknown("nothing"));
  }
  Results results = RunDeferred(standard, deferred->elements(), std::move(standard.state));
  for (Result& result : results) {
    if (result.completion == Completion::kThrow) result.completion = Completion::kValue;
  }
  return results;
}

Results RunThread(const Standard& standard) {
  if (standard.size() == 0) return standard.Give({});
  const State before = standard.state;
  const std::size_t steps = before.fault ? before.fault->steps.size() : 0;
  std::vector<AssumedFault> outer = standard.interpreter.ExchangeGoingOn({});
  Results results = RunAsync(standard);
  const std::vector<AssumedFault> inner = standard.interpreter.ExchangeGoingOn({});
  // With a fault of its caller it goes on beside that, whose end counts; with its own, by itself.
  if (!before.fault) outer.insert(outer.end(), inner.begin(), inner.end());
  standard.interpreter.ExchangeGoingOn(std::move(outer));
  // A thread that ends the process in any case, or never ends, does so while others go on.
  std::erase_if(results, [&](const Result& result) {
    return result.completion == Completion::kEnd && result.value.text() == kByExit &&
           !IsDecidedByFault(result.state, steps);
  });
  const bool goes_on = std::ranges::any_of(results, [&](const Result& result) {
    return result.completion == Completion::kValue &&
           result.state.fault.has_value() == before.fault.has_value();
  });
  if (!goes_on) results.push_back({before, Completion::kValue, Value::Of(Object())});
  for (Result& result : results) {
    const Value* exception = Field(result.value, kException);
    if (result.completion != Completion::kValue || exception == nullptr) continue;
    result.completion = Completion::kEnd;
    result.value = Value::String(kByThread);
  }
  return results;
}

Results MakeTask(const Standard& standard) {
  standard.interpreter.HandOver(standard.call, standard.state);
  if (standard.size() == 0) return standard.Give(Value::Of(Object()));
  return standard.Give(Value::Of(Fields({{kTask, standard.Argument(0)}})));
}

Results MakePromise(const Standard& standard) { return standard.Give(Value::Of(Object())); }

Results CallTask(const Standard& standard) {
  const Value task = standard.call.arguments[0];
  if (Field(standard.Self(), kTask) == nullptr) {
    return standard.GiveFromAll(Value::Unknown("nothing"));
  }
  return RunTask(standard, task,
                 Values(standard.call.arguments.begin() + 1, standard.call.arguments.end()));
}

// Of a promise or a task that is a variable; others are not followed.
Results FutureOf(const Standard& standard) {
  const Value object = standard.call.arguments[0];
  if (!object.Is(Kind::kAlias)) return standard.Give(Value::Unknown("a future"));
  const Place place = standard.state.memory.Resolve(object.place());
  return standard.Give(Value::Of(Fields({{kShared, Value::Pointer(place)}})));
}

namespace {

// A second result is refused.
bool IsPromised(const Standard& standard) {
  const Value self = standard.Self();
  return Field(self, kHeld) != nullptr || Field(self, kException) != nullptr;
}

}  // namespace

Results SetPromised(const Standard& standard) {
  if (IsPromised(standard)) return standard.Throw("std::future_error", standard.Self());
  const Value value = standard.size() > 0 ? standard.Argument(0) : Value::Unknown("nothing");
  Leave(standard, standard.call.arguments[0], standard.state, kHeld, value);
  return standard.Give({});
}

Results SetPromisedException(const Standard& standard) {
  if (IsPromised(standard)) return standard.Throw("std::future_error", standard.Self());
  const Value pointer = standard.Argument(0);
  const Value* exception = Field(pointer, kException);
  Leave(standard, standard.call.arguments[0], standard.state, kException,
        exception != nullptr ? *exception : Value::Unknown("a stored exception").Taint(pointer));
  return standard.Give({});
}

}  // namespace filibuster::standard
