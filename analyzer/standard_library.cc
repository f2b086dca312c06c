#include "analyzer/standard_library.h"

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "analyzer/interpreter_internal.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// std::optional, std::expected and futures as objects with these fields.
constexpr char kHas[] = "$has";
constexpr char kHeld[] = "$held";
constexpr char kError[] = "$error";
constexpr char kUnexpected[] = "$unexpected";
constexpr char kException[] = "$exception";
constexpr char kCount[] = "$count";
constexpr char kNumerator[] = "$numerator";
constexpr char kDenominator[] = "$denominator";

struct Standard {
  Interpreter& interpreter;
  const CallContext& call;
  State& state;

  std::size_t size() const { return call.arguments.size() - call.first; }
  Value Argument(std::size_t index) const {
    const Value* argument = call.Argument(static_cast<int>(index));
    return argument == nullptr ? Value::Unknown("an argument") : interpreter.Load(state, *argument);
  }
  // The object of a method.
  Value Self() const { return interpreter.Load(state, call.arguments[0]); }
  void SetSelf(Value value) const {
    if (call.arguments[0].Is(Kind::kAlias)) {
      state.memory.Write(call.arguments[0].place(), std::move(value));
    }
  }
  Results Give(Value value) const { return One(std::move(state), std::move(value)); }
  Results GiveFromAll(Value value) const {
    for (const Value& argument : call.arguments) value.Taint(interpreter.Load(state, argument));
    return Give(std::move(value));
  }
};

using Handler = Results (*)(const Standard&);

Object Fields(std::map<std::string, Value> fields) {
  return {.type = "", .fields = std::move(fields)};
}

const Value* Field(const Value& value, const char* name) {
  if (!value.Is(Kind::kObject)) return nullptr;
  const auto field = value.object().fields.find(name);
  return field == value.object().fields.end() ? nullptr : &field->second;
}

// ---- std::optional and std::expected, and what can be used like them ---------------------------

Value Empty() { return Value::Of(Fields({{kHas, Value::Int(0)}})); }

Value Engaged(const Value& held) {
  return Value::Of(Fields({{kHas, Value::Int(1)}, {kHeld, held}})).Taint(held);
}

Value Has(const Value& value) {
  if (value.Is(Kind::kChoice)) {
    Values answers;
    for (const Value& alternative : value.elements()) answers.push_back(Has(alternative));
    return Value::Choice(answers).Taint(value);
  }
  if (const Value* has = Field(value, kHas)) return Value(*has).Taint(value);
  if (value.Is(Kind::kNull)) return Value::Int(0).Taint(value);
  if (value.Is(Kind::kUnknown)) return Value::Unknown("whether there is a value").Taint(value);
  return Value::Int(1).Taint(value);
}

Value Held(const Value& value) {
  if (value.Is(Kind::kChoice)) {
    Values held;
    for (const Value& alternative : value.elements()) {
      if (AsCondition(Has(alternative)) != Truth::kFalse) held.push_back(Held(alternative));
    }
    if (!held.empty()) return Value::Choice(held).Taint(value);
  }
  if (const Value* held = Field(value, kHeld)) return Value(*held).Taint(value);
  if (value.Is(Kind::kObject) && Field(value, kHas) == nullptr) return value;
  return Value::Unknown("the value that is held").Taint(value);
}

Results MakeOptional(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Empty());
  const Value value = standard.Argument(0);
  if (value.Is(Kind::kNull)) return standard.Give(Empty());
  if (const Value* error = Field(value, kUnexpected)) {
    return standard.Give(Value::Of(Fields({{kHas, Value::Int(0)}, {kError, *error}})).Taint(value));
  }
  return standard.Give(Engaged(value));
}

Results MakeUnexpected(const Standard& standard) {
  const Value error = standard.Argument(0);
  return standard.Give(Value::Of(Fields({{kUnexpected, error}})).Taint(error));
}

Results HasValue(const Standard& standard) { return standard.Give(Has(standard.Self())); }

// operator* and operator->: of an empty one they are undefined behaviour.
Results UseHeld(const Standard& standard) {
  const Value self = standard.Self();
  if (AsCondition(Has(self)) == Truth::kFalse) {
    return {{std::move(standard.state), Completion::kEnd, Value::String(kByDereference)}};
  }
  if (standard.call.arguments[0].Is(Kind::kAlias) && Field(self, kHeld) != nullptr) {
    Place place = standard.state.memory.Resolve(standard.call.arguments[0].place());
    place.path.emplace_back(kHeld);
    const bool arrow = standard.call.link.callee->name.ends_with("->");
    return standard.Give((arrow ? Value::Pointer(place) : Value::Alias(place)).Taint(self));
  }
  return standard.Give(Held(self));
}

// value(): of an empty one it throws.
Results GetHeld(const Standard& standard) {
  const Value self = standard.Self();
  const Truth has = AsCondition(Has(self));
  Value thrown = Value::Of(Object{.type = "c:@N@std@S@bad_optional_access", .fields = {}});
  thrown.Taint(self);
  Results results;
  if (has != Truth::kTrue) {
    results.push_back({standard.state, Completion::kThrow, std::move(thrown)});
  }
  if (has != Truth::kFalse) Append(results, standard.Give(Held(self)));
  return results;
}

Results ValueOr(const Standard& standard) {
  const Value self = standard.Self();
  const Value has = Has(self);
  const Value otherwise = standard.Argument(0);
  const Truth truth = AsCondition(has);
  if (truth == Truth::kTrue) return standard.Give(Held(self));
  if (truth == Truth::kFalse) return standard.Give(Value(otherwise).Taint(self));
  return standard.Give(Value::Choice({Held(self), otherwise}).Taint(self));
}

Results GetError(const Standard& standard) {
  const Value self = standard.Self();
  const Value* error = Field(self, kError);
  Value value = error != nullptr ? *error : Value::Unknown("an error");
  return standard.Give(value.Taint(self));
}

Results Reset(const Standard& standard) {
  standard.SetSelf(standard.size() > 0 ? standard.Argument(0) : Value::Null());
  return standard.Give({});
}

// ---- strings -----------------------------------------------------------------------------------

Results FirstArgument(const Standard& standard) {
  return standard.Give(standard.call.arguments.size() > standard.call.first
                           ? *standard.call.Argument(0)
                           : Value::String(""));
}

Results Itself(const Standard& standard) { return standard.Give(standard.Self()); }

Results MakeString(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::String(""));
  const Value value = standard.Argument(0);
  // (count, char) and ranges are rare, and not followed.
  if (value.Is(Kind::kInt)) return standard.Give(Value::Unknown("a string").Taint(value));
  return standard.Give(value);
}

Results Append(const Standard& standard) {
  Value value = Concatenate(standard.Self(), standard.Argument(0));
  standard.SetSelf(std::move(value));
  return standard.Give(standard.call.arguments[0]);
}

Results Sum(const Standard& standard) {
  return standard.Give(Concatenate(standard.Argument(0), standard.Argument(1)));
}

Results IsEmpty(const Standard& standard) {
  const Value self = standard.Self();
  Value value = Value::Unknown("whether it is empty");
  if (self.IsCompleteString()) value = Value::Int(self.text().empty() ? 1 : 0);
  if (self.Is(Kind::kList)) value = Value::Int(self.elements().empty() ? 1 : 0);
  return standard.Give(value.Taint(self));
}

Results ToString(const Standard& standard) {
  return standard.Give(Concatenate(Value::String(""), standard.Argument(0)));
}

Results ToNumber(const Standard& standard) {
  Values numbers;
  for (const Value& text : standard.Argument(0).Alternatives()) {
    std::int64_t number = 0;
    Value value = text.Is(Kind::kUnknown) ? text : Value::Unknown("a number");
    if (text.IsCompleteString()) {
      const char* end = text.text().data() + text.text().size();
      if (std::from_chars(text.text().data(), end, number).ptr == end) value = Value::Int(number);
    }
    numbers.push_back(value.Taint(text));
  }
  return standard.Give(Value::Choice(numbers));
}

// {} is replaced by the arguments in order; other fields are holes.
Results Format(const Standard& standard) {
  const Value format = standard.Argument(0);
  if (!format.IsCompleteString()) return standard.GiveFromAll(Value::Unknown("a text"));
  Value text = Value::String("");
  std::string_view rest = format.text();
  for (std::size_t next = 1;;) {
    const std::size_t open = rest.find('{');
    const std::size_t close = open == rest.npos ? rest.npos : rest.find('}', open);
    if (close == rest.npos) break;
    const bool is_plain = close == open + 1 && next < standard.size();
    text = Concatenate(text, Value::String(std::string(rest.substr(0, open))));
    text = Concatenate(text, is_plain ? standard.Argument(next++) : Value::Unknown("a part"));
    rest.remove_prefix(close + 1);
  }
  return standard.GiveFromAll(Concatenate(text, Value::String(std::string(rest))));
}

Results Compare(const Standard& standard) {
  const std::string& name = standard.call.link.callee->name;
  const std::string op = name.substr(name.rfind("operator") + 8);
  Value left = standard.call.first == 1 ? standard.Self() : standard.Argument(0);
  Value right = standard.Argument(standard.call.first == 1 ? 0 : 1);
  if (right.Is(Kind::kNull) && Field(left, kHas) != nullptr) {
    left = Has(left);
    right = Value::Int(0);
  } else if (Field(left, kHeld) != nullptr && Field(right, kHas) == nullptr) {
    left = Held(left);
  }
  return standard.Give(Compute(op, left, right));
}

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

// The number of a template argument of a type's USR: std::ratio<1, 1000> has "#VL1#VL1000".
std::int64_t RatioPart(const std::string& usr, int index) {
  std::size_t at = usr.find("@S@ratio>");
  for (int i = 0; i <= index && at != usr.npos; ++i) at = usr.find("#VL", at + 1);
  return at == usr.npos ? 0 : std::atoll(usr.c_str() + at + 3);
}

Results ConstructDuration(const Standard& standard) {
  const Value count = standard.Argument(0);
  const std::int64_t numerator = RatioPart(standard.call.node.type, 0);
  const std::int64_t denominator = RatioPart(standard.call.node.type, 1);
  // Of another duration it is a conversion; the length stays.
  if (!count.Is(Kind::kInt) || numerator <= 0 || denominator <= 0) return standard.Give(count);
  return standard.Give(MakeDuration(count.number(), numerator, denominator).Taint(count));
}

// operator""s is of a duration, or of a string.
template <std::int64_t kNumerator, std::int64_t kDenominator>
Results Literal(const Standard& standard) {
  const Value value = standard.Argument(0);
  if (!value.Is(Kind::kInt)) return standard.Give(value);
  return standard.Give(MakeDuration(value.number(), kNumerator, kDenominator));
}

Results Nothing(const Standard& standard) {
  return standard.GiveFromAll(Value::Unknown("nothing"));
}

Results MakePair(const Standard& standard) {
  const Value first = standard.Argument(0);
  const Value second = standard.Argument(1);
  return standard.Give(Value::Of(Fields({{"first", first}, {"second", second}})));
}

const std::unordered_map<std::string_view, Handler>& Functions() {
  static const std::unordered_map<std::string_view, Handler> functions = {
      {"std::move", FirstArgument},
      {"std::forward", FirstArgument},
      {"std::as_const", FirstArgument},
      {"std::ref", FirstArgument},
      {"std::cref", FirstArgument},
      {"std::optional::has_value", HasValue},
      {"std::optional::operator bool", HasValue},
      {"std::optional::operator*", UseHeld},
      {"std::optional::operator->", UseHeld},
      {"std::optional::value", GetHeld},
      {"std::optional::value_or", ValueOr},
      {"std::optional::reset", Reset},
      {"std::make_optional", MakeOptional},
      {"std::expected::has_value", HasValue},
      {"std::expected::operator bool", HasValue},
      {"std::expected::operator*", UseHeld},
      {"std::expected::operator->", UseHeld},
      {"std::expected::value", GetHeld},
      {"std::expected::value_or", ValueOr},
      {"std::expected::error", GetError},
      {"std::unique_ptr::operator->", Itself},
      {"std::unique_ptr::operator*", Itself},
      {"std::unique_ptr::operator bool", Itself},
      {"std::unique_ptr::get", Itself},
      {"std::unique_ptr::reset", Reset},
      {"std::__shared_ptr_access::operator->", Itself},
      {"std::__shared_ptr_access::operator*", Itself},
      {"std::__shared_ptr::operator bool", Itself},
      {"std::__shared_ptr::get", Itself},
      {"std::reference_wrapper::get", Itself},
      {"std::function::operator bool", Itself},
      {"std::basic_string::c_str", Itself},
      {"std::basic_string::data", Itself},
      {"std::basic_string::operator basic_string_view", Itself},
      {"std::basic_string_view::data", Itself},
      {"std::basic_string::operator+=", Append},
      {"std::basic_string::append", Append},
      {"std::basic_string::empty", IsEmpty},
      {"std::basic_string_view::empty", IsEmpty},
      {"std::vector::empty", IsEmpty},
      {"std::operator+", Sum},
      {"std::operator==", Compare},
      {"std::operator!=", Compare},
      {"std::operator\"\"h", Literal<3600, 1>},
      {"std::operator\"\"min", Literal<60, 1>},
      {"std::operator\"\"s", Literal<1, 1>},
      {"std::operator\"\"ms", Literal<1, 1000>},
      {"std::operator\"\"us", Literal<1, 1000000>},
      {"std::operator\"\"sv", FirstArgument},
      {"std::to_string", ToString},
      {"std::stoi", ToNumber},
      {"std::stol", ToNumber},
      {"std::stoul", ToNumber},
      {"std::atoi", ToNumber},
      {"atoi", ToNumber},
      {"strtol", ToNumber},
      {"fmt::format", Format},
      {"std::format", Format},
      {"getenv", GetEnv},
      {"std::getenv", GetEnv},
      {"secure_getenv", GetEnv},
      {"std::async", RunAsync},
      {"std::future::get", GetFuture},
      {"std::shared_future::get", GetFuture},
      {"std::future::wait", Nothing},
      {"std::invoke", CallNow},
      {"std::current_exception", CurrentException},
      {"std::make_exception_ptr", MakeExceptionPointer},
      {"std::rethrow_exception", Rethrow},
      {"std::throw_with_nested", ThrowArgument},
      {"std::rethrow_if_nested", Nothing},
      {"std::exception::what", Nothing},
      {"std::runtime_error::what", Nothing},
      {"std::make_pair", MakePair},
      {"std::thread::join", Nothing},
      {"std::thread::detach", Nothing},
  };
  return functions;
}

const std::unordered_map<std::string_view, Handler>& Constructors() {
  static const std::unordered_map<std::string_view, Handler> constructors = {
      {"std::basic_string::basic_string", MakeString},
      {"std::basic_string_view::basic_string_view", MakeString},
      {"std::optional::optional", MakeOptional},
      {"std::expected::expected", MakeOptional},
      {"std::unexpected::unexpected", MakeUnexpected},
      {"std::function::function", FirstArgument},
      {"std::unique_ptr::unique_ptr", FirstArgument},
      {"std::shared_ptr::shared_ptr", FirstArgument},
      {"std::reference_wrapper::reference_wrapper", FirstArgument},
      {"std::vector::vector", FirstArgument},
      {"std::initializer_list::initializer_list", FirstArgument},
      {"std::chrono::duration::duration", ConstructDuration},
      {"std::thread::thread", RunThread},
      {"std::jthread::jthread", RunThread},
      {"std::pair::pair", MakePair},
  };
  return constructors;
}

std::optional<Results> Dispatch(const std::unordered_map<std::string_view, Handler>& handlers,
                                const Standard& standard) {
  const auto handler = handlers.find(standard.call.link.callee->name);
  if (handler == handlers.end()) return std::nullopt;
  return handler->second(standard);
}

}  // namespace

Value MakeDuration(std::int64_t count, std::int64_t numerator, std::int64_t denominator) {
  return Value::Of(Fields({{kCount, Value::Int(count)},
                           {kNumerator, Value::Int(numerator)},
                           {kDenominator, Value::Int(denominator)}}));
}

std::optional<double> InSeconds(const Value& duration) {
  const Value* count = Field(duration, kCount);
  if (count == nullptr || !count->Is(Kind::kInt)) return std::nullopt;
  return static_cast<double>(count->number()) *
         static_cast<double>(Field(duration, kNumerator)->number()) /
         static_cast<double>(Field(duration, kDenominator)->number());
}

std::optional<Results> CallStandard(Interpreter& interpreter, const CallContext& call,
                                    State& state) {
  return Dispatch(Functions(), {interpreter, call, state});
}

std::optional<Results> ConstructStandard(Interpreter& interpreter, const CallContext& call,
                                         State& state) {
  auto results = Dispatch(Constructors(), {interpreter, call, state});
  if (!results) return std::nullopt;
  const Value self = call.arguments[0];
  for (Result& result : *results) {
    if (result.completion != Completion::kValue) continue;
    result.state.memory.Write(self.place(), interpreter.Load(result.state, result.value));
    result.value = self;
  }
  return results;
}

}  // namespace filibuster
