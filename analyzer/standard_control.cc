#include "analyzer/standard_library_internal.h"

namespace filibuster::standard {

// ---- the environment, threads, exceptions ------------------------------------------------------

Results GetEnv(const Standard& standard) {
  const Value name = standard.Argument(0);
  const std::string what = name.IsCompleteString() ? "the environment variable " + name.text()
                                                   : "an environment variable";
  return standard.Give(Value::Choice({Value::Null(), Value::Unknown(what)}));
}

// A function that may run on another thread, now; its end is kept for who asks for it.
Results RunAsync(const Standard& standard) {
  Values arguments(
      standard.call.arguments.begin() + static_cast<std::ptrdiff_t>(standard.call.first),
      standard.call.arguments.end());
  // std::async may begin with a launch policy.
  if (!arguments.empty() &&
      standard.interpreter.Load(standard.state, arguments.front()).Is(Kind::kInt)) {
    arguments.erase(arguments.begin());
  }
  if (arguments.empty()) return standard.Give(Value::Unknown("a future"));
  const Value function = standard.interpreter.Load(standard.state, arguments.front());
  arguments.erase(arguments.begin());
  Results results =
      standard.interpreter.Invoke(function, std::move(arguments), std::move(standard.state));
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
  const Value self = standard.Self();
  if (const Value* exception = Field(self, kException)) {
    return {{std::move(standard.state), Completion::kThrow, *exception}};
  }
  return standard.Give(Held(self));
}

Results RunThread(const Standard& standard) {
  if (standard.size() == 0) return standard.Give({});
  Results results = RunAsync(standard);
  for (Result& result : results) {
    const Value* exception = Field(result.value, kException);
    if (result.completion != Completion::kValue || exception == nullptr) continue;
    result.completion = Completion::kEnd;
    result.value = Value::String(kByThread);
  }
  return results;
}

Results CallNow(const Standard& standard) {
  Values arguments = standard.call.arguments;
  const Value function = standard.interpreter.Load(standard.state, arguments.front());
  arguments.erase(arguments.begin());
  return standard.interpreter.Invoke(function, std::move(arguments), std::move(standard.state));
}

Results CurrentException(const Standard& standard) {
  if (standard.state.handling.empty()) return standard.Give(Value::Null());
  const Value exception = standard.state.handling.back();
  return standard.Give(Value::Of(Fields({{kException, exception}})).Taint(exception));
}

Results MakeExceptionPointer(const Standard& standard) {
  const Value exception = standard.Argument(0);
  return standard.Give(Value::Of(Fields({{kException, exception}})).Taint(exception));
}

Results Rethrow(const Standard& standard) {
  const Value pointer = standard.Argument(0);
  const Value* exception = Field(pointer, kException);
  Value thrown = exception != nullptr ? *exception : Value::Unknown("a stored exception");
  return {{std::move(standard.state), Completion::kThrow, thrown.Taint(pointer)}};
}

Results ThrowArgument(const Standard& standard) {
  Value exception = standard.Argument(0);
  exception.from_fault = exception.from_fault || standard.state.fault.has_value();
  return {{std::move(standard.state), Completion::kThrow, std::move(exception)}};
}

Results Nothing(const Standard& standard) {
  return standard.GiveFromAll(Value::Unknown("nothing"));
}

Results MakePair(const Standard& standard) {
  const Value first = standard.Argument(0);
  const Value second = standard.Argument(1);
  return standard.Give(Value::Of(Fields({{"first", first}, {"second", second}})));
}

}  // namespace filibuster::standard
