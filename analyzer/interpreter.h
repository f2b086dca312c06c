// Follows what a program does, on every path that is feasible, under at most one assumed fault per
// path. Values that are not known make a condition go both ways.
//
// Node x State => Results
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/program.h"
#include "analyzer/service_facts.h"
#include "analyzer/state.h"
#include "analyzer/value.h"

namespace filibuster {

// Fields of exceptions that no source names: the index of where it was thrown, and the value of
// one that is no object.
inline constexpr char kThrownAt[] = "$thrown_at";
inline constexpr char kThrownValue[] = "$value";

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

class Interpreter {
 public:
  // A loop whose condition is known is followed this often.
  static constexpr int kMaxKnownRounds = 16;

  // `facts` collects what is found on the way: call sites, registered handlers, ports.
  Interpreter(const Program& program, ServiceFacts& facts) : program_(program), facts_(facts) {}

  // Calls a function value: a lambda, a function's name.
  Results Invoke(const Value& function, Values arguments, State state);
  Results InvokeFunction(const FunctionRef& function, std::optional<Value> self, Values arguments,
                         State state);
  Value Load(const State& state, const Value& value) const;
  // The path on which a call throws for what it was given, which is not known. `state` goes on.
  Result ThrowPerhaps(const CallContext& call, State& state, const char* exception,
                      const Value& given);
  // The status that what a handler returns has; nullopt if it says nothing of one.
  std::optional<Value> ReturnedStatus(const LibraryModel& library, const State& state,
                                      const Value& returned) const;
  void AddHandler(RegisteredHandler registered);
  // A node of `file` outside of every function.
  Results EvaluateIn(const FileFacts& file, const Node& node, State state);

  // A frame of nobody, for an entry's arguments to be kept in; variables count from 1.
  void PushEntryFrame() { frames_.push_back({}); }
  void PopFrame() { frames_.pop_back(); }
  // Calls that are made only after another has failed: their faults are tried then.
  void Chase(std::set<int> sites) { chased_ = std::move(sites); }
  // From now on State::last_catch is kept.
  void KeepCatches(bool keep) { keeps_catches_ = keep; }
  int Depth() const { return static_cast<int>(frames_.size()) - 1; }
  bool exhausted() const { return steps_ > kMaxSteps; }
  // The branches that paths without a fault took, with the paths so far.
  NormalBranches TakeNormalBranches();
  const std::set<const FunctionFacts*>& visited() const { return visited_; }

 private:
  static constexpr int kMaxSteps = 4'000'000;
  static constexpr std::size_t kMaxDepth = 48;
  static constexpr int kMaxRecursion = 2;

  bool IsTooDeep(const FunctionFacts& function, const std::vector<std::int64_t>& numbers,
                 const State& state) const;

  // interpreter.cc: statements
  Results Run(const Node& node, State state);
  Results RunBlock(const Node& node, State state);
  void RunFrom(const Node& block, std::size_t first, Results going, Results& ended);
  void FollowJumps(const Node& block, Results& ended);
  Results LeaveBlock(const Node& node, Results ended);
  Results Destroy(const Node& call, const Root& root, Results ended);
  Results RunDeclare(const Node& node, State state);
  Results RunIf(const Node& node, State state);
  Results RunSwitch(const Node& node, State state);
  Results RunLoop(const Node& node, State state);
  Results RunForEach(const Node& node, State state);
  bool IsEndless(const Node& node, const State& state);
  Results RunTry(const Node& node, State state);
  Results RunCatches(const Node& node, Result thrown);
  Results RunReturn(const Node& node, State state);
  template <typename Then>
  Results Branch(const Node& node, const Node& condition, State state, const Value& value,
                 Then then);
  void Decide(State& state, const Node& node, int branch, bool from_fault,
              Step::Kind kind = Step::Kind::kBranch);
  void LeaveOpen(State& state, const Position& position, const Value& condition);

  // evaluate.cc: expressions
  Results Evaluate(const Node& node, State state);
  Results EvaluateLoaded(const Node& node, State state);
  Results EvaluateField(const Node& node, State state);
  Results EvaluateGlobal(const Node& node, State state);
  Results EvaluateAnd(const Node& node, State state);
  Results EvaluateLambda(const Node& node, State state);
  Results EvaluateThrow(const Node& node, State state);
  Results EvaluateUnknown(const Node& node, State state);
  Results EvaluateAggregate(const Node& node, State state, const Place& into);
  void Narrow(const Node& condition, State& state, bool is_true);
  template <typename Then>
  Results EvaluateAll(std::span<const Node> nodes, State state, Then then);

  // assign.cc
  Results EvaluateAssign(const Node& node, State state);
  bool IsMapElement(const Node& node) const;
  Results AssignElement(const Node& element, State state, const Value& right);
  void ForgetElements(const Node& assigned, State& state);
  Results EvaluateUnary(const Node& node, State state);

  // invoke.cc: calls
  Results EvaluateCall(const Node& node, State state);
  Results EvaluateCallValue(const Node& node, State state);
  Results CallFunction(const CallContext& call, State state);
  Results CallOpaque(const CallContext& call, State state);
  Results Construct(const Node& node, State state, const Place& into, bool as_base = false);
  Results ConstructValue(const Node& node, State state);
  Results Initialize(const Node& init, const Place& self, Results states);

  // library_calls.cc: what a model says
  Results CallLibrary(const CallContext& call, State state);
  Results CallUnmodelled(const CallContext& call, State state) const;
  bool IsAbout(const ModelRow& row, const CallContext& call, const State& state) const;
  Value ObjectOf(const CallContext& call, const ModelRow& row, const State& state) const;
  void Configure(const CallContext& call, const ModelRow& row, const Value& object,
                 State& state) const;
  void SetField(State& state, Place field, const std::string& role, const Value& value) const;
  void SetStatus(const CallContext& call, const ModelRow& row, const Value& object,
                 State& state) const;
  Results AnswerRequest(const CallContext& call, const ModelRow& row, State state) const;
  Results Listen(const CallContext& call, const ModelRow& row, State state) const;
  void RegisterHandler(const CallContext& call, const ModelRow& row, const State& state);
  std::optional<State> Answer(const Value& function, const Values& arguments,
                              const State& state) const;

  // client_calls.cc
  Results MakeClientCall(const CallContext& call, const ModelRow& row, State state);
  bool ForgetCaptured(const CallContext& call, State& state) const;
  Results TryFaults(const State& state, int site, bool has_timeout) const;
  Results CallAgain(State state, int site, bool has_timeout);
  std::vector<ChainLink> CallChain() const;
  Value TargetOf(const CallContext& call, const ModelRow& row, const State& state) const;
  Value Setting(const CallContext& call, const ModelRow& row, const State& state,
                const char* setting) const;
  Value SettingOf(const Value& object, const State& state, const char* setting,
                  int depth = 0) const;

  // call_results.cc
  const TriedFault* FaultOf(const CallResult& result) const;
  bool HasFailed(const CallResult& result) const;
  bool Throws(const ModelRow& row, const CallResult& result) const;
  Value ExceptionOf(const CallResult& result) const;
  Value ReadResult(const CallResult& result, ResultPart part) const;
  std::optional<CallResult> ResultIn(const State& state, const Value& value) const;
  static void Asked(const CallResult& result, ResultPart part, State& state);
  Results ReadLibrary(const CallContext& call, const ModelRow& row, State state);
  Results Deliver(const CallContext& call, const ModelRow& row, State state,
                  const CallResult& result);
  Results CallBack(const ModelRow& row, const Value& callback, const CallResult& result,
                   State state);
  Results GoOn(const CallContext& call, const ModelRow& row, State state);
  Results RunAsTask(const Value& function, Values arguments, State state);
  Results TakeEnded(const CallContext& call, const ModelRow& row, State state);
  std::optional<Place> PlaceOf(const State& state, const Value& value) const;
  void WriteTo(State& state, const Value& where, Value value) const;
  void Keep(State& state, const Value& object, const CallResult& result) const;

  SourceLocation LocationOf(const FileFacts& file, const Position& position) const;
  // Where an object that `node` makes is kept: for the length of an expression, or on the heap.
  Place Temporary(const Node& node);
  Place Allocate(const Node& node);
  int Number(const Node& node);

  const Program& program_;
  ServiceFacts& facts_;
  std::vector<Frame> frames_;
  NormalBranches normal_branches_;
  std::set<const FunctionFacts*> visited_;
  // By node and the calls that led to it, so that equal paths have equal numbers.
  std::map<std::pair<const Node*, std::vector<Position>>, int> numbers_;
  int steps_ = 0;
  bool keeps_catches_ = false;
  std::set<int> chased_;
};

}  // namespace filibuster
