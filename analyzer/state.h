// Where an interpreted path stands: the values it has seen, and the fault that it assumes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/facts.h"
#include "analyzer/memory.h"
#include "analyzer/value.h"

namespace filibuster {

// A branch that was taken for sure, an exception that was thrown, or a catch clause that took one.
struct Step {
  enum class Kind { kBranch, kThrow, kCatch };
  Kind kind = Kind::kBranch;
  const Node* node = nullptr;
  const FileFacts* file = nullptr;
  const FunctionFacts* function = nullptr;
  int branch = 0;           // 1: then, 0: else; of a switch: the label; of others: 1
  int depth = 0;            // of the call that it is in
  bool from_fault = false;  // the condition was made from what the fault left behind

  bool operator==(const Step&) const = default;
};

// Branches that paths without a fault take: those that their values decide, and those of conditions
// that are not known. By node and branch, as in a step.
struct NormalBranches {
  std::set<std::pair<const Node*, int>> decided;
  std::set<std::pair<const Node*, int>> open;
};

// The fault that is assumed, and what happened since.
struct AssumedFault {
  int site = 0;
  int fault = 0;
  std::vector<Step> steps;
  std::vector<int> later_calls;  // call sites, in order
  bool branch_unknown = false;   // it decides a branch in a way that is not known
  bool persists = false;         // calls after the first fail in the same way, as far as they can
  bool recovered = false;        // a later call succeeded that could have failed likewise
  bool is_pending = false;       // nobody has asked yet for the result that comes later
  bool widened = false;          // paths were put together: the steps are not all
  bool calls_vary = false;       // … and not each of them makes all of the later calls
  bool attempts_vary = false;    // … nor the call itself as often as the others
  std::string blind;             // why what happens is not all seen, or empty
  std::set<std::string> undecided;  // the conditions that were not known, where they are

  bool operator==(const AssumedFault&) const = default;
};

// What tells two states apart most often comes first: they are compared in this order.
struct State {
  std::optional<AssumedFault> fault;
  std::vector<Value> handling;       // the exceptions of the catch clauses that we are in
  std::map<int, int> executions;     // how often each call site made its call
  bool listened = false;             // a server was started
  int unwinding = 0;                 // exceptions for which objects are being destroyed
  const Node* last_catch = nullptr;  // kept while an exception handler of a server is followed
  Memory memory;

  bool operator==(const State&) const = default;
};

enum class Completion { kValue, kReturn, kThrow, kBreak, kContinue, kGoto, kAnswer, kEnd };

// One way in which a node can end. kThrow: `value` is the exception; kGoto: its text is the label;
// kAnswer: the request is answered, and what comes then is not followed: the status; kEnd: the
// process ends, and the value's text says by what, one of these.
inline constexpr char kByDereference[] = "dereference";  // of what a failed call left
inline constexpr char kByNoexcept[] = "noexcept";        // an exception leaves such a function
inline constexpr char kByThread[] = "thread";            // … or a thread
inline constexpr char kByMain[] = "main";                // … or main
inline constexpr char kByExit[] = "exit";                // abort, exit and the like

struct Result {
  State state;
  Completion completion = Completion::kValue;
  Value value;

  bool operator==(const Result&) const = default;
};

using Results = std::vector<Result>;

// How many paths that end in the same way are told apart, if there are more than `all`.
struct Width {
  std::size_t all = 24;
  std::size_t in_group = 24;   // under the same fault
  std::size_t alike = 24;      // … after which the same has happened
  std::size_t persisting = 6;  // where it persists: they only tell how often a call is made
};

// Results that are the same become one; when there are too many, those that assume the same fault
// are put together, and what they differ in is not known any more.
Results Join(Results results, const Width& width);

// The same is assumed of calls that come later.
bool HaveSameFault(const State& left, const State& right);
// What `other` has otherwise is not known in `into` any more; false: all of it was covered.
bool Cover(State& into, const State& other);

// As Join, and results that differ in their value only become one with alternatives.
Results JoinValues(Results results, const Width& width);

}  // namespace filibuster
