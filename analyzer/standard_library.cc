#include "analyzer/standard_library.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "analyzer/standard_functions.h"

namespace filibuster {
namespace {

using namespace standard;  // NOLINT: the tables name nearly all of it

using Handlers = std::unordered_map<std::string, Handler>;

// What all containers have; some of a map's are in the table by themselves.
Handlers WithContainers(Handlers functions) {
  static constexpr std::string_view kContainers[] = {
      "vector", "deque",    "list",          "set",   "multiset", "unordered_set",
      "map",    "multimap", "unordered_map", "queue", "stack",    "priority_queue"};
  static constexpr std::pair<std::string_view, Handler> kMethods[] = {
      {"empty", IsEmpty},         {"size", SizeOf},         {"clear", ClearOwned},
      {"push_back", PushBack},    {"push", PushBack},       {"emplace_back", PushBack},
      {"push_front", AddElement}, {"insert", AddElement},   {"emplace_front", AddElement},
      {"emplace", AddElement},    {"pop_back", PopElement}, {"pop_front", PopElement}};
  for (const std::string_view container : kContainers) {
    for (const auto& [method, handler] : kMethods) {
      std::string name = "std::";
      name.append(container).append("::").append(method);
      functions.try_emplace(std::move(name), handler);
    }
  }
  return functions;
}

const Handlers& Functions() {
  static const Handlers functions = WithContainers({
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
      {"std::optional::reset", ResetOwner},
      {"std::any::reset", ResetOwner},
      {"std::make_optional", MakeOptional},
      {"std::optional::emplace", EmplaceOwned},
      {"std::optional::and_then", AndThen},
      {"std::optional::transform", Transform},
      {"std::optional::or_else", OrElse},
      {"std::expected::and_then", AndThen},
      {"std::expected::transform", Transform},
      {"std::expected::or_else", OrElse},
      {"std::expected::transform_error", TransformError},
      {"std::expected::error_or", ErrorOr},
      {"std::expected::has_value", HasValue},
      {"std::expected::operator bool", HasValue},
      {"std::expected::operator*", UseHeld},
      {"std::expected::operator->", UseHeld},
      {"std::expected::value", GetHeld},
      {"std::expected::value_or", ValueOr},
      {"std::expected::error", GetError},
      {"std::unique_ptr::operator->", Pointed},
      {"std::unique_ptr::operator*", Pointed},
      {"std::unique_ptr::operator bool", Itself},
      {"std::unique_ptr::get", Pointed},
      {"std::unique_ptr::reset", ResetOwner},
      {"std::unique_ptr::release", Release},
      {"std::__shared_ptr_access::operator->", Pointed},
      {"std::__shared_ptr_access::operator*", Pointed},
      {"std::__shared_ptr::operator bool", Itself},
      {"std::__shared_ptr::get", Pointed},
      {"std::__shared_ptr::reset", ResetOwner},
      {"std::weak_ptr::lock", LockPointer},
      {"std::reference_wrapper::get", Referred},
      {"std::function::operator bool", Itself},
      {"std::enable_shared_from_this::shared_from_this", PointerToSelf},
      {"std::holds_alternative", HoldsAlternative},
      {"std::get_if", GetIf},
      {"std::get", GetAlternative},
      {"std::basic_string::c_str", Itself},
      {"std::basic_string::data", Characters},
      {"std::basic_string::operator basic_string_view", Itself},
      {"std::basic_string_view::data", Itself},
      {"std::basic_string::operator+=", Append},
      {"std::basic_string::append", Append},
      {"std::basic_string::assign", AssignText},
      {"std::basic_string::clear", ClearText},
      {"std::basic_string::empty", IsEmpty},
      {"std::basic_string::size", SizeOf},
      {"std::basic_string::length", SizeOf},
      {"std::basic_string_view::empty", IsEmpty},
      {"std::basic_string_view::size", SizeOf},
      {"std::basic_string_view::length", SizeOf},
      {"std::atomic::load", Itself},
      {"std::atomic::store", Store},
      {"std::__atomic_base::load", Itself},
      {"std::__atomic_base::store", Store},
      {"std::operator+", Sum},
      {"std::map::at", MapAt},
      {"std::map::operator[]", MapElement},
      {"std::map::emplace", MapInsert},
      {"std::map::try_emplace", MapInsert},
      {"std::map::insert", MapInsert},
      {"std::map::insert_or_assign", MapInsert},
      {"std::map::find", MapFind},
      {"std::map::count", MapCount},
      {"std::map::contains", MapCount},
      {"std::map::end", MapEnd},
      {"std::map::cend", MapEnd},
      {"std::unordered_map::at", MapAt},
      {"std::unordered_map::operator[]", MapElement},
      {"std::unordered_map::emplace", MapInsert},
      {"std::unordered_map::try_emplace", MapInsert},
      {"std::unordered_map::insert", MapInsert},
      {"std::unordered_map::insert_or_assign", MapInsert},
      {"std::unordered_map::find", MapFind},
      {"std::unordered_map::count", MapCount},
      {"std::unordered_map::contains", MapCount},
      {"std::unordered_map::end", MapEnd},
      {"std::unordered_map::cend", MapEnd},
      {"std::_Rb_tree_iterator::operator->", FollowIterator},
      {"std::_Rb_tree_iterator::operator*", FollowIterator},
      {"std::_Rb_tree_const_iterator::operator->", FollowIterator},
      {"std::_Rb_tree_const_iterator::operator*", FollowIterator},
      {"std::__detail::_Node_iterator::operator->", FollowIterator},
      {"std::__detail::_Node_iterator::operator*", FollowIterator},
      {"std::__detail::_Node_const_iterator::operator->", FollowIterator},
      {"std::__detail::_Node_const_iterator::operator*", FollowIterator},
      {"std::array::operator[]", ElementAt},
      {"std::array::at", At},
      {"std::vector::operator[]", ElementAt},
      {"std::vector::at", At},
      {"std::operator==", Compare},
      {"std::__detail::operator==", Compare},
      {"std::__detail::operator!=", Compare},
      {"std::operator!=", Compare},
      {"std::operator\"\"h", Literal<3600, 1>},
      {"std::operator\"\"min", Literal<60, 1>},
      {"std::operator\"\"s", Literal<1, 1>},
      {"std::operator\"\"ms", Literal<1, 1000>},
      {"std::operator\"\"us", Literal<1, 1000000>},
      {"std::operator\"\"sv", FirstArgument},
      {"std::to_string", ToString},
      {"std::stoi", ParseNumber},
      {"std::stol", ParseNumber},
      {"std::stoll", ParseNumber},
      {"std::stoul", ParseNumber},
      {"std::stoull", ParseNumber},
      {"std::stof", ParseNumber},
      {"std::stod", ParseNumber},
      {"std::stold", ParseNumber},
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
      {"std::future::wait", WaitForFuture},
      {"std::__basic_future::wait", WaitForFuture},
      {"std::__basic_future::wait_for", Nothing},
      {"std::__basic_future::wait_until", Nothing},
      {"std::future::share", Itself},
      {"std::promise::get_future", FutureOf},
      {"std::promise::set_value", SetPromised},
      {"std::promise::set_exception", SetPromisedException},
      {"std::packaged_task::get_future", FutureOf},
      {"std::packaged_task::operator()", CallTask},
      {"std::bind", Bind},
      {"std::bind_front", BindFront},
      {"std::mem_fn", FirstArgument},
      {"raise", RaiseSignal},
      {"std::raise", RaiseSignal},
      {"std::invoke", CallNow},
      {"std::current_exception", CurrentException},
      {"std::uncaught_exception", Uncaught},
      {"std::uncaught_exceptions", Uncaught},
      {"std::__exception_ptr::exception_ptr::operator bool", HasValue},
      {"std::make_exception_ptr", MakeExceptionPointer},
      {"std::rethrow_exception", Rethrow},
      {"std::throw_with_nested", ThrowWithNested},
      {"boost::throw_exception", ThrowArgument},
      {"std::rethrow_if_nested", RethrowNested},
      {"std::nested_exception::rethrow_nested", RethrowNested},
      {"std::nested_exception::nested_ptr", NestedPointer},
      {"std::exception::what", Nothing},
      {"std::runtime_error::what", Nothing},
      {"std::chrono::operator+", AddDurations},
      {"std::chrono::system_clock::now", Now},
      {"std::chrono::steady_clock::now", Now},
      {"std::make_error_code", FirstArgument},
      {"std::error_code::clear", ClearError},
      {"std::error_code::assign", Reset},
      {"std::error_code::value", Itself},
      {"std::error_code::operator bool", Itself},
      {"std::exchange", Exchange},
      {"std::swap", Swap},
      {"std::make_pair", MakePair},
      {"std::make_tuple", MakeTuple},
      {"std::tie", Tie},
      {"std::thread::join", Nothing},
      {"std::thread::detach", Nothing},
  });
  return functions;
}

const Handlers& Constructors() {
  static const Handlers constructors = {
      {"std::basic_string::basic_string", MakeString},
      {"std::basic_string_view::basic_string_view", MakeString},
      {"std::optional::optional", MakeOptional},
      {"std::expected::expected", MakeOptional},
      {"std::unexpected::unexpected", MakeUnexpected},
      {"std::function::function", MakeFunction},
      {"std::move_only_function::move_only_function", MakeFunction},
      {"std::unique_ptr::unique_ptr", MakeUniquePointer},
      {"std::shared_ptr::shared_ptr", MakeSharedPointer},
      {"std::reference_wrapper::reference_wrapper", FirstArgument},
      {"std::variant::variant", MakeVariant},
      {"std::any::any", FirstArgument},
      {"std::vector::vector", MakeVector},
      {"std::deque::deque", MakeSequence},
      {"std::list::list", MakeSequence},
      {"std::set::set", MakeAdaptor},
      {"std::multiset::multiset", MakeAdaptor},
      {"std::unordered_set::unordered_set", MakeAdaptor},
      {"std::queue::queue", MakeAdaptor},
      {"std::stack::stack", MakeAdaptor},
      {"std::priority_queue::priority_queue", MakeAdaptor},
      {"std::weak_ptr::weak_ptr", MakeWeakPointer},
      {"std::initializer_list::initializer_list", FirstArgument},
      {"std::chrono::duration::duration", ConstructDuration},
      {"std::error_code::error_code", ErrorValue},
      {"std::__exception_ptr::exception_ptr::exception_ptr", MakeExceptionHolder},
      {"std::error_condition::error_condition", ErrorValue},
      {"std::thread::thread", RunThread},
      {"std::jthread::jthread", RunThread},
      {"std::atomic::atomic", MakeAtomic},
      {"std::pair::pair", MakePair},
      {"std::tuple::tuple", ConstructTuple},
      {"std::map::map", MakeContainer},
      {"std::unordered_map::unordered_map", MakeContainer},
      {"std::promise::promise", MakePromise},
      {"std::packaged_task::packaged_task", MakeTask},
  };
  return constructors;
}

// Methods that destroy elements, or move them, of which it is not followed which.
bool LosesElements(const std::string& name) {
  static constexpr std::string_view kLosing[] = {"assign", "erase",  "extract",   "merge",
                                                 "pop",    "remove", "remove_if", "reserve",
                                                 "resize", "splice", "unique",    "shrink_to_fit"};
  return std::ranges::find(kLosing, std::string_view(name).substr(name.rfind(':') + 1)) !=
         std::end(kLosing);
}

std::optional<Results> Dispatch(const Handlers& handlers, const Standard& standard) {
  const auto handler = handlers.find(standard.call.link.callee->name);
  if (handler == handlers.end()) return std::nullopt;
  return handler->second(standard);
}

std::optional<Results> DispatchFunction(const Standard& standard) {
  const std::string& name = standard.call.link.callee->name;
  // Conversions are called by the name of what they convert to.
  if (name.starts_with("std::reference_wrapper::operator ")) return Referred(standard);
  if (name.starts_with("std::atomic::operator ") ||
      name.starts_with("std::__atomic_base::operator ")) {
    return Itself(standard);
  }
  return Dispatch(Functions(), standard);
}

}  // namespace

std::optional<Results> CallStandard(Interpreter& interpreter, const CallContext& call,
                                    State& state) {
  // What is equal for a comparison that somebody has written may differ.
  if (!call.link.compares.empty()) return std::nullopt;
  // A container that was made with a comparison, such as a lambda.
  const Handler* handler = nullptr;
  if (const auto known = Functions().find(call.link.callee->name); known != Functions().end()) {
    handler = &known->second;
  }
  const bool adds = handler != nullptr && *handler == &AddElement;
  if (adds && interpreter.Load(state, call.arguments[0]).Is(Kind::kUnknown)) return std::nullopt;
  const Callee& callee = *call.link.callee;
  if (handler == nullptr && LosesElements(callee.name) &&
      interpreter.IsOwnerClass(callee.class_usr)) {
    Results lost = interpreter.LoseOwned(callee.class_usr, std::move(state));
    state = std::move(lost.front().state);
  }
  auto results = DispatchFunction({interpreter, call, state});
  if (!results) return std::nullopt;
  // What a function makes of a pointer, if that is not known, may still lead there.
  for (Result& result : *results) {
    if (!result.value.Is(Kind::kUnknown)) continue;
    for (const Value& argument : call.arguments) {
      result.state.memory.Escape(interpreter.Load(result.state, argument));
    }
  }
  return results;
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
