#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"
#include "analyzer/standard_library.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

constexpr std::int64_t kMilli = 1'000;
constexpr std::int64_t kMicro = 1'000'000;

// Seconds and microseconds, or a std::chrono::duration, as a duration.
Value TimeoutOf(const Value& whole, const Value& microseconds) {
  if (!whole.Is(Kind::kInt) || !microseconds.Is(Kind::kInt)) return whole;
  return MakeDuration(whole.number() * kMicro + microseconds.number(), 1, kMicro);
}

// Also as a duration.
bool IsZero(const Value& timeout) {
  return timeout.Is(Kind::kInt) ? timeout.number() == 0 : InSeconds(timeout) == 0.0;
}

// Settings that an object passes on to what it is handed to.
constexpr std::array kPassedOn = {kHost,        kPort, kPath, kMethod, kTimeout, kConnectionTimeout,
                                  kFailOnStatus};

// 50051 of "0.0.0.0:50051" and of "http://0.0.0.0:50051/shop".
Value PortOf(const Value& address) {
  Values ports;
  for (const Value& one : address.Alternatives()) {
    Value port = Value::Unknown("a port that is not followed");
    if (one.Is(Kind::kString)) {
      std::string_view text = one.text();
      if (const std::size_t scheme = text.find("://"); scheme != text.npos) {
        text.remove_prefix(scheme + 3);
      }
      text = text.substr(0, text.find('/'));
      const std::size_t colon = text.rfind(':');
      int number = 0;
      const char* end = text.data() + text.size();
      if (colon != text.npos && std::from_chars(text.data() + colon + 1, end, number).ptr == end) {
        port = Value::Int(number);
      }
    }
    ports.push_back(std::move(port));
  }
  return Value::Choice(ports);
}

}  // namespace

// Whether the row is about a call with these arguments.
bool LibraryState::IsAbout(const ModelRow& row, const CallContext& call, const State& state) const {
  if (const Value* request = call.Argument(row.Argument("request"))) {
    // The same function sends requests and responses.
    const Value message = Load(state, *request);
    const bool is_response = message.Is(Kind::kObject) &&
                             message.object().fields.contains(call.link.library->status_field);
    if (is_response) return false;
  }
  if (row.when.empty()) return true;
  return std::ranges::any_of(row.when, [&](const auto& when) {
    const Value* argument = call.Argument(when.first);
    const Value value = argument == nullptr ? Value() : Load(state, *argument);
    return value.Is(Kind::kInt) && value.text() == when.second;
  });
}

// The object of a method, or the argument that stands for it; where it is, if that is known.
Value LibraryState::ObjectOf(const CallContext& call, const ModelRow& row,
                             const State& state) const {
  const Value* given = call.Argument(row.Argument("object"));
  if (given == nullptr && (call.first == 0 || call.arguments.empty())) return {};
  const Value& object = given != nullptr ? *given : call.arguments[0];
  if (const auto place = PlaceOf(state, object)) return Value::Alias(*place);
  return object;
}

Results Interpreter::CallLibrary(const CallContext& call, State state) {
  come_to_.insert(&call.node);
  const ModelRow* row = nullptr;
  for (const ModelRow* candidate : call.link.rows) {
    if (row == nullptr && IsAbout(*candidate, call, state)) row = candidate;
  }
  if (row == nullptr) return CallUnmodelled(call, std::move(state));
  switch (row->effect) {
    case Effect::kConfigure:
      Configure(call, *row, ObjectOf(call, *row, state), state);
      return One(std::move(state), call.first == 1 ? call.arguments[0] : Value());
    case Effect::kCreate: {
      const Place place = Allocate(call.node);
      state.memory.Set(place.root, Value::Of(Object{.type = "", .fields = {}}));
      for (const auto& [field, number] : row->gives) {
        state.memory.Write({place.root, {field}}, Value::Int(std::atoi(number.c_str())));
      }
      Configure(call, *row, Value::Alias(place), state);
      if (row->Argument("status")) SetStatus(call, *row, Value::Alias(place), state);
      return One(std::move(state), Value::Pointer(place));
    }
    case Effect::kCall:
      return MakeClientCall(call, *row, std::move(state));
    case Effect::kRead:
      return ReadLibrary(call, *row, std::move(state));
    case Effect::kThen:
      return GoOn(call, *row, std::move(state));
    case Effect::kTake:
      return TakeEnded(call, *row, std::move(state));
    case Effect::kHandleRequests:
    case Effect::kHandleExceptions:
    case Effect::kHandleErrors:
      RegisterHandler(WithFunctions(call, state), *row, state);
      return One(std::move(state), call.first == 1 ? call.arguments[0] : Value());
    case Effect::kListen:
      return Listen(call, *row, std::move(state));
    case Effect::kSetStatus: {
      const Value object = ObjectOf(call, *row, state);
      SetStatus(call, *row, object, state);
      return One(std::move(state), call.first == 1 ? call.arguments[0] : object);
    }
    case Effect::kAnswer:
      return AnswerRequest(call, *row, std::move(state));
    case Effect::kItself: {
      const Value* value = call.Argument(row->Argument("value"));
      if (value == nullptr && call.first == 1) value = &call.arguments[0];
      Value itself = value == nullptr ? Value::Int(0) : *value;
      // A constructor makes the object what it is given.
      if (call.node.op != Op::kConstruct) return One(std::move(state), std::move(itself));
      if (value == &call.arguments[0]) itself = Value::Int(0);
      itself = Load(state, itself);
      WriteTo(state, call.arguments[0], std::move(itself));
      return One(std::move(state), call.arguments[0]);
    }
    case Effect::kAddress: {
      const auto place = PlaceOf(state, ObjectOf(call, *row, state));
      if (!place) break;
      return One(std::move(state), Value::Pointer(*place));
    }
    case Effect::kCompare: {
      const std::string& name = call.link.callee->name;
      const std::string op = name.substr(name.rfind("operator") + 8);
      const Value left = Load(state, call.arguments[0]);
      const Value right = call.arguments.size() > 1 ? Load(state, call.arguments[1]) : Value();
      Value result = ComparesErrors(*call.link.callee)
                         ? CompareErrors(*call.link.callee, op, left, right)
                         : Compute(op, left, right);
      return One(std::move(state), std::move(result));
    }
    case Effect::kInvoke: {
      const Value* function = call.Argument(row->Argument("callback"));
      if (function == nullptr) break;
      const Value loaded = Load(state, *function);
      return row->keeps ? RunAsTask(loaded, {}, std::move(state))
                        : Invoke(loaded, {}, std::move(state));
    }
    case Effect::kNothing:
      break;
  }
  return CallUnmodelled(call, std::move(state));
}

// Does nothing that matters, as far as is known; objects stay what they are.
Results LibraryState::CallUnmodelled(const CallContext& call, State state) const {
  const std::vector<bool>& can_change = call.link.callee->can_change;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (call.node.op == Op::kConstruct || i >= can_change.size() || !can_change[i]) continue;
    const auto place = PlaceOf(state, call.arguments[i]);
    if (!place) continue;
    const Value old = state.memory.Read(*place);
    if (old.Is(Kind::kInt) || old.Is(Kind::kString) || old.Is(Kind::kNull)) {
      state.memory.Write(*place, Value::Unknown("what " + call.link.callee->name + " leaves"));
    }
  }
  Value value = Value::Unknown("the result of " + call.link.callee->name);
  for (const Value& argument : call.arguments) value.Taint(Load(state, argument));
  if (call.node.op == Op::kConstruct) value = call.arguments[0];
  return One(std::move(state), std::move(value));
}

void LibraryState::Configure(const CallContext& call, const ModelRow& row, const Value& object,
                             State& state) const {
  const auto place = PlaceOf(state, object);
  if (!place) return;
  if (row.clears) state.memory.Write(*place, Value::Of(Object{.type = "", .fields = {}}));
  if (const Value* to = call.Argument(row.Argument("to"))) {
    WriteTo(state, *to, Value::Unknown("what the library writes"));
  }
  const auto set = [&](const char* field, Value value) {
    Place part = *place;
    part.path.emplace_back(field);
    state.memory.Write(part, std::move(value));
  };
  const auto loaded = [&](const std::string& role) -> std::optional<Value> {
    const Value* argument = call.Argument(row.Argument(role));
    return argument == nullptr ? std::nullopt : std::optional(Load(state, *argument));
  };
  for (std::size_t i = call.first; i < call.arguments.size(); ++i) {
    const Value given = Load(state, call.arguments[i]);
    const std::vector<std::string>& types = call.link.callee->parameter_types;
    if (given.Is(Kind::kUnknown) && i - call.first < types.size() &&
        call.link.library->HasTimeout(types[i - call.first])) {
      set(kTimeout, given);
    }
    if (!given.Is(Kind::kObject) && !given.Is(Kind::kPointer)) continue;
    for (const char* field : kPassedOn) {
      Value value = SettingOf(given, state, field);
      if (!value.Is(Kind::kNull) && !value.Is(Kind::kUnknown)) set(field, std::move(value));
    }
  }
  const auto inner = loaded("inner");
  if (inner && (inner->Is(Kind::kPointer) || inner->Is(Kind::kUnknown))) set(kInner, *inner);
  if (const Value* kept = call.Argument(row.Argument("inner"));
      kept != nullptr && inner && inner->Is(Kind::kObject)) {
    if (const auto where = PlaceOf(state, *kept)) set(kInner, Value::Pointer(*where));
  }
  for (const auto& [role, field] : {std::pair{"host", kHost}, std::pair{"port", kPort},
                                    std::pair{"path", kPath}, std::pair{"method", kMethod}}) {
    auto value = loaded(role);
    // An object that carries a host was asked above.
    if (value && !value->Is(Kind::kObject) && !value->Is(Kind::kPointer)) set(field, *value);
  }
  if (const auto fails = loaded("fail_on_status")) set(kFailOnStatus, *fails);
  if (const Value* body = call.Argument(row.Argument("body"))) {
    if (const auto buffer = PlaceOf(state, *body)) set(kBody, Value::Pointer(*buffer));
  }
  const bool zero_is_none = call.link.library->zero_is_no_timeout;
  const auto set_timeout = [&](const std::string& role, const char* field) {
    const auto given = loaded(role).or_else([&] { return loaded(role + "_milliseconds"); });
    if (zero_is_none && given && IsZero(*given)) {
      set(field, Value::Null());
      return;
    }
    if (const auto milli = loaded(role + "_milliseconds")) {
      set(field, milli->Is(Kind::kInt) ? MakeDuration(milli->number(), 1, kMilli) : *milli);
    }
    const auto whole = loaded(role);
    if (!whole) return;
    const auto micro = loaded(role + "_microseconds");
    set(field, TimeoutOf(*whole, micro.value_or(Value::Int(0))));
  };
  set_timeout("timeout", kTimeout);
  set_timeout("connection_timeout", kConnectionTimeout);
}

// A field of a library's object that is a setting: `options.timeout_ms = 100`.
void LibraryState::SetField(State& state, Place field, const std::string& role,
                            const Value& value) const {
  if (field.path.empty()) return;
  const bool in_milliseconds = role.ends_with("_milliseconds");
  const bool is_timeout = in_milliseconds || role == "timeout";
  field.path.back() = is_timeout ? kTimeout : "$" + role;
  const std::int64_t parts = in_milliseconds ? kMilli : 1;
  state.memory.Write(
      field, is_timeout && value.Is(Kind::kInt) ? MakeDuration(value.number(), 1, parts) : value);
}

// The status of the object, a response, becomes the argument or what that has as its status.
void LibraryState::SetStatus(const CallContext& call, const ModelRow& row, const Value& object,
                             State& state) const {
  const LibraryModel& library = *call.link.library;
  const Value* argument = call.Argument(row.Argument("status"));
  auto place = PlaceOf(state, object);
  if (!place) {
    state.memory.ForgetFields(library.status_field, [&](const Object& response) {
      return response.type.empty() || program_.TypeName(response.type) == library.response_type;
    });
    return;
  }
  Value status = Value::Int(library.default_status);
  if (argument != nullptr) {
    const auto given = ReturnedStatus(library, state, *argument);
    const Value value = Load(state, *argument);
    status = given                     ? *given
             : value.Is(Kind::kString) ? Value::Unknown("a status that is a text")
                                       : status;
  }
  constexpr int kLastStatus = 599;
  if (library.HasHttpStatuses() && status.Is(Kind::kInt) && status.number() > kLastStatus) {
    status = Value::Unknown("a code that is no status of HTTP");
  }
  const FunctionRef& function = frames_.back().function;
  Values statuses = status.Alternatives();
  for (Value& one : statuses) {
    if (one.origin >= 0) continue;
    one.origin =
        facts_.AddOrigin(LocationOf(*function.file, call.node.position), function.function->name);
  }
  status = Value::Choice(statuses);
  place->path.push_back(library.status_field);
  state.memory.Write(*place, std::move(status));
}

// The one who called gets this status: under a fault, all that is to be known.
Results LibraryState::AnswerRequest(const CallContext& call, const ModelRow& row,
                                    State state) const {
  const LibraryModel& library = *call.link.library;
  if (!state.fault) return One(std::move(state), Value::Int(0));
  Value status = Value::Int(library.default_status);
  if (const Value* given = call.Argument(row.Argument("status"))) {
    status = ReturnedStatus(library, state, *given)
                 .value_or(Value::Unknown("what it answers with is not seen"));
  }
  return {{std::move(state), Completion::kAnswer, std::move(status)}};
}

Results LibraryState::Listen(const CallContext& call, const ModelRow& row, State state) const {
  state.listened = true;
  const auto server = PlaceOf(state, ObjectOf(call, row, state));
  Value port = Value::Unknown("none");
  if (const Value* given = call.Argument(row.Argument("port"))) port = Load(state, *given);
  if (const Value* given = call.Argument(row.Argument("host"));
      given != nullptr && !row.Argument("port")) {
    port = PortOf(Load(state, *given));
  } else if (port.Is(Kind::kUnknown) && port.text() == "none") {
    const Value object = Load(state, ObjectOf(call, row, state));
    const Value set = SettingOf(object, state, kPort);
    const Value host = SettingOf(object, state, kHost);
    if (set.Is(Kind::kInt) || set.Is(Kind::kChoice)) {
      port = set;
    } else if (host.Is(Kind::kString) || host.Is(Kind::kChoice)) {
      port = PortOf(host);
    }
  }
  facts_.listening.push_back({server.value_or(Place()), std::move(port), state});
  return One(std::move(state), Value::Int(1));
}

void LibraryState::RegisterHandler(const CallContext& call, const ModelRow& row,
                                   const State& state) {
  RegisteredHandler registered{
      .kind = row.effect == Effect::kHandleRequests     ? RegisteredHandler::Kind::kRequests
              : row.effect == Effect::kHandleExceptions ? RegisteredHandler::Kind::kExceptions
                                                        : RegisteredHandler::Kind::kErrors,
      .server = PlaceOf(state, ObjectOf(call, row, state)).value_or(Place()),
      .library = call.link.library,
      .row = &row,
      .state = state};
  if (const Value* handler = call.Argument(row.Argument("handler"))) {
    registered.handler = Load(state, *handler);
    AddHandler(std::move(registered));
    return;
  }
  const Value* service = call.Argument(row.Argument("service"));
  const auto place = service == nullptr ? std::nullopt : PlaceOf(state, *service);
  if (!place) return;
  const Value object = state.memory.Read(*place);
  if (!object.Is(Kind::kObject)) return;
  for (const FunctionRef& method : program_.HandlersOf(*call.link.library, object.object().type)) {
    RegisteredHandler one = registered;
    one.handler = Value::Of(Closure{method, {{kThisVariable, Value::Pointer(*place)}}});
    AddHandler(std::move(one));
  }
}

void LibraryState::AddHandler(RegisteredHandler registered) {
  const bool is_known = std::ranges::any_of(
      facts_.handlers, [&](const RegisteredHandler& known) { return known.SameAs(registered); });
  if (!is_known) facts_.handlers.push_back(std::move(registered));
}

// A call of what a handler was handed to answer with. nullopt: it is no such function.
std::optional<State> LibraryState::Answer(const Value& function, const Values& arguments,
                                          const State& state) const {
  if (!function.Is(Kind::kObject) || arguments.empty()) return std::nullopt;
  const Value answers = SettingOf(function, state, kAnswers);
  if (!answers.Is(Kind::kPointer)) return std::nullopt;
  Value response = Load(state, arguments[0]);
  if (response.Is(Kind::kPointer)) response = state.memory.Read(response.place());
  Value status = response.Is(Kind::kUnknown) ? response : SettingOf(function, state, kUnsetStatus);
  if (const auto result = ResultIn(state, response)) {
    status = ReadResult(*result, ResultPart::kStatus);
  }
  if (response.Is(Kind::kObject)) {
    const auto field = response.object().fields.find(answers.place().path.back());
    if (field != response.object().fields.end()) status = field->second;
  }
  if (status.Is(Kind::kInt) && status.origin < 0) {
    const Frame& frame = frames_.back();
    status.origin =
        facts_.AddOrigin(LocationOf(*frame.function.file, frame.at), frame.function.function->name);
  }
  State after = state;
  after.memory.Write(answers.place(), std::move(status));
  return after;
}

}  // namespace filibuster
