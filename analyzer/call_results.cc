// What a call of a library left, and who gets it.
#include <algorithm>
#include <charconv>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {

using Kind = Value::Kind;

namespace {

const Value* FieldOrNone(const Value& value, const char* name) {
  if (!value.Is(Kind::kObject)) return nullptr;
  const auto field = value.object().fields.find(name);
  return field == value.object().fields.end() ? nullptr : &field->second;
}

// An object that goes on once there is a value.
Value Task(const char* field, const Value& value) {
  return Value::Of(Object{.type = "", .fields = {{field, value}}}).Taint(value);
}

bool IsTask(const Value& value) {
  return value.Is(Kind::kResult) || FieldOrNone(value, kHeld) != nullptr ||
         FieldOrNone(value, kException) != nullptr;
}

}  // namespace

const TriedFault* LibraryState::FaultOf(const CallResult& result) const {
  if (result.fault == CallResult::kSuccess) return nullptr;
  return &facts_.calls[static_cast<std::size_t>(result.site)]
              .faults[static_cast<std::size_t>(result.fault)];
}

bool LibraryState::HasFailed(const CallResult& result) const {
  const TriedFault* fault = FaultOf(result);
  if (fault == nullptr) return false;
  return !fault->is_status || !fault->error.empty() || !fault->exception.empty() ||
         result.status_fails;
}

bool LibraryState::Throws(const ModelRow& row, const CallResult& result) const {
  const TriedFault* fault = FaultOf(result);
  if (fault == nullptr) return false;
  if (fault->is_status && fault->exception.empty()) {
    constexpr int kFirstError = 400;
    const LibraryModel& library = *facts_.calls[static_cast<std::size_t>(result.site)].library;
    return row.throws_status && fault->status >= kFirstError &&
           !library.status_error.exception.empty();
  }
  return row.throws && (row.throws_only.empty() || fault->is_status ||
                        std::ranges::find(row.throws_only, fault->name) != row.throws_only.end());
}

Value LibraryState::ExceptionOf(const CallResult& result) const {
  const LibraryModel& library = *facts_.calls[static_cast<std::size_t>(result.site)].library;
  const TriedFault& fault = *FaultOf(result);
  constexpr int kFirstServerError = 500;
  std::string type = fault.exception;
  if (type.empty()) {
    type = fault.status < kFirstServerError ? library.client_exception
                                            : library.status_error.exception;
  }
  Value exception =
      Value::Of(Object{.type = program_.KeyOf(type), .fields = {{kResult, Value::Of(result)}}});
  exception.from_fault = true;
  return exception;
}

void LibraryState::Misread(const State& state) const {
  // What was not seen may have looked at the status.
  if (!state.fault || !state.fault->blind.empty()) return;
  facts_.calls[static_cast<std::size_t>(state.fault->site)].misread.insert(state.fault->fault);
}

Value LibraryState::ReadResult(const CallResult& result, ResultPart part) const {
  const ObservedCall& call = facts_.calls[static_cast<std::size_t>(result.site)];
  const LibraryModel& library = *call.library;
  const TriedFault* fault = FaultOf(result);
  const bool failed = HasFailed(result);
  const bool tells_status = failed && fault->is_status;
  if (part == ResultPart::kStatus || tells_status) {
    facts_.calls[static_cast<std::size_t>(result.site)].status_is_read = true;
  }
  Value value;
  switch (part) {
    case ResultPart::kOk:
      value = Value::Int(failed ? 0 : 1);
      break;
    case ResultPart::kFailed:
      value = Value::Int(failed ? 1 : 0);
      break;
    case ResultPart::kError:
      value = !failed ? Value::Int(0, library.no_fault)
              : result.status_fails && fault->error.empty()
                  ? Value::Int(library.status_error.number, library.status_error.error)
              : fault->error.empty() ? Value::Unknown("the kind of the exception")
                                     : Value::Int(fault->number, fault->error);
      value.is_passed_on = failed && fault->is_status;
      break;
    case ResultPart::kResponse:
      value = Value::Of(result);
      break;
    case ResultPart::kStatus:
      if (!library.HasHttpStatuses()) return ReadResult(result, ResultPart::kError);
      if (failed && !fault->is_status) {
        value = library.failed_status ? Value::Int(*library.failed_status)
                                      : Value::Unknown("the status of a call that failed");
      } else {
        value = fault == nullptr ? Value::Success() : Value::Int(fault->status);
        value.is_passed_on = fault != nullptr;
      }
      break;
    case ResultPart::kPair: {
      const Value error = ReadResult(result, ResultPart::kError);
      const Value response = ReadResult(result, ResultPart::kResponse);
      value = Value::Of(Object{.type = "", .fields = {{"first", error}, {"second", response}}});
      break;
    }
    case ResultPart::kBody:
      value = Value::Unknown("the body of a response");
      value.from_body = fault != nullptr;
      break;
  }
  value.from_fault = fault != nullptr;
  return value;
}

// The result that a value is, or that an object has got.
std::optional<CallResult> LibraryState::ResultIn(const State& state, const Value& value) const {
  Value found = Load(state, value);
  if (found.Is(Kind::kPointer)) found = state.memory.Read(found.place());
  if (const Value* kept = FieldOrNone(found, kResult)) found = *kept;
  if (found.Is(Kind::kResult)) return found.result();
  return std::nullopt;
}

// Whether the fault is an exception of the library's that nobody got yet.
bool LibraryState::IsStillToThrow(const LibraryModel& library, const AssumedFault& fault) const {
  const ObservedCall& call = facts_.calls[static_cast<std::size_t>(fault.site)];
  const bool is_thrown = std::ranges::any_of(
      fault.steps, [](const Step& step) { return step.kind == Step::Kind::kThrow; });
  return call.library == &library && !is_thrown &&
         !call.faults[static_cast<std::size_t>(fault.fault)].is_status;
}

// Who asks whether the call failed knows its result.
void LibraryState::Asked(const CallResult& result, ResultPart part, State& state) {
  if (!state.fault || result.site != state.fault->site) return;
  const bool decides = part == ResultPart::kOk || part == ResultPart::kFailed ||
                       part == ResultPart::kError || part == ResultPart::kStatus;
  if (decides) state.fault->is_pending = false;
}

Results Interpreter::ReadLibrary(const CallContext& call, const ModelRow& row, State state) {
  const Value object = ObjectOf(call, row, state);
  if (const auto result = ResultIn(state, object)) {
    Asked(*result, row.part, state);
    if (HasFailed(*result) && row.needs_success) {
      return {{std::move(state), Completion::kEnd, Value::String(kByDereference)}};
    }
    return Deliver(call, row, std::move(state), *result);
  }
  const Value loaded = Load(state, object);
  if (loaded.Is(Kind::kChoice)) {
    Results results;
    for (const Value& one : loaded.elements()) Append(results, ReadLoaded(call, row, one, state));
    return results;
  }
  return ReadLoaded(call, row, loaded, std::move(state));
}

// Of what is no result of a call, or not known to be one.
Results LibraryState::ReadLoaded(const CallContext& call, const ModelRow& row, const Value& loaded,
                                 State state) const {
  if (const Value* exception = FieldOrNone(loaded, kException); exception && row.throws) {
    return {{std::move(state), Completion::kThrow, *exception}};
  }
  if (const Value* held = FieldOrNone(loaded, kHeld)) return One(std::move(state), *held);
  const bool is_unknown = loaded.Is(Kind::kUnknown) && row.throws;
  if (is_unknown && state.fault && IsStillToThrow(*call.link.library, *state.fault) &&
      state.fault->blind.empty()) {
    state.fault->blind = "asks for a result that was not seen";
  }
  // A status of the service's own.
  const LibraryModel& library = *call.link.library;
  const Value* own =
      library.status_field.empty() ? nullptr : FieldOrNone(loaded, library.status_field.c_str());
  Value value = Value::Unknown("a result whose call is not followed");
  if (own != nullptr) {
    value = row.part == ResultPart::kOk ? Compute("==", *own, Value::Int(0))
            : row.part == ResultPart::kError || row.part == ResultPart::kStatus
                ? *own
                : Value::Unknown("a response that the service makes");
  }
  value.Taint(loaded);
  for (const char* role : {"to", "error", "into"}) {
    if (const Value* to = call.Argument(row.Argument(role))) WriteTo(state, *to, value);
  }
  return One(std::move(state), std::move(value));
}

// Where an argument refers or points to.
std::optional<Place> LibraryState::PlaceOf(const State& state, const Value& value) const {
  if (value.Is(Kind::kPointer)) return state.memory.Resolve(value.place());
  if (!value.Is(Kind::kAlias)) return std::nullopt;
  const Value loaded = Load(state, value);
  if (loaded.Is(Kind::kPointer)) return state.memory.Resolve(loaded.place());
  return state.memory.Resolve(value.place());
}

void LibraryState::WriteTo(State& state, const Value& where, Value value) const {
  if (const auto place = PlaceOf(state, where)) state.memory.Write(*place, std::move(value));
}

void LibraryState::Keep(State& state, const Value& object, const CallResult& result) const {
  auto place = PlaceOf(state, object);
  if (!place) return;
  place->path.emplace_back(kResult);
  state.memory.Write(*place, Value::Of(result));
}

// Hands what the call left to those who get it, as the row says.
Results Interpreter::Deliver(const CallContext& call, const ModelRow& row, State state,
                             const CallResult& result) {
  if (Throws(row, result)) {
    Decide(state, call.node, 1, /*from_fault=*/false, Step::Kind::kThrow);
    return {{std::move(state), Completion::kThrow, ExceptionOf(result)}};
  }
  const Value object = ObjectOf(call, row, state);
  if (row.keeps) Keep(state, object, result);
  const auto argument = [&](const char* role) { return call.Argument(row.Argument(role)); };
  if (const Value* into = argument("into")) Keep(state, *into, result);
  if (const Value* error = argument("error")) {
    WriteTo(state, *error, ReadResult(result, ResultPart::kError));
  }
  if (const Value* to = argument("to")) WriteTo(state, *to, ReadResult(result, row.part));
  if (const Value* body = argument("body"); body != nullptr && row.effect != Effect::kConfigure) {
    WriteTo(state, *body, ReadResult(result, ResultPart::kBody));
  }
  const Value buffer = Setting(call, row, state, kBody);
  if (row.effect == Effect::kCall && (buffer.Is(Kind::kPointer) || buffer.Is(Kind::kAlias))) {
    WriteTo(state, buffer, ReadResult(result, ResultPart::kBody));
  }
  if (const Value* queue = argument("queue")) {
    if (auto place = PlaceOf(state, *queue)) {
      place->path.emplace_back(kQueue);
      const Value queued = state.memory.Read(*place);
      Values handles = queued.Is(Kind::kList) ? queued.elements() : Values();
      if (const auto handle = PlaceOf(state, object)) handles.push_back(Value::Pointer(*handle));
      state.memory.Write(*place, Value::List(std::move(handles)));
    }
  }
  Value value = ReadResult(result, row.part);
  // What has been handed to an argument or a queue is not returned.
  if (argument("to") != nullptr || argument("queue") != nullptr) value = Value::Int(0);
  const Value* callback = argument("callback");
  if (callback == nullptr) return One(std::move(state), value);
  Results results = CallBack(row, Load(state, *callback), result, std::move(state));
  for (Result& one : results) {
    if (one.completion == Completion::kValue) one.value = value;
  }
  return results;
}

// What is called with the result, on a thread of the library's.
Results Interpreter::CallBack(const ModelRow& row, const Value& callback, const CallResult& result,
                              State state) {
  Values arguments;
  int last = 0;
  for (const auto& [role, index] : row.parameters) last = std::max(last, index);
  for (int i = 0; i <= last; ++i) arguments.push_back(Value::Unknown("an argument"));
  const auto set = [&](const char* role, ResultPart part) {
    if (const auto index = row.Parameter(role)) {
      arguments[static_cast<std::size_t>(*index)] = ReadResult(result, part);
    }
  };
  set("error", ResultPart::kError);
  set("response", ResultPart::kResponse);
  Results results = Invoke(callback, std::move(arguments), std::move(state));
  for (Result& one : results) {
    if (one.completion != Completion::kThrow) continue;
    if (row.later && one.state.fault) {
      one.state.fault->blind = "throws to who runs what comes later";
    }
    one.completion = Completion::kEnd;
    one.value = Value::String(kByThread);
  }
  return results;
}

// object.then(function): goes on if there is a value, or in any case if the function takes a task.
Results Interpreter::GoOn(const CallContext& call, const ModelRow& row, State state) {
  const Value* argument = call.Argument(row.Argument("callback"));
  if (argument == nullptr) return One(std::move(state), Value::Unknown("a task"));
  const Value function = Load(state, *argument);
  const Value task = Load(state, ObjectOf(call, row, state));
  const std::string& name = call.link.callee->name;
  const std::string type = name.substr(0, name.rfind("::"));
  const bool takes_task = function.Is(Kind::kFunction) &&
                          !function.closure().function.function->parameters.empty() &&
                          function.closure().function.function->parameters[0].type == type;
  const Value* exception = FieldOrNone(task, kException);
  const bool has_failed =
      exception != nullptr || (task.Is(Kind::kResult) && HasFailed(task.result()));
  const Value* rejected = call.Argument(row.Argument("error"));
  if (has_failed && !takes_task && rejected != nullptr) {
    Decide(state, call.node, 1, /*from_fault=*/true);
    const Value reason = exception != nullptr ? *exception : ExceptionOf(task.result());
    return RunAsTask(Load(state, *rejected), {Task(kException, reason)}, std::move(state));
  }
  if (has_failed && !takes_task) return One(std::move(state), task);
  Results results;
  if (task.Is(Kind::kUnknown) && task.from_body && state.fault && !takes_task) {
    // What expects a body may fail when it gets the body of an error.
    Value thrown = Value::Unknown("an exception of " + name);
    thrown.from_fault = true;
    results.push_back({state, Completion::kValue, Task(kException, thrown)});
  }
  const Value* held = FieldOrNone(task, kHeld);
  Append(results,
         RunAsTask(function, {takes_task || held == nullptr ? task : *held}, std::move(state)));
  return Join(std::move(results));
}

Results Interpreter::RunAsTask(const Value& function, Values arguments, State state) {
  Results results = Invoke(function, std::move(arguments), std::move(state));
  for (Result& result : results) {
    if (result.completion == Completion::kThrow) {
      result.completion = Completion::kValue;
      result.value = Task(kException, result.value);
    } else if (result.completion == Completion::kValue && !IsTask(result.value)) {
      result.value = Task(kHeld, Load(result.state, result.value));
    }
  }
  return results;
}

// One after the other of the handles whose calls have ended, and null then.
Results Interpreter::TakeEnded(const CallContext& call, const ModelRow& row, State state) {
  auto place = PlaceOf(state, ObjectOf(call, row, state));
  if (!place) return One(std::move(state), Value::Unknown("an ended call"));
  place->path.emplace_back(kQueue);
  const Value queue = state.memory.Read(*place);
  if (!queue.Is(Kind::kList)) return One(std::move(state), Value::Unknown("an ended call"));
  if (queue.elements().empty()) return One(std::move(state), Value::Null());
  const Value handle = queue.elements().front();
  state.memory.Write(*place, Value::List({queue.elements().begin() + 1, queue.elements().end()}));
  const std::optional<CallResult> result = ResultIn(state, handle);
  const Place taken = Allocate(call.node);
  state.memory.Set(taken.root, Value::Of(Object{}));
  for (const auto& [field, what] : row.gives) {
    Place part = taken;
    for (std::size_t from = 0; from <= field.size();) {
      const std::size_t dot = std::min(field.find('.', from), field.size());
      part.path.push_back(field.substr(from, dot - from));
      from = dot + 1;
    }
    Value value = Value::Int(1, what);
    if (what == "object") value = handle;
    if (what == "error") {
      value = result ? ReadResult(*result, ResultPart::kError) : Value::Unknown("a result");
    }
    state.memory.Write(part, std::move(value));
  }
  return One(std::move(state), Value::Pointer(taken));
}

// The status that what a handler returns has; nullopt if it says nothing of one.
std::optional<Value> LibraryState::ReturnedStatus(const LibraryModel& library, const State& state,
                                                  const Value& returned) const {
  if (returned.Is(Kind::kChoice)) {
    Values statuses;
    for (const Value& one : returned.elements()) {
      statuses.push_back(ReturnedStatus(library, state, one).value_or(Value::Unknown("not set")));
    }
    return Value::Choice(statuses);
  }
  const Value value = Load(state, returned);
  if (value.Is(Kind::kPointer)) {
    return ReturnedStatus(library, state, state.memory.Read(value.place()));
  }
  if (value.Is(Kind::kInt) || value.Is(Kind::kUnknown)) return value;
  if (const Value* held = FieldOrNone(value, kHeld)) return ReturnedStatus(library, state, *held);
  if (const auto result = ResultIn(state, value)) return ReadResult(*result, ResultPart::kStatus);
  if (const Value* status = FieldOrNone(value, library.status_field.c_str())) return *status;
  return std::nullopt;
}

}  // namespace filibuster
