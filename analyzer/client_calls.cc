// A call of a client library: where it goes, and in which ways it fails.
#include <algorithm>
#include <string_view>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"
#include "analyzer/standard_library.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// "/shop.Cart/Add" of shop::Cart::Stub::Add and of shop::Cart::Stub::async::Add,
// and of shop::Cart::Stub::AsyncAdd, whose result comes `later`.
std::string CalleePath(const std::string& name, bool later) {
  const std::size_t method = name.rfind("::");
  if (method == name.npos) return "/" + name;
  std::string_view called = std::string_view(name).substr(method + 2);
  for (const std::string_view prefix : {"Prepare", "Async"}) {
    if (later && called.starts_with(prefix)) called.remove_prefix(prefix.size());
  }
  const std::size_t stub = std::min(name.find("::Stub"), name.find("_Stub::"));
  std::string service = name.substr(0, std::min(stub, method));
  for (std::size_t i = service.find("::"); i != service.npos; i = service.find("::", i)) {
    service.replace(i, 2, ".");
  }
  return "/" + service + "/" + std::string(called);
}

bool IsNone(const Value& value) { return value.Is(Kind::kNull); }

}  // namespace

// Something that was set of an object, or of what it wraps; null if it was not.
Value LibraryState::SettingOf(const Value& object, const State& state, const char* setting,
                              int depth) const {
  constexpr int kMaxDepth = 8;
  if (object.Is(Kind::kPointer)) {
    return SettingOf(state.memory.Read(object.place()), state, setting, depth);
  }
  if (object.Is(Kind::kUnknown)) return object;
  if (!object.Is(Kind::kObject)) return Value::Null();
  const std::map<std::string, Value>& fields = object.object().fields;
  if (const auto set = fields.find(setting); set != fields.end()) return set->second;
  const auto inner = fields.find(kInner);
  if (inner == fields.end() || depth >= kMaxDepth) return Value::Null();
  return SettingOf(Load(state, inner->second), state, setting, depth + 1);
}

// Of the object that a call is made with; else of what it is given: a context, a URL.
Value LibraryState::Setting(const CallContext& call, const ModelRow& row, const State& state,
                            const char* setting) const {
  const bool has_object = call.first == 1 || row.Argument("object");
  Value found = has_object ? SettingOf(Load(state, ObjectOf(call, row, state)), state, setting)
                           : Value::Null();
  if (!IsNone(found) && !found.Is(Kind::kUnknown)) return found;
  for (const Value& one : call.arguments) {
    const Value argument = Load(state, one);
    if (!argument.Is(Kind::kObject) && !argument.Is(Kind::kPointer)) continue;
    Value given = SettingOf(argument, state, setting);
    if (!IsNone(given) && !given.Is(Kind::kUnknown)) return given;
  }
  return found;
}

// host and port, or scheme://host:port, and the path.
Value LibraryState::TargetOf(const CallContext& call, const ModelRow& row,
                             const State& state) const {
  const Value* given = call.Argument(row.Argument("host"));
  const Value host = given != nullptr ? Load(state, *given) : Setting(call, row, state, kHost);
  const Value port = Setting(call, row, state, kPort);
  const Value* given_path = call.Argument(row.Argument("path"));
  const Value path =
      given_path != nullptr ? Load(state, *given_path) : Setting(call, row, state, kPath);
  if (host.Is(Kind::kUnknown)) return host;
  Values urls;
  for (const Value& one_host : host.Alternatives()) {
    // No host is called if there is none.
    if (IsNone(one_host) && host.Is(Kind::kChoice)) continue;
    if (!one_host.Is(Kind::kString)) {
      urls.push_back(one_host.Is(Kind::kUnknown) ? one_host : Value::Unknown("not followed"));
      continue;
    }
    const bool has_scheme = one_host.text().find("://") != std::string::npos;
    Value url = has_scheme ? one_host : Value::String("http://" + one_host.text());
    if (given == nullptr && !IsNone(port)) {
      url = Concatenate(Concatenate(url, Value::String(":")), port);
    }
    if (!row.path.empty()) {
      const std::string& name = call.link.callee->name;
      url = Concatenate(
          url, Value::String(row.path == "callee" ? CalleePath(name, row.later)
                                                  : "/" + name.substr(name.rfind(':') + 1)));
    } else if (given_path != nullptr || path.Is(Kind::kString) || path.Is(Kind::kChoice)) {
      url = Concatenate(url, path);
    }
    urls.push_back(std::move(url));
  }
  return Value::Choice(urls);
}

Results Interpreter::MakeClientCall(const CallContext& call, const ModelRow& row, State state) {
  // What it is called with holds for what is called of the object later.
  if (row.keeps) Configure(call, row, ObjectOf(call, row, state), state);
  const std::string& name = call.link.callee->name;
  std::string method = row.method.empty() ? name.substr(name.rfind(':') + 1) : row.method;
  // A message may say with which it is sent.
  if (const Value set = Setting(call, row, state, kMethod); set.IsCompleteString()) {
    method = set.text();
  }
  const std::size_t site =
      facts_.Observe(CallChain(), *call.link.library, row, method, TargetOf(call, row, state));
  ObservedCall& observed = facts_.calls[site];
  // One that is given with the call, or was set before.
  Value timeout = Setting(call, row, state, kTimeout);
  if (const Value* given = call.Argument(row.Argument("timeout"))) timeout = Load(state, *given);
  if (!timeout.Is(Kind::kObject) && !timeout.Is(Kind::kInt)) {
    const Value connection = Setting(call, row, state, kConnectionTimeout);
    if (!IsNone(connection)) timeout = connection;
  }
  // Of an object that is not known it is at least known if nobody sets any.
  const bool is_set = !timeout.Is(Kind::kUnknown) || program_.SetsTimeouts(*call.link.library);
  const auto by_default = call.link.library->default_timeout;
  const bool has_timeout = (!IsNone(timeout) && is_set) || by_default;
  std::optional<double> seconds = InSeconds(timeout);
  if (IsNone(timeout) && by_default) seconds = *by_default;
  const bool is_first = !observed.has_timeout;
  observed.timeout_seconds =
      is_first || observed.timeout_seconds == seconds ? seconds : std::nullopt;
  observed.has_timeout = observed.has_timeout || has_timeout;

  const bool has_callback = !row.Argument("callback") && ForgetCaptured(call, state);
  const Value* handle = call.Argument(row.Argument("handle"));
  const bool ends_later = handle != nullptr && !Load(state, *handle).Is(Kind::kNull);
  const Value fails = Setting(call, row, state, kFailOnStatus);
  const bool status_fails = !call.link.library->status_error.error.empty() &&
                            (row.throws_status || AsCondition(fails) == Truth::kTrue);

  const int index = static_cast<int>(site);
  const int executions = ++state.executions[index];
  Results results;
  if (state.fault) {
    results = CallAgain(std::move(state), index, has_timeout);
  } else {
    observed.normal_executions = std::max(observed.normal_executions, executions);
    results = One(state, Value::Of(CallResult{.site = index}));
    Append(results, TryFaults(state, index, has_timeout));
  }
  Results delivered;
  for (Result& result : results) {
    CallResult made = result.value.result();
    const TriedFault* fault = FaultOf(made);
    const bool is_status = fault != nullptr && fault->is_status;
    // A call that fails altogether calls nothing back.
    if (has_callback && is_status) result.state.fault->blind = "hands the response to a function";
    if (ends_later && fault != nullptr) result.state.fault->blind = "ends later";
    if (row.later && !row.Argument("callback") && fault != nullptr) {
      result.state.fault->is_pending = true;
    }
    made.status_fails = status_fails && is_status;
    Append(delivered, Deliver(call, row, std::move(result.state), made));
  }
  return delivered;
}

// Functions that are handed to the call may change what they captured. Whether there are any.
bool LibraryState::ForgetCaptured(const CallContext& call, State& state) const {
  bool has_callback = false;
  for (std::size_t i = call.first; i < call.arguments.size(); ++i) {
    const Value argument = Load(state, call.arguments[i]);
    if (!argument.Is(Kind::kFunction)) continue;
    has_callback = true;
    for (const auto& [variable, value] : argument.closure().captures) {
      if (value.Is(Kind::kAlias)) {
        state.memory.Write(value.place(), Value::Unknown("what a callback leaves"));
      }
    }
  }
  return has_callback;
}

// The call fails, in each way that applies.
Results LibraryState::TryFaults(const State& state, int site, bool has_timeout) const {
  const ObservedCall& observed = facts_.calls[static_cast<std::size_t>(site)];
  Results results;
  for (std::size_t fault = 0; fault < observed.faults.size(); ++fault) {
    if (observed.faults[fault].restrictions && !has_timeout) continue;
    State failed = state;
    failed.fault = AssumedFault{.site = site, .fault = static_cast<int>(fault)};
    results.push_back({std::move(failed), Completion::kValue,
                       Value::Of(CallResult{.site = site, .fault = static_cast<int>(fault)})});
  }
  return results;
}

// A call after the one that failed: it succeeds; or, if the fault persists, it fails likewise.
Results LibraryState::CallAgain(State state, int site, bool has_timeout) {
  const AssumedFault& assumed = *state.fault;
  const TriedFault& first = facts_.calls[static_cast<std::size_t>(assumed.site)]
                                .faults[static_cast<std::size_t>(assumed.fault)];
  const std::vector<TriedFault>& faults = facts_.calls[static_cast<std::size_t>(site)].faults;
  const auto same = std::ranges::find(faults, first);
  const bool can_fail = same != faults.end() && (!same->restrictions || has_timeout);
  const bool may_persist = can_fail && !assumed.recovered;
  Results results;
  ObservedCall& observed = facts_.calls[static_cast<std::size_t>(site)];
  if (chased_.contains(site) && !assumed.persists && assumed.site != site) {
    observed.chased_executions = std::max(observed.chased_executions, state.executions[site]);
    Append(results, TryFaults(state, site, has_timeout));
  }
  if (may_persist) {
    State persisting = state;
    persisting.fault->persists = true;
    const CallResult failed{.site = site, .fault = static_cast<int>(same - faults.begin())};
    results.push_back({std::move(persisting), Completion::kValue, Value::Of(failed)});
  }
  if (!can_fail || !state.fault->persists) {
    state.fault->recovered = state.fault->recovered || can_fail;
    state.fault->later_calls.push_back(site);
    results.push_back({std::move(state), Completion::kValue, Value::Of(CallResult{.site = site})});
  }
  return results;
}

}  // namespace filibuster
