// What the sources of the interpreter share.
#pragma once

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/interpreter.h"

namespace filibuster {

// Of a jump that is not followed.
inline constexpr char kByGoto[] = "jumps by goto";

// Lowering's name for what clang could not make sense of.
inline constexpr char kNotCompiled[] = "code that does not compile";

// One of several functions, such as of those in a map.
inline bool AreFunctions(const Value& value) {
  return value.Is(Value::Kind::kChoice) &&
         std::ranges::all_of(value.elements(),
                             [](const Value& one) { return one.Is(Value::Kind::kFunction); });
}

// exceptions.cc: an exception as a clause that caught it, and others since, have left it.
Value AsLeft(const Value& exception, const State& state);
// … and a copy as an object of that type: what a class that derives from it has is not there.
Value CutTo(const Program& program, Value value, const std::string& type);

// error_codes.cc: comparisons of std::error_code and its like.
bool ComparesErrors(const Callee& callee);
Value CompareErrors(const Callee& callee, const std::string& op, const Value& left,
                    const Value& right);

// owners.cc: a class that points to what it owns; a container that is empty after it was moved from.
bool IsSmartPointer(std::string_view class_name);
bool IsSequence(std::string_view class_name);
// … what is left of a value of that class after it was moved from.
Value MovedFrom(const Value& value, const std::string& class_name);

inline Results One(State state, Value value = {}) {
  Results results;
  results.push_back({std::move(state), Completion::kValue, std::move(value)});
  return results;
}

inline void Append(Results& all, Results more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

// Goes on with every value; other completions stay.
template <typename Next>
Results Then(Results results, Next next) {
  Results all;
  all.reserve(results.size());
  for (Result& result : results) {
    if (result.completion != Completion::kValue) {
      all.push_back(std::move(result));
    } else {
      Append(all, next(std::move(result.state), std::move(result.value)));
    }
  }
  return all;
}

// Evaluates one node after the other, and goes on with the values of each path.
template <typename Next>
Results Interpreter::EvaluateAll(std::span<const Node> nodes, State state, Next next) {
  Results ended;
  std::vector<std::pair<State, Values>> going;
  going.emplace_back(std::move(state), Values());
  for (const Node& node : nodes) {
    std::vector<std::pair<State, Values>> after;
    for (auto& [before, values] : going) {
      for (Result& result : Run(node, std::move(before))) {
        if (result.completion != Completion::kValue) {
          ended.push_back(std::move(result));
          continue;
        }
        after.emplace_back(std::move(result.state), values);
        after.back().second.push_back(std::move(result.value));
      }
    }
    going = std::move(after);
  }
  for (auto& [after, values] : going) Append(ended, next(std::move(after), std::move(values)));
  return ended;
}

template <typename Then>
Results Interpreter::Branch(const Node& node, const Node& condition, State state,
                            const Value& value, Then then) {
  const Truth truth = AsCondition(value);
  if (truth != Truth::kUnknown) {
    const bool is_true = truth == Truth::kTrue;
    Decide(state, node, is_true ? 1 : 0, value.from_fault);
    return then(std::move(state), is_true);
  }
  if (!state.fault) {
    normal_branches_.open.emplace(&node, 0);
    normal_branches_.open.emplace(&node, 1);
  }
  LeaveOpen(state, node.position, value);
  State other = state;
  Narrow(condition, state, true);
  Narrow(condition, other, false);
  Results results = then(std::move(state), true);
  Append(results, then(std::move(other), false));
  return results;
}

}  // namespace filibuster
