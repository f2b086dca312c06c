// Follows what a program does, on every path that is feasible, under at most one assumed fault per
// path. Values that are not known make a condition go both ways.
//
// Node x State => Results
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analyzer/budget.h"
#include "analyzer/followed.h"
#include "analyzer/program.h"
#include "analyzer/references.h"

namespace filibuster {

class Interpreter : public References {
 public:
  // `facts` collects what is found on the way: call sites, registered handlers, ports.
  Interpreter(const Program& program, ServiceFacts& facts) : References(program, facts) {}

  // Calls a function value: a lambda, a function's name.
  Results Invoke(const Value& function, Values arguments, State state);
  Results InvokeFunction(const FunctionRef& function, std::optional<Value> self, Values arguments,
                         State state);
  // What is done any number of times; a round gives the paths that may go on, and so does this.
  using Round = std::function<Results(State)>;
  Results Repeat(State state, const Round& round);
  // Of what is not in one place; whether what it may be is told by more than what has escaped.
  bool ChangeSomewhere(const Node& target, const Value& left, State& state);
  // destroy_owned.cc: it was at that place, or is replaced there. `type` is what it is declared as.
  Results DestroyOwned(const Place& place, const std::string& type, State state);
  // … however a path ended.
  Results Destroy(const Value& value, Results ended);
  Results Discard(Value value, const std::string& type, State state);
  Results DestroyReplaced(const Value& old, const Value& now, const std::string& type, State state);
  // owners.cc: what goes is not known: nor what its destructors do, if they do anything.
  Results LoseOwned(const std::string& type, State state);
  // Some value that is followed owns what is at the root.
  bool IsOwned(const Root& root, const State& state) const;
  // The value, or one that it is made of, destroys something when it goes.
  bool Owns(const Value& value) const;
  bool HasDestructor(const std::string& type) const;
  // Its arguments go later.
  void HandOver(const CallContext& call, State& state);
  // Objects of the class hold, or delete, what has destructors.
  bool IsOwnerClass(const std::string& type) const;
  std::string OwnedType(const std::string& type, std::size_t index) const;
  // A node of `file` outside of every function.
  Results EvaluateIn(const FileFacts& file, const Node& node, State state);

  // From now on State::last_catch is kept.
  void KeepCatches(bool keep) { keeps_catches_ = keep; }
  // What was followed since this was asked last; each entry has a budget of its own.
  Followed TakeFollowed();
  Budget& budget() { return budget_; }
  Results Join(Results results) const;
  const std::set<const FunctionFacts*>& visited() const { return visited_; }
  // The calls that were made on some path.
  const Calls& come_to() const { return come_to_; }

 private:
  Results JoinValues(Results results) const;

  // interpreter.cc: statements
  Results Run(const Node& node, State state);
  Results RunBlock(const Node& node, State state);
  void RunFrom(const Node& block, std::size_t first, Results going, Results& ended);
  void FollowJumps(const Node& block, Results& ended);
  Results LeaveBlock(const Node& node, Results ended);
  Results RunDeclare(const Node& node, State state);
  Results RunIf(const Node& node, State state);
  Results RunSwitch(const Node& node, State state);
  Results RunLoop(const Node& node, State state);
  Results RunForEach(const Node& node, State state);
  bool IsEndless(const Node& node, const State& state);
  Results RunReturn(const Node& node, State state);
  template <typename Then>
  Results Branch(const Node& node, const Node& condition, State state, const Value& value,
                 Then then);

  // evaluate.cc: expressions
  Results Evaluate(const Node& node, State state);
  Results EvaluateLoaded(const Node& node, State state);
  Results EvaluateNew(const Node& node, State state);
  Results EvaluateField(const Node& node, State state);
  Results EvaluateGlobal(const Node& node, State state);
  Results EvaluateAnd(const Node& node, State state);
  Results EvaluateLambda(const Node& node, State state);
  Results EvaluateUnknown(const Node& node, State state);
  Results EvaluateAggregate(const Node& node, State state, const Place& into);
  template <typename Then>
  Results EvaluateAll(std::span<const Node> nodes, State state, Then then);

  // exceptions.cc
  Results TakeThrown(const Node& node, Results ended);
  Results RunCatches(const Node& node, Result thrown);
  Results LeaveClause(const Node& clause, const Value& handled, Result ended);
  Results EvaluateThrow(const Node& node, State state);
  Results EvaluateDynamicCast(const Node& node, State state);

  // assign.cc
  Results EvaluateAssign(const Node& node, State state);
  Results Rebind(const Node& node, State state);
  Results AssignElement(const Node& element, State state, const Value& right);
  void WriteSomewhere(const Node& target, const Value& left, State& state);
  void ForgetElements(const Node& element, State& state);
  Results EvaluateUnary(const Node& node, State state);

  // construct.cc, lifetimes.cc: objects
  Results MakeAt(const Node& made, State state, const Place& place);
  Results MakeElements(const Node& list, State state, const Place& place);
  Results Construct(const Node& node, State state, const Place& into, bool as_base = false);
  Results ConstructValue(const Node& node, State state);
  Results Initialize(const Node& init, const Place& self, Results states);
  Results InitializeAll(std::span<const Node> inits, const Place& self, Results states);
  Results EvaluateTemporary(const Node& node, State state);
  Results LeaveFull(const Node& full, Results ended);
  Results DestroyVariables(const Node& node, Results ended);
  Results Unwind(std::span<const Node> inits, const Place& whole, Results ended);
  Results Destroy(const Place& place, const std::string& type, Results ended);
  Results DestroyObject(const Place& unresolved, const std::string& type, State state);

  // destroy_owned.cc
  Results DestroyAlternatives(const Place& place, const Value& choice, const std::string& type,
                              State state);
  Results DestroyElements(const Place& place, const Value& list, const std::string& type,
                          State state);
  Results DestroyFields(const Place& place, const Value& object, const std::string& type,
                        State state);
  Results DestroyCaptures(const Value& closure, const std::string& type, State state);
  Results DeletePointed(const Value& owner, const std::string& type, State state);
  Results CallDeleter(const Owned& owned, const std::string& type, State state);
  Results EvaluateDelete(const Node& node, State state);
  Results LeaveVariable(const Root& root, Results ended);

  // invoke.cc, opaque_calls.cc: calls
  Results EvaluateCall(const Node& node, State state);
  Results EvaluateCallValue(const Node& node, State state);
  Results CallFunction(const CallContext& call, State state);
  Results AfterCall(const Node& node, Results results);
  Results Follow(const FunctionRef&, std::optional<Value> self, Values arguments, State state);
  Results CallOpaque(const CallContext& call, State state);
  void ChangeUnknown(const CallContext& call, State& state);

  // outline.cc: functions that are not followed to their end
  Results FollowIfCheap(const FunctionRef& function, std::optional<Value> self, Values arguments,
                        State state);
  Results NameGlobals(const FunctionRef& function, State state);
  Results Outline(const FunctionRef& function, const std::optional<Value>& self,
                  const Values& arguments, State state, bool is_cut_off);

  // library_calls.cc: what a model says
  Results CallLibrary(const CallContext& call, State state);

  // client_calls.cc
  Results MakeClientCall(const CallContext& call, const ModelRow& row, State state);

  // call_results.cc
  Results ReadLibrary(const CallContext& call, const ModelRow& row, State state);
  Results Deliver(const CallContext& call, const ModelRow& row, State state,
                  const CallResult& result);
  Results CallBack(const ModelRow& row, const Value& callback, const CallResult& result,
                   State state);
  Results GoOn(const CallContext& call, const ModelRow& row, State state);
  Results RunAsTask(const Value& function, Values arguments, State state);
  Results TakeEnded(const CallContext& call, const ModelRow& row, State state);

  Calls come_to_;
  Calls unfinished_;
  std::set<const FunctionFacts*> visited_;
  Budget budget_;
  std::set<const FunctionFacts*> costly_;
  bool keeps_catches_ = false;
  std::vector<const Value*> in_flight_;  // what functions return while their variables go
  int discarded_ = 0;                    // values that are being destroyed
  std::size_t too_deep_ = 0;  // the frames of the call that led to one that is not followed
};

}  // namespace filibuster
