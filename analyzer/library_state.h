// What libraries keep in a state: the settings of their objects, the results of calls, statuses.
// Here it is read and written; no code is followed.
//
// CallContext x ModelRow x State => Value, State
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "analyzer/program.h"
#include "analyzer/service_facts.h"
#include "analyzer/state.h"
#include "analyzer/trail.h"
#include "analyzer/value.h"

namespace filibuster {

// A call of a function: what is called, and with what. Arguments that are places are aliases; of a
// method the first is the object.
struct CallContext {
  const Node& node;
  const LinkedCallee& link;
  Values arguments;
  std::size_t first = 0;  // of the arguments that are written between the parentheses

  const Value* Argument(std::optional<int> index) const;
};

class LibraryState : public Trail {
 public:
  LibraryState(const Program& program, ServiceFacts& facts) : Trail(facts), program_(program) {}

  void AddHandler(RegisteredHandler registered);
  // Calls that are made only after another has failed: their faults are tried then.
  void Chase(std::set<int> sites) { chased_ = std::move(sites); }

  Value Load(const State& state, const Value& value) const;
  // The path on which a call throws for what it was given, which is not known. `state` goes on.
  Result ThrowPerhaps(const CallContext& call, State& state, const char* exception,
                      const Value& given);
  // An object that can be called, and is kept at `self`, as the functions that calling it may run;
  // any other value as it is.
  Value AsFunction(const Value& value, const Place& self) const;
  static void AddFunction(Place object, const Value& base, State& state);
  // What a call or a function's name names.
  const Callee& CalleeNamed(const Node& node) const {
    return *program_.CalleeOf(*frames_.back().function.file, node.number).callee;
  }
  // The status that what a handler returns has; nullopt if it says nothing of one.
  std::optional<Value> ReturnedStatus(const LibraryModel& library, const State& state,
                                      const Value& returned) const;

 protected:
  // library_calls.cc: what a model says of a call
  bool IsAbout(const ModelRow& row, const CallContext& call, const State& state) const;
  Value ObjectOf(const CallContext& call, const ModelRow& row, const State& state) const;
  void Configure(const CallContext& call, const ModelRow& row, const Value& object,
                 State& state) const;
  void SetField(State& state, Place field, const std::string& role, const Value& value) const;
  void SetStatus(const CallContext& call, const ModelRow& row, const Value& object,
                 State& state) const;
  std::optional<State> Answer(const Value& function, const Values& arguments,
                              const State& state) const;
  Results CallUnmodelled(const CallContext& call, State state) const;
  Results AnswerRequest(const CallContext& call, const ModelRow& row, State state) const;
  Results Listen(const CallContext& call, const ModelRow& row, State state) const;
  CallContext WithFunctions(const CallContext& call, State& state);
  void RegisterHandler(const CallContext& call, const ModelRow& row, const State& state);

  // client_calls.cc: where a call goes, what is set of it, and in which ways it fails
  Value TargetOf(const CallContext& call, const ModelRow& row, const State& state) const;
  Value Setting(const CallContext& call, const ModelRow& row, const State& state,
                const char* setting) const;
  Value SettingOf(const Value& object, const State& state, const char* setting,
                  int depth = 0) const;
  bool ForgetCaptured(const CallContext& call, State& state) const;
  Results TryFaults(const State& state, int site, bool has_timeout) const;
  Results CallAgain(State state, int site, bool has_timeout);

  // call_results.cc: what a call left
  const TriedFault* FaultOf(const CallResult& result) const;
  bool HasFailed(const CallResult& result) const;
  bool Throws(const ModelRow& row, const CallResult& result) const;
  Value ExceptionOf(const CallResult& result) const;
  // The body of what the fault left is taken for that of a success.
  void Misread(const State& state) const;
  Value ReadResult(const CallResult& result, ResultPart part) const;
  std::optional<CallResult> ResultIn(const State& state, const Value& value) const;
  bool IsStillToThrow(const LibraryModel& library, const AssumedFault& fault) const;
  Results ReadLoaded(const CallContext& call, const ModelRow& row, const Value& loaded,
                     State state) const;
  static void Asked(const CallResult& result, ResultPart part, State& state);
  std::optional<Place> PlaceOf(const State& state, const Value& value) const;
  void WriteTo(State& state, const Value& where, Value value) const;
  void Keep(State& state, const Value& object, const CallResult& result) const;

  const Program& program_;

 private:
  std::set<int> chased_;
};

}  // namespace filibuster
