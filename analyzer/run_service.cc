#include "analyzer/run_service.h"

#include <algorithm>
#include <utility>

#include "analyzer/after_handler.h"
#include "analyzer/handler_runs.h"
#include "analyzer/interpreter.h"
#include "analyzer/missed_calls.h"
#include "analyzer/shared_places.h"
#include "analyzer/starts.h"
#include "analyzer/status.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

class ServiceRunner {
 public:
  ServiceRunner(const Program& program, ServiceRun& run)
      : program_(program),
        run_(run),
        own_(OwnFunctions(program, run.facts)),
        interpreter_(program, run.facts),
        after_(program, run.facts, interpreter_) {}

  void Run() {
    interpreter_.PushEntryFrame();
    State state = WithGlobals();
    for (const FunctionRef& start : StartsOf(program_, own_))
      AddEntry([&] { return RunStart(start, state); });
    for (RegisteredHandler& handler : HandlersByRule(program_, run_.facts, own_, state)) {
      interpreter_.AddHandler(std::move(handler));
    }
    RunHandlers();
    AddWritten();
    RunUnreachedFunctions(state);
    NotFollowed not_followed{.gave_up = gave_up_};
    for (const EntryRun& entry : run_.entries) {
      not_followed.cut_off.insert(entry.cut_off.begin(), entry.cut_off.end());
      not_followed.unfinished.insert(entry.unfinished.begin(), entry.unfinished.end());
    }
    AddMissedCalls(program_, interpreter_.reaches(), own_, interpreter_.come_to(), not_followed,
                   run_.facts);
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

  // Again with fewer paths told apart, as long as there is too much to follow.
  template <typename Follow>
  bool AddEntry(Follow follow) {
    interpreter_.budget().BeginEntry();
    EntryRun entry = follow();
    while (!entry.cut_off.empty() && interpreter_.budget().GoNarrower()) entry = follow();
    const bool is_whole = entry.cut_off.empty();
    gave_up_ = gave_up_ || !is_whole;
    run_.entries.push_back(std::move(entry));
    return is_whole;
  }

  EntryRun RunStart(const FunctionRef& start, const State& state) {
    Results results = interpreter_.InvokeFunction(start, SelfOf(start), {}, state);
    const bool listens = std::ranges::any_of(
        results, [](const Result& result) { return !result.state.fault && result.state.listened; });
    EntryRun entry{.name = start.function->name};
    TakeFollowed(entry, {start});
    for (Result& result : results) {
      // Requests that main itself takes from a queue are answered on the way.
      if (result.completion == Completion::kAnswer) entry.library = ServerLibrary();
      AddEnd(entry, EndOfStart(*start.function, ServerLibrary(), listens, std::move(result)));
    }
    return entry;
  }

  void TakeFollowed(EntryRun& entry, const std::vector<FunctionRef>& starts) {
    Followed followed = interpreter_.TakeFollowed();
    entry.normal_branches = std::move(followed.normal_branches);
    entry.unfinished = std::move(followed.unfinished);
    const bool is_narrow = entry.library != nullptr && interpreter_.budget().IsNarrow();
    if (!followed.gave_up && !is_narrow) return;
    std::set<std::string>& functions = followed.gave_up ? entry.cut_off : entry.put_together;
    for (const FunctionRef& start : starts) {
      if (entry.origin < 0) entry.origin = OriginOf(start);
      for (const FunctionFacts* function : interpreter_.reaches().From(*start.function)) {
        functions.insert(function->usr);
      }
    }
  }

  int OriginOf(const FunctionRef& function) {
    const Position& position = function.function->position;
    const std::string& path = function.file->files[static_cast<std::size_t>(position.file)];
    return run_.facts.AddOrigin({run_.facts.Relative(path), position.line, position.column},
                                function.function->name);
  }

  // The statuses that an entry may answer with where it was not followed.
  void AddWritten() {
    for (EntryRun& entry : run_.entries) {
      const std::set<std::string>& may_answer =
          entry.cut_off.empty() ? entry.put_together : entry.cut_off;
      if (may_answer.empty()) continue;
      std::set<const FunctionFacts*> functions;
      for (const FileFacts* file : program_.files()) {
        for (const FunctionFacts& function : file->functions) {
          if (may_answer.contains(function.usr)) functions.insert(&function);
        }
      }
      std::vector<const LibraryModel*> servers = {entry.library};
      if (entry.library == nullptr) {
        // Nor was all come to that main hands to servers.
        servers = ServersUsed();
        for (const FunctionRef& function : own_) {
          if (interpreter_.visited().contains(function.function)) continue;
          functions.merge(interpreter_.reaches().From(*function.function));
        }
      }
      entry.written =
          StatusesWrittenIn(program_, interpreter_.reaches(), functions, servers, run_.facts);
    }
  }

  std::vector<const LibraryModel*> ServersUsed() const {
    std::vector<const LibraryModel*> servers;
    for (const LibraryModel& model : program_.models()) {
      if (!model.status_field.empty() && program_.Uses(model)) servers.push_back(&model);
    }
    return servers;
  }

  static std::optional<Value> SelfOf(const FunctionRef& function) {
    if (function.function->class_usr.empty()) return std::nullopt;
    return Value::Unknown("the object");
  }

  // A function of the service that nothing seen calls, as if a request led to it: what it is given
  // by reference may be a response.
  EntryRun RunUnreached(const FunctionRef& function, const LibraryModel* server, State state) {
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
      for (Result& final : after_.Finish(as_handler, response, std::move(result))) {
        AddEnd(entry, EndOf(program_, as_handler, response, std::move(final)));
      }
    }
    interpreter_.PopFrame();
    TakeFollowed(entry, {function});
    return entry;
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
      const std::size_t shared = shared_.places().size();
      interpreter_.budget().BeginRound();
      RunHandlersOnce();
      std::set<int> only_after_faults;
      for (std::size_t i = 0; i < run_.facts.calls.size(); ++i) {
        if (run_.facts.calls[i].normal_executions == 0) {
          only_after_faults.insert(static_cast<int>(i));
        }
      }
      if (shared_.places().size() == shared && only_after_faults == chased_) return;
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

  static void AddFunctions(const RegisteredHandler& handler, std::vector<FunctionRef>& functions) {
    for (const Value& one : handler.handler.Alternatives()) {
      if (one.Is(Kind::kFunction)) functions.push_back(one.closure().function);
    }
  }

  void RunHandler(const RegisteredHandler& handler) {
    std::vector<FunctionRef> functions;
    AddFunctions(handler, functions);
    std::string name = "a handler";
    if (handler.handler.Is(Kind::kFunction)) name = functions.front().function->name;
    // Nor was all come to that the server does after the handler, if there is too much.
    for (const auto kind :
         {RegisteredHandler::Kind::kExceptions, RegisteredHandler::Kind::kErrors}) {
      const RegisteredHandler* after = after_.Find(handler, kind);
      if (after != nullptr) AddFunctions(*after, functions);
    }
    const bool is_whole = AddEntry([&] {
      EntryRun entry{.name = name, .library = handler.library};
      for (State& start : StartsOf(run_.facts, handler)) {
        RunHandlerFrom(handler, std::move(start), entry);
      }
      TakeFollowed(entry, functions);
      return entry;
    });
    if (!is_whole) ShareAll(handler, functions);
  }

  void RunHandlerFrom(const RegisteredHandler& handler, State start, EntryRun& entry) {
    // Above the frames of main, whose variables the handler may refer to.
    int frames = 1;
    for (const auto& [root, value] : start.memory.values()) {
      frames = std::max(frames, root.frame + 1);
    }
    for (int i = 0; i < frames; ++i) interpreter_.PushEntryFrame();
    for (const Place& place : shared_.places()) {
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
      for (Result& final : after_.Finish(handler, response, std::move(result))) {
        shared_.AddChanged(before, final.state.memory);
        AddEnd(entry, EndOf(program_, handler, response, std::move(final)));
      }
    }
    for (int i = 0; i < frames; ++i) interpreter_.PopFrame();
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

  // One that was not followed to its end may have changed all that it can come to.
  void ShareAll(const RegisteredHandler& handler, const std::vector<FunctionRef>& functions) {
    for (const State& start : StartsOf(run_.facts, handler)) {
      shared_.AddReachable(handler.handler, start.memory);
      for (const FunctionRef& function : functions) {
        shared_.AddReachable(program_, interpreter_.reaches(), *function.function, start.memory);
      }
    }
  }

  void RunUnreachedFunctions(const State& state) {
    const LibraryModel* server = ServerLibrary();
    if (server == nullptr) return;
    std::vector<FunctionRef> left;
    for (const FunctionRef& function : own_) {
      if (interpreter_.visited().contains(function.function)) continue;
      if (function.function->name.ends_with("(lambda)")) continue;
      if (interpreter_.reaches().Of(*function.function).IsNothing()) continue;
      if (interpreter_.budget().IsAllSpent()) {
        left.push_back(function);
      } else {
        AddEntry([&] { return RunUnreached(function, server, state); });
      }
    }
    if (!left.empty()) AddNotFollowed(left, server);
  }

  // There may be any number of functions that nothing is seen to call.
  void AddNotFollowed(const std::vector<FunctionRef>& functions, const LibraryModel* server) {
    EntryRun entry{.name = functions.front().function->name,
                   .is_reached = false,
                   .library = server,
                   .origin = OriginOf(functions.front())};
    std::set<const FunctionFacts*> all;
    for (const FunctionRef& function : functions) all.insert(function.function);
    for (const FunctionFacts* function : interpreter_.reaches().FromAny(std::move(all))) {
      entry.cut_off.insert(function->usr);
    }
    gave_up_ = true;
    run_.entries.push_back(std::move(entry));
  }

  // The variable of an entry's frame that the response is kept in.
  static constexpr int kResponse = 1;

  const Program& program_;
  ServiceRun& run_;
  std::vector<FunctionRef> own_;
  Interpreter interpreter_;
  AfterHandler after_;
  SharedPlaces shared_;
  std::set<int> chased_;
  bool gave_up_ = false;
};

}  // namespace

ServiceRun RunService(const Program& program, ServiceFacts facts) {
  ServiceRun run{.facts = std::move(facts)};
  ServiceRunner(program, run).Run();
  return run;
}

}  // namespace filibuster
