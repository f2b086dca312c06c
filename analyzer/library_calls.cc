#include <algorithm>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/standard_library.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// Fields of a library's client object that no source names.
constexpr char kHost[] = "$host";
constexpr char kPort[] = "$port";
constexpr char kTimeout[] = "$timeout";
constexpr char kConnectionTimeout[] = "$connection_timeout";

// Seconds and microseconds, or a std::chrono::duration, as a duration.
Value TimeoutOf(const Value& whole, const Value& microseconds) {
  constexpr std::int64_t kMicro = 1'000'000;
  if (!whole.Is(Kind::kInt) || !microseconds.Is(Kind::kInt)) return whole;
  return MakeDuration(whole.number() * kMicro + microseconds.number(), 1, kMicro);
}

Value FieldOf(const Value& object, const char* field) {
  if (object.Is(Kind::kUnknown)) return object;
  if (!object.Is(Kind::kObject)) return Value::Unknown("a client that is not followed");
  const auto it = object.object().fields.find(field);
  return it == object.object().fields.end() ? Value::Null() : it->second;
}

}  // namespace

Results Interpreter::CallLibrary(const CallContext& call, State state) {
  const ModelRow& row = *call.link.row;
  const auto loaded = [&](const char* role) -> std::optional<Value> {
    const Value* argument = call.Argument(row.Argument(role));
    return argument == nullptr ? std::nullopt : std::optional(Load(state, *argument));
  };
  const Value object = call.first == 1 ? call.arguments[0] : Value();
  switch (row.effect) {
    case Effect::kConfigure: {
      if (!object.Is(Kind::kAlias)) return One(std::move(state));
      const auto set = [&](const char* role, const char* field) {
        const std::optional<Value> value = loaded(role);
        if (!value) return;
        Place place = object.place();
        place.path.emplace_back(field);
        state.memory.Write(place, *value);
      };
      set("host", kHost);
      set("port", kPort);
      const auto set_timeout = [&](const std::string& role, const char* field) {
        const std::optional<Value> whole = loaded(role.c_str());
        if (!whole) return;
        const std::optional<Value> micro = loaded((role + "_microseconds").c_str());
        Place place = object.place();
        place.path.emplace_back(field);
        state.memory.Write(place, TimeoutOf(*whole, micro.value_or(Value::Int(0))));
      };
      set_timeout("timeout", kTimeout);
      set_timeout("connection_timeout", kConnectionTimeout);
      return One(std::move(state), object);
    }
    case Effect::kCall:
      return MakeClientCall(call, std::move(state));
    case Effect::kRead: {
      const Value result = Load(state, object);
      if (!result.Is(Kind::kResult)) {
        Value value = Value::Unknown("a result whose call is not followed");
        return One(std::move(state), value.Taint(result));
      }
      const CallResult& made = result.result();
      const bool failed =
          made.fault != CallResult::kSuccess && !facts_.calls[static_cast<std::size_t>(made.site)]
                                                     .faults[static_cast<std::size_t>(made.fault)]
                                                     .is_status;
      if (failed && row.needs_success) {
        return {{std::move(state), Completion::kEnd, Value::String(kByDereference)}};
      }
      return One(std::move(state), ReadResult(made, row.part));
    }
    case Effect::kHandleRequests:
    case Effect::kHandleExceptions:
    case Effect::kHandleErrors:
      RegisterHandler(call, state);
      return One(std::move(state), object);
    case Effect::kListen: {
      state.listened = true;
      const Place server = object.Is(Kind::kAlias) ? state.memory.Resolve(object.place()) : Place();
      facts_.listening.push_back({server, loaded("port").value_or(Value::Unknown("none")), state});
      return One(std::move(state), Value::Int(1));
    }
    case Effect::kSetStatus: {
      if (!object.Is(Kind::kAlias)) return One(std::move(state));
      Value status = loaded("status").value_or(Value::Unknown("a status"));
      const FunctionRef& function = frames_.back().function;
      status.origin =
          facts_.AddOrigin(LocationOf(*function.file, call.node.position), function.function->name);
      Place place = object.place();
      place.path.push_back(call.link.library->status_field);
      state.memory.Write(place, std::move(status));
      return One(std::move(state), object);
    }
  }
  return One(std::move(state));
}

Value Interpreter::ReadResult(const CallResult& result, ResultPart part) const {
  const ObservedCall& call = facts_.calls[static_cast<std::size_t>(result.site)];
  const TriedFault* fault = result.fault == CallResult::kSuccess
                                ? nullptr
                                : &call.faults[static_cast<std::size_t>(result.fault)];
  const bool failed = fault != nullptr && !fault->is_status;
  Value value;
  switch (part) {
    case ResultPart::kOk:
      value = Value::Int(failed ? 0 : 1);
      break;
    case ResultPart::kFailed:
      value = Value::Int(failed ? 1 : 0);
      break;
    case ResultPart::kError:
      value = Value::Int(0, failed ? fault->name : call.library->no_fault);
      break;
    case ResultPart::kResponse:
      value = Value::Of(result);
      break;
    case ResultPart::kStatus:
      value = failed             ? Value::Unknown("the status of a call that failed")
              : fault == nullptr ? Value::Success()
                                 : Value::Int(fault->status);
      value.is_passed_on = fault != nullptr && !failed;
      break;
    case ResultPart::kBody:
      value = Value::Unknown("the body of a response");
      value.from_body = fault != nullptr;
      break;
  }
  value.from_fault = fault != nullptr;
  return value;
}

// host and port, or scheme://host:port, and the path.
Value Interpreter::TargetOf(const CallContext& call, const State& state) const {
  const Value client = call.first == 1 ? Load(state, call.arguments[0]) : Value();
  const Value host = FieldOf(client, kHost);
  const Value port = FieldOf(client, kPort);
  const Value* path = call.Argument(call.link.row->Argument("path"));
  if (host.Is(Kind::kUnknown)) return host;
  Values urls;
  for (const Value& one_host : host.Alternatives()) {
    if (!one_host.Is(Kind::kString)) {
      urls.push_back(one_host.Is(Kind::kUnknown) ? one_host
                                                 : Value::Unknown("a host that is not followed"));
      continue;
    }
    const bool has_scheme = one_host.text().find("://") != std::string::npos;
    Value url = has_scheme ? one_host : Value::String("http://" + one_host.text());
    if (!port.Is(Kind::kNull)) {
      url = Concatenate(Concatenate(url, Value::String(":")), port);
    }
    if (path != nullptr) url = Concatenate(url, Load(state, *path));
    urls.push_back(std::move(url));
  }
  return Value::Choice(urls);
}

Results Interpreter::MakeClientCall(const CallContext& call, State state) {
  const std::string& name = call.link.callee->name;
  const std::size_t site = facts_.Observe(CallChain(), *call.link.library,
                                          name.substr(name.rfind(':') + 1), TargetOf(call, state));
  ObservedCall& observed = facts_.calls[site];
  const Value client = call.first == 1 ? Load(state, call.arguments[0]) : Value();
  Value timeout = FieldOf(client, kTimeout);
  if (timeout.Is(Kind::kNull)) timeout = FieldOf(client, kConnectionTimeout);
  const bool has_timeout = !timeout.Is(Kind::kNull);
  const std::optional<double> seconds = InSeconds(timeout);
  const bool is_first = !observed.has_timeout;
  observed.timeout_seconds =
      is_first || observed.timeout_seconds == seconds ? seconds : std::nullopt;
  observed.has_timeout = observed.has_timeout || has_timeout;

  const bool has_callback = ForgetCaptured(call, state);

  const int index = static_cast<int>(site);
  const int executions = ++state.executions[index];
  if (state.fault) return CallAgain(std::move(state), index, has_timeout);
  observed.normal_executions = std::max(observed.normal_executions, executions);
  Results results = One(state, Value::Of(CallResult{.site = index}));
  Append(results, TryFaults(state, index, has_timeout));
  for (Result& result : results) {
    if (!has_callback || !result.state.fault) continue;
    const TriedFault& tried = observed.faults[static_cast<std::size_t>(result.state.fault->fault)];
    // A call that fails altogether calls nothing back.
    if (tried.is_status) result.state.fault->blind = "hands the response to a function";
  }
  return results;
}

// Functions that are handed to the call may change what they captured. Whether there are any.
bool Interpreter::ForgetCaptured(const CallContext& call, State& state) const {
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
Results Interpreter::TryFaults(const State& state, int site, bool has_timeout) const {
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
Results Interpreter::CallAgain(State state, int site, bool has_timeout) {
  const AssumedFault& assumed = *state.fault;
  const TriedFault& first = facts_.calls[static_cast<std::size_t>(assumed.site)]
                                .faults[static_cast<std::size_t>(assumed.fault)];
  const std::vector<TriedFault>& faults = facts_.calls[static_cast<std::size_t>(site)].faults;
  const auto same = std::ranges::find(faults, first);
  const bool can_fail = same != faults.end() && (!same->restrictions || has_timeout);
  Results results;
  ObservedCall& observed = facts_.calls[static_cast<std::size_t>(site)];
  if (chased_.contains(site) && !assumed.persists && assumed.site != site) {
    observed.chased_executions = std::max(observed.chased_executions, state.executions[site]);
    Append(results, TryFaults(state, site, has_timeout));
  }
  if (can_fail) {
    State persisting = state;
    persisting.fault->persists = true;
    const CallResult failed{.site = site, .fault = static_cast<int>(same - faults.begin())};
    results.push_back({std::move(persisting), Completion::kValue, Value::Of(failed)});
  }
  if (!can_fail || !state.fault->persists) {
    state.fault->later_calls.push_back(site);
    results.push_back({std::move(state), Completion::kValue, Value::Of(CallResult{.site = site})});
  }
  return results;
}

// From the entry to the function that calls the library.
std::vector<ChainLink> Interpreter::CallChain() const {
  std::vector<ChainLink> chain;
  for (const Frame& frame : frames_) {
    if (!frame.function) continue;
    const std::string& file = frame.function.file->files[static_cast<std::size_t>(frame.at.file)];
    chain.push_back({.step = {.location = LocationOf(*frame.function.file, frame.at),
                              .function = frame.function.function->name},
                     .is_own = facts_.IsOwn(file)});
  }
  return chain;
}

void Interpreter::RegisterHandler(const CallContext& call, const State& state) {
  const ModelRow& row = *call.link.row;
  const Value* handler = call.Argument(row.Argument("handler"));
  if (handler == nullptr) return;
  const Value object = call.arguments[0];
  RegisteredHandler registered{
      .kind = row.effect == Effect::kHandleRequests     ? RegisteredHandler::Kind::kRequests
              : row.effect == Effect::kHandleExceptions ? RegisteredHandler::Kind::kExceptions
                                                        : RegisteredHandler::Kind::kErrors,
      .server = object.Is(Kind::kAlias) ? state.memory.Resolve(object.place()) : Place(),
      .handler = Load(state, *handler),
      .library = call.link.library,
      .row = &row,
      .state = state};
  const bool is_known = std::ranges::any_of(
      facts_.handlers, [&](const RegisteredHandler& known) { return known.SameAs(registered); });
  if (!is_known) facts_.handlers.push_back(std::move(registered));
}

}  // namespace filibuster
