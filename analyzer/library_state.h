// What libraries keep in a state: the settings of their objects, the results of calls, statuses.
// Here it is read and written; no code is followed.
//
// CallContext x ModelRow x State => Value, State
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/program.h"
#include "analyzer/service_facts.h"
#include "analyzer/state.h"
#include "analyzer/value.h"

namespace filibuster {

// A call that is being interpreted; the first is the entry.
struct Frame {
  FunctionRef function;
  Position at;                        // the call that it is making
  std::vector<std::int64_t> numbers;  // the arguments that are numbers
};

// A call of a function: what is called, and with what. Arguments that are places are aliases; of a
// method the first is the object.
struct CallContext {
  const Node& node;
  const LinkedCallee& link;
  Values arguments;
  std::size_t first = 0;  // of the arguments that are written between the parentheses

  const Value* Argument(std::optional<int> index) const;
};

class LibraryState {
 public:
  LibraryState(const Program& program, ServiceFacts& facts) : program_(program), facts_(facts) {}

  Value Load(const State& state, const Value& value) const;
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

  // client_calls.cc: where a call goes, and what is set of it
  std::vector<ChainLink> CallChain() const;
  Value TargetOf(const CallContext& call, const ModelRow& row, const State& state) const;
  Value Setting(const CallContext& call, const ModelRow& row, const State& state,
                const char* setting) const;
  Value SettingOf(const Value& object, const State& state, const char* setting,
                  int depth = 0) const;
  bool ForgetCaptured(const CallContext& call, State& state) const;

  // call_results.cc: what a call left
  const TriedFault* FaultOf(const CallResult& result) const;
  bool HasFailed(const CallResult& result) const;
  bool Throws(const ModelRow& row, const CallResult& result) const;
  Value ExceptionOf(const CallResult& result) const;
  Value ReadResult(const CallResult& result, ResultPart part) const;
  std::optional<CallResult> ResultIn(const State& state, const Value& value) const;
  static void Asked(const CallResult& result, ResultPart part, State& state);
  std::optional<Place> PlaceOf(const State& state, const Value& value) const;
  void WriteTo(State& state, const Value& where, Value value) const;
  void Keep(State& state, const Value& object, const CallResult& result) const;

  SourceLocation LocationOf(const FileFacts& file, const Position& position) const;

  const Program& program_;
  ServiceFacts& facts_;
  std::vector<Frame> frames_;

 private:
  mutable std::map<std::pair<const FileFacts*, int>, std::string> paths_;  // of files, relative
};

}  // namespace filibuster
