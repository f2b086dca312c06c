#include "analyzer/run_service.h"

#include <algorithm>
#include <utility>

#include "analyzer/interpreter.h"
#include "analyzer/library_fields.h"
#include "analyzer/status.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// Places that differ between two values, as deep as they can be told apart.
void Differences(const Place& place, const Value& before, const Value& after,
                 std::vector<Place>& places) {
  if (before == after) return;
  if (!before.Is(Kind::kObject) || !after.Is(Kind::kObject)) {
    places.push_back(place);
    return;
  }
  for (const auto& [name, value] : after.object().fields) {
    Place field = place;
    field.path.push_back(name);
    const auto old = before.object().fields.find(name);
    if (old == before.object().fields.end()) {
      places.push_back(std::move(field));
    } else {
      Differences(field, old->second, value, places);
    }
  }
}

class ServiceRunner {
 public:
  ServiceRunner(const Program& program, ServiceRun& run)
      : program_(program), run_(run), interpreter_(program, run.facts) {}

  void Run() {
    interpreter_.PushEntryFrame();
    State state = WithGlobals();
    const std::vector<FunctionRef> starts = Starts();
    for (const FunctionRef& start : starts) RunStart(start, state);
    AddHandlersByRule(state);
    RunHandlers();
    RunUnreachedFunctions(state);
    run_.gave_up = interpreter_.exhausted();
  }

 private:
  // Globals have their values before main begins.
  State WithGlobals() {
    State state;
    for (const FileFacts* file : program_.files()) {
      for (const GlobalFacts& global : file->globals) {
        const Node node{.op = Op::kGlobal, .text = global.usr};
        Results results = interpreter_.EvaluateIn(*file, node, std::move(state));
        if (results.empty()) return {};
        // An initialiser that may fail is taken to succeed.
        state = std::move(results.front().state);
        state.fault.reset();
      }
    }
    return state;
  }

  bool IsOwn(const FunctionRef& function) const {
    const Position& position = function.function->position;
    return run_.facts.IsOwn(function.file->files[static_cast<std::size_t>(position.file)]);
  }

  std::vector<FunctionRef> OwnFunctions() const {
    std::vector<FunctionRef> functions;
    std::set<std::string> seen;
    for (const FileFacts* file : program_.files()) {
      for (const FunctionFacts& function : file->functions) {
        const FunctionRef ref{file, &function};
        if (IsOwn(ref) && seen.insert(function.usr).second) functions.push_back(ref);
      }
    }
    return functions;
  }

  // main; in a service without one, every function that no other calls.
  std::vector<FunctionRef> Starts() const {
    std::vector<FunctionRef> mains;
    std::vector<FunctionRef> roots;
    std::set<std::string> called;
    for (const FileFacts* file : program_.files()) {
      for (const Callee& callee : file->callees) called.insert(callee.usr);
    }
    for (const FunctionRef& function : OwnFunctions()) {
      if (function.function->name == "main") mains.push_back(function);
      if (!called.contains(function.function->usr)) roots.push_back(function);
    }
    return mains.empty() ? roots : mains;
  }

  void RunStart(const FunctionRef& start, const State& state) {
    Results results = interpreter_.InvokeFunction(start, SelfOf(start), {}, state);
    const bool listens = std::ranges::any_of(
        results, [](const Result& result) { return !result.state.fault && result.state.listened; });
    EntryRun entry{.name = start.function->name,
                   .normal_branches = interpreter_.TakeNormalBranches()};
    for (Result& result : results) {
      PathEnd end{.kind = PathEnd::Kind::kGoesOn};
      if (result.completion == Completion::kThrow) {
        end.kind = PathEnd::Kind::kTerminates;
        end.is_exception = true;
        end.by = kByMain;
        end.origin = ThrownAt(result.value);
      } else if (result.completion == Completion::kEnd) {
        end.kind = PathEnd::Kind::kTerminates;
        end.by = result.value.text();
      } else if (listens && !result.state.listened) {
        end.kind = PathEnd::Kind::kTerminates;
        end.by = kByExit;
      }
      end.fault = std::move(result.state.fault);
      end.executions = std::move(result.state.executions);
      AddEnd(entry, std::move(end));
    }
    run_.entries.push_back(std::move(entry));
  }

  // Methods that a library calls for requests, where nothing was seen that hands it their object.
  void AddHandlersByRule(const State& state) {
    State at_start = state;
    for (const Listening& listening : run_.facts.listening) {
      if (!listening.state.fault) at_start = listening.state;
    }
    constexpr int kFirst = -1'000'000;  // on the heap, where no node of a program is kept
    int object = kFirst;
    for (const LibraryModel& library : program_.models()) {
      if (library.handlers.empty()) continue;
      for (const FunctionRef& function : OwnFunctions()) {
        if (!program_.IsHandler(library, *function.function, /*registered=*/false)) continue;
        const bool is_known = std::ranges::any_of(run_.facts.handlers, [&](const auto& known) {
          return known.handler.Is(Kind::kFunction) && known.handler.closure().function == function;
        });
        if (is_known) continue;
        RegisteredHandler handler{.library = &library, .state = at_start};
        Closure closure{function, {}};
        if (!function.function->class_usr.empty()) {
          const Place self{{Root::kHeap, object--}, {}};
          handler.state.memory.Set(
              self.root, Value::Of(Object{.type = function.function->class_usr, .fields = {}}));
          closure.captures.emplace_back(kThisVariable, Value::Pointer(self));
        }
        handler.handler = Value::Of(std::move(closure));
        interpreter_.AddHandler(std::move(handler));
      }
    }
  }

  static std::optional<Value> SelfOf(const FunctionRef& function) {
    if (function.function->class_usr.empty()) return std::nullopt;
    return Value::Unknown("the object");
  }

  // A function of the service that nothing seen calls, as if a request led to it: what it is given
  // by reference may be a response.
  void RunUnreached(const FunctionRef& function, State state) {
    const LibraryModel* server = ServerLibrary();
    if (server == nullptr) return;
    interpreter_.PushEntryFrame();
    const RegisteredHandler as_handler{.library = server};
    Values arguments;
    Place response{{interpreter_.Depth(), kResponse}, {}};
    for (std::size_t i = 0; i < function.function->parameters.size(); ++i) {
      const Parameter& parameter = function.function->parameters[i];
      const Place place{{interpreter_.Depth(), kResponse + 1 + static_cast<int>(i)}, {}};
      state.memory.Set(place.root, Value::Unknown("the parameter " + parameter.name));
      arguments.push_back(Value::Alias(place));
    }
    EntryRun entry{.name = function.function->name, .is_reached = false, .library = server};
    Results results =
        interpreter_.InvokeFunction(function, SelfOf(function), arguments, std::move(state));
    for (Result& result : results) {
      const bool is_thrown = result.completion == Completion::kThrow;
      for (const Value& argument : arguments) {
        if (!is_thrown && HasStatus(result.state, argument.place(), *server)) {
          response = argument.place();
        }
      }
      for (Result& final : Finish(as_handler, response, std::move(result))) {
        AddEnd(entry, EndOf(as_handler, response, std::move(final)));
      }
    }
    interpreter_.PopFrame();
    entry.normal_branches = interpreter_.TakeNormalBranches();
    run_.entries.push_back(std::move(entry));
  }

  static bool HasStatus(const State& state, const Place& place, const LibraryModel& server) {
    const Value value = state.memory.Read(place);
    return value.Is(Kind::kObject) && value.object().fields.contains(server.status_field);
  }

  const LibraryModel* ServerLibrary() const {
    if (!run_.facts.handlers.empty()) return run_.facts.handlers.front().library;
    // One that the service's code uses, if it uses any.
    const LibraryModel* server = nullptr;
    for (const LibraryModel& model : program_.models()) {
      if (model.status_field.empty()) continue;
      if (program_.Uses(model)) return &model;
      if (server == nullptr && model.HasHttpStatuses()) server = &model;
    }
    return server;
  }

  static int ThrownAt(const Value& exception) {
    if (!exception.Is(Kind::kObject)) return -1;
    const auto field = exception.object().fields.find(kThrownAt);
    return field == exception.object().fields.end() ? -1 : static_cast<int>(field->second.number());
  }

  static void AddEnd(EntryRun& entry, PathEnd end) {
    if (std::ranges::find(entry.ends, end) == entry.ends.end()) {
      entry.ends.push_back(std::move(end));
    }
  }

  void RunHandlers() {
    constexpr int kMaxRounds = 4;
    const std::size_t first = run_.entries.size();
    for (int round = 0; round < kMaxRounds; ++round) {
      run_.entries.resize(first);
      // What handlers write to outside of themselves another request may have written before.
      const std::size_t shared = shared_.size();
      RunHandlersOnce();
      std::set<int> only_after_faults;
      for (std::size_t i = 0; i < run_.facts.calls.size(); ++i) {
        if (run_.facts.calls[i].normal_executions == 0) {
          only_after_faults.insert(static_cast<int>(i));
        }
      }
      if (shared_.size() == shared && only_after_faults == chased_) return;
      chased_ = std::move(only_after_faults);
      interpreter_.Chase(chased_);
    }
  }

  void RunHandlersOnce() {
    // A handler may register others: the list grows.
    for (std::size_t i = 0; i < run_.facts.handlers.size(); ++i) {
      const RegisteredHandler handler = run_.facts.handlers[i];
      if (handler.kind == RegisteredHandler::Kind::kRequests) RunHandler(handler);
    }
  }

  // Where main stood when the server of the handler began to serve.
  std::vector<State> StartsOf(const RegisteredHandler& handler) const {
    constexpr std::size_t kMaxStarts = 4;
    std::vector<State> starts;
    for (const Listening& listening : run_.facts.listening) {
      // An object that handles requests may have been made since.
      if (handler.row == nullptr || handler.row->Argument("service")) break;
      if (listening.server == handler.server && !listening.state.fault) {
        starts.push_back(listening.state);
      }
    }
    if (starts.empty()) starts.push_back(handler.state);
    for (State& start : starts) {
      start.fault.reset();
      start.executions.clear();
      start.handling.clear();
    }
    std::vector<State> distinct;
    for (State& start : starts) {
      if (distinct.size() < kMaxStarts && std::ranges::find(distinct, start) == distinct.end()) {
        distinct.push_back(std::move(start));
      }
    }
    return distinct;
  }

  void RunHandler(const RegisteredHandler& handler) {
    EntryRun entry{.name = "a handler", .library = handler.library};
    if (handler.handler.Is(Kind::kFunction)) {
      entry.name = handler.handler.closure().function.function->name;
    }
    for (State& start : StartsOf(handler)) RunHandlerFrom(handler, std::move(start), entry);
    entry.normal_branches = interpreter_.TakeNormalBranches();
    run_.entries.push_back(std::move(entry));
  }

  void RunHandlerFrom(const RegisteredHandler& handler, State start, EntryRun& entry) {
    // Above the frames of main, whose variables the handler may refer to.
    int frames = 1;
    for (const auto& [root, value] : start.memory.values()) {
      frames = std::max(frames, root.frame + 1);
    }
    for (int i = 0; i < frames; ++i) interpreter_.PushEntryFrame();
    for (const Place& place : shared_) {
      start.memory.Write(place, Value::Unknown("a variable that requests share"));
    }
    const Memory before = start.memory;
    const Place response{{interpreter_.Depth(), kResponse}, {}};
    const LibraryModel& library = *handler.library;
    // A handler that answers through a function has answered once it was called.
    Value unset = library.answer_type.empty() ? Value::Int(kUnset)
                                              : Value::Unknown("what it answers with is not seen");
    start.memory.Set(response.root,
                     Value::Of(Object{.type = "", .fields = {{library.status_field, unset}}}));
    const Values arguments = ArgumentsOf(handler, response);
    for (Result& result : interpreter_.Invoke(handler.handler, arguments, std::move(start))) {
      TakeReturned(library, response, result);
      for (Result& final : Finish(handler, response, std::move(result))) {
        NoteShared(before, final.state.memory);
        AddEnd(entry, EndOf(handler, response, std::move(final)));
      }
    }
    for (int i = 0; i < frames; ++i) interpreter_.PopFrame();
  }

  // The request; the response where the handler takes one, or a function that sends it.
  static Values ArgumentsOf(const RegisteredHandler& handler, const Place& response) {
    const LibraryModel& library = *handler.library;
    std::optional<int> position;
    if (handler.row != nullptr) position = handler.row->Parameter("response");
    std::vector<Parameter> parameters;
    if (handler.handler.Is(Kind::kFunction)) {
      parameters = handler.handler.closure().function.function->parameters;
    }
    if (position) {
      parameters.resize(std::max(parameters.size(), static_cast<std::size_t>(*position) + 1));
    }
    Values arguments;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const std::string& type = parameters[i].type;
      const bool is_response = position ? *position == static_cast<int>(i)
                                        : !type.empty() && type == library.response_type;
      Value argument = Value::Unknown("the request");
      if (is_response) {
        // What is copied is a handle: all copies are the one response.
        const bool is_place = position || parameters[i].is_reference;
        argument = is_place ? Value::Alias(response) : Value::Pointer(response);
      } else if (!type.empty() && type == library.answer_type) {
        Place status = response;
        status.path.push_back(library.status_field);
        argument = Value::Of(Object{
            .type = "",
            .fields = {{kAnswers, Value::Pointer(status)}, {kUnsetStatus, Value::Int(kUnset)}}});
      }
      arguments.push_back(std::move(argument));
    }
    return arguments;
  }

  // The status of a response that is returned.
  void TakeReturned(const LibraryModel& library, const Place& response, Result& result) const {
    if (!library.returns_status || result.completion != Completion::kValue) return;
    if (result.value.Is(Kind::kUnknown) && result.value.text() == "nothing") return;
    const auto status = interpreter_.ReturnedStatus(library, result.state, result.value);
    Place field = response;
    field.path.push_back(library.status_field);
    const Value known = result.state.memory.Read(field);
    // One that was set otherwise counts if what is returned says nothing.
    if (status &&
        !(status->Is(Kind::kUnknown) && known.Is(Kind::kInt) && known.number() != kUnset)) {
      result.state.memory.Write(field, *status);
    } else if (known.Is(Kind::kUnknown)) {
      result.state.memory.Write(field, Value::Int(kUnset));
    }
  }

  void NoteShared(const Memory& before, const Memory& after) {
    for (const auto& [root, value] : before.values()) {
      const Value* now = after.Find(root);
      if (now == nullptr || *now == value) continue;
      std::vector<Place> places;
      Differences({root, {}}, value, *now, places);
      for (Place& place : places) {
        if (std::ranges::find(shared_, place) == shared_.end()) shared_.push_back(std::move(place));
      }
    }
  }

  const RegisteredHandler* FindHandler(const RegisteredHandler& of,
                                       RegisteredHandler::Kind kind) const {
    const RegisteredHandler* found = nullptr;
    for (const RegisteredHandler& handler : run_.facts.handlers) {
      if (handler.kind != kind || handler.library != of.library) continue;
      if (found == nullptr || handler.server == of.server) found = &handler;
    }
    return found;
  }

  // What the server does after the handler: exceptions become answers, errors may be rewritten.
  Results Finish(const RegisteredHandler& handler, const Place& response, Result result) {
    Results results;
    for (Result& answered : MapException(handler, response, std::move(result))) {
      for (Result& final : RewriteError(handler, response, std::move(answered))) {
        results.push_back(std::move(final));
      }
    }
    return results;
  }

  Results RewriteError(const RegisteredHandler& handler, const Place& response, Result result) {
    const RegisteredHandler* rewriting = FindHandler(handler, RegisteredHandler::Kind::kErrors);
    Place field = response;
    field.path.push_back(handler.library->status_field);
    const Value status = result.state.memory.Read(field);
    const bool is_error = status.Is(Kind::kInt) && StatusOf(*handler.library, status).IsError();
    if (rewriting == nullptr || result.completion != Completion::kValue || !is_error) {
      return {std::move(result)};
    }
    const Value value = result.value;
    const Values arguments = {Value::Unknown("the request"), Value::Alias(response)};
    Results results = interpreter_.Invoke(rewriting->handler, arguments, std::move(result.state));
    for (Result& rewritten : results) {
      if (rewritten.completion == Completion::kValue) rewritten.value = value;
    }
    return results;
  }

  Results MapException(const RegisteredHandler& handler, const Place& response, Result result) {
    if (result.completion != Completion::kThrow) {
      if (result.completion == Completion::kValue) result.value = {};
      return {std::move(result)};
    }
    const RegisteredHandler* mapping = FindHandler(handler, RegisteredHandler::Kind::kExceptions);
    if (mapping == nullptr) return {std::move(result)};
    const Value thrown = result.value;
    const int origin = ThrownAt(thrown);
    const std::size_t steps = result.state.fault ? result.state.fault->steps.size() : 0;
    Values arguments;
    const int response_index = mapping->row->Parameter("response").value_or(1);
    const int exception_index = mapping->row->Parameter("exception").value_or(2);
    for (int i = 0; i <= std::max(response_index, exception_index); ++i) {
      arguments.push_back(i == response_index ? Value::Alias(response)
                          : i == exception_index
                              ? Value::Of(Object{.type = "", .fields = {{"$exception", thrown}}})
                              : Value::Unknown("the request"));
    }
    interpreter_.KeepCatches(true);
    result.state.last_catch = nullptr;
    Results results =
        interpreter_.Invoke(mapping->handler, std::move(arguments), std::move(result.state));
    interpreter_.KeepCatches(false);
    for (Result& mapped : results) {
      if (mapped.state.fault && mapped.state.fault->steps.size() > steps) {
        // How the server finds the status is no branch that the fault takes.
        mapped.state.fault->steps.resize(steps);
      }
      if (mapped.completion != Completion::kValue) continue;
      // A clause for everything says nothing of this exception: it escaped.
      const Node* clause = mapped.state.last_catch;
      const bool is_generic = clause == nullptr || clause->type.empty() ||
                              program_.TypeName(clause->type) == "std::exception";
      mapped.value = Value::Int(is_generic ? kEscaped : kMapped);
      mapped.value.origin = origin;
    }
    return results;
  }

  static constexpr int kMapped = 1;
  static constexpr int kEscaped = 2;

  PathEnd EndOf(const RegisteredHandler& handler, const Place& response, Result result) const {
    PathEnd end{.kind = PathEnd::Kind::kAnswers};
    end.fault = std::move(result.state.fault);
    end.executions = std::move(result.state.executions);
    if (result.completion == Completion::kEnd) {
      end.kind = PathEnd::Kind::kTerminates;
      end.by = result.value.text();
      return end;
    }
    const LibraryModel& library = *handler.library;
    if (result.completion == Completion::kThrow) {
      const std::optional<Value> status = ThrownStatus(library, result.value);
      end.kind = status ? PathEnd::Kind::kAnswers : PathEnd::Kind::kEscapes;
      end.is_exception = true;
      end.status = status ? AnswerOf(library, *status) : ValueOf(ExceptionStatus(library));
      end.origin = ThrownAt(result.value);
      return end;
    }
    Place field = response;
    field.path.push_back(handler.library->status_field);
    end.status = result.state.memory.Read(field);
    end.origin = end.status.origin;
    const bool was_thrown = result.value.Is(Kind::kInt) && result.value.origin >= 0;
    if (was_thrown) {
      end.is_exception = true;
      if (result.value.number() == kEscaped) end.kind = PathEnd::Kind::kEscapes;
      end.origin = result.value.origin;
    }
    end.status = AnswerOf(library, end.status);
    return end;
  }

  // The status that an exception stands for, to this library.
  std::optional<Value> ThrownStatus(const LibraryModel& library, const Value& thrown) const {
    if (!thrown.Is(Kind::kObject)) return std::nullopt;
    const std::string& type = thrown.object().type;
    if (!library.thrown_status.empty()) {
      // The library's own exceptions are no part of an interface.
      const std::string& name = program_.TypeName(type);
      if (thrown.object().fields.contains(kResult) && !library.types.contains(name)) {
        return Value::Unknown("not known: its interface may not declare " + name);
      }
      const bool is_declared = program_.DerivesFrom(type, library.thrown_status) &&
                               name != library.thrown_status && !library.types.contains(name);
      return is_declared ? std::optional(Value::Int(1, name)) : std::nullopt;
    }
    const auto field = thrown.object().fields.find(library.status_field);
    if (field != thrown.object().fields.end()) return field->second;
    const auto status = program_.ThrownStatus(library, type);
    return status ? std::optional(Value::Int(*status)) : std::nullopt;
  }

  // A status as it is told: with the library's name for it, and with that of one that is not set.
  static Value AnswerOf(const LibraryModel& library, const Value& status) {
    Values answers;
    for (const Value& one : status.Alternatives()) {
      Value answer = one;
      if (one.Is(Kind::kInt)) {
        const Value number = one.number() == kUnset ? Value::Int(library.default_status) : one;
        answer = ValueOf(StatusOf(library, number));
        answer.Taint(one);
        answer.is_passed_on = one.is_passed_on;
        answer.origin = one.origin;
      }
      answers.push_back(std::move(answer));
    }
    Value answer = Value::Choice(answers);
    if (answer.origin < 0) answer.origin = status.origin;
    return answer;
  }

  void RunUnreachedFunctions(const State& state) {
    for (const FunctionRef& function : OwnFunctions()) {
      if (interpreter_.visited().contains(function.function)) continue;
      if (function.function->name.ends_with("(lambda)")) continue;
      RunUnreached(function, state);
    }
  }

  // The status of a response that has none yet.
  static constexpr int kUnset = -1;
  // The variable of an entry's frame that the response is kept in.
  static constexpr int kResponse = 1;

  const Program& program_;
  ServiceRun& run_;
  Interpreter interpreter_;
  std::vector<Place> shared_;
  std::set<int> chased_;
};

}  // namespace

ServiceRun RunService(const Program& program, ServiceFacts facts) {
  ServiceRun run{.facts = std::move(facts)};
  ServiceRunner(program, run).Run();
  return run;
}

}  // namespace filibuster
