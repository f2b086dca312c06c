// Paths as one: those that are the same, and where there are too many, those that went alike.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analyzer/library_fields.h"
#include "analyzer/state.h"

namespace filibuster {
namespace {

// Those of `mine` that are among `theirs` too, in order.
std::vector<Step> Common(const std::vector<Step>& mine, const std::vector<Step>& theirs) {
  using Key = std::tuple<const Node*, Step::Kind, int, int>;
  const auto key = [](const Step& step) {
    return Key(step.node, step.kind, step.branch, step.depth);
  };
  std::multiset<Key> left;
  for (const Step& step : theirs) left.insert(key(step));
  std::vector<Step> common;
  for (const Step& step : mine) {
    const auto same = left.find(key(step));
    if (same == left.end()) continue;
    left.erase(same);
    common.push_back(step);
  }
  return common;
}

// Whether it is what a task left for who asks, by an exception in one of the alternatives at least.
bool IsLeftByTask(const Value& mine, const Value& theirs) {
  bool is_thrown = false;
  const auto is_left = [&](const Value& value) {
    if (!value.Is(Value::Kind::kObject) || value.object().fields.size() != 1) return false;
    const std::string& field = value.object().fields.begin()->first;
    is_thrown = is_thrown || field == kException;
    return field == kHeld || field == kException;
  };
  return std::ranges::all_of(mine.Alternatives(), is_left) &&
         std::ranges::all_of(theirs.Alternatives(), is_left) && is_thrown;
}

// Whether it is the status of a response, that was set on one of the paths at least: each of them
// is one that the service may answer with.
bool IsSetStatus(const Value& mine, const Value& theirs) {
  bool is_set = false;
  const auto is_status = [&](const Value& value) {
    is_set = is_set || value.origin >= 0;
    return value.Is(Value::Kind::kInt) || value.Is(Value::Kind::kSuccess) ||
           value.Is(Value::Kind::kUnknown);
  };
  return std::ranges::all_of(mine.Alternatives(), is_status) &&
         std::ranges::all_of(theirs.Alternatives(), is_status) && is_set;
}

// What is known of a value that is one or the other.
Value OneOf(const Value& mine, const Value& theirs) {
  if (mine == theirs) return mine;
  if (IsLeftByTask(mine, theirs) || IsSetStatus(mine, theirs)) {
    return Value::Choice({mine, theirs});
  }
  Value unknown = Value::Unknown("a value that differs between paths");
  unknown.Taint(mine).Taint(theirs);
  const bool are_objects = mine.Is(Value::Kind::kObject) && theirs.Is(Value::Kind::kObject) &&
                           mine.object().type == theirs.object().type;
  if (!are_objects) return unknown;
  Object both = mine.object();
  both.fields.insert(theirs.object().fields.begin(), theirs.object().fields.end());
  for (auto& [name, field] : both.fields) {
    const auto field_of = [&](const Value& object) {
      const auto found = object.object().fields.find(name);
      return found == object.object().fields.end() ? Value() : found->second;
    };
    const Value one = OneOf(field_of(mine), field_of(theirs));
    // That there is such a field, and which, says what the object is.
    const bool is_essential =
        name.starts_with("$") && !IsSetting(name) && name != kResult && name != kHas;
    if (is_essential && one != field_of(mine)) return unknown;
    field = one;
  }
  return Value::Of(std::move(both)).Taint(unknown);
}

// Whether it is, or holds, a place that can be written to or a function that can be called.
bool IsWayOn(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kPointer:
    case Value::Kind::kAlias:
    case Value::Kind::kFunction:
      return true;
    case Value::Kind::kObject:
      return std::ranges::any_of(value.object().fields,
                                 [](const auto& field) { return IsWayOn(field.second); });
    case Value::Kind::kList:
    case Value::Kind::kChoice:
      return std::ranges::any_of(value.elements(), IsWayOn);
    default:
      return false;
  }
}

// What can be written to and called through a value can be through what stands for it and others.
bool Keeps(const Value& one, const Value& value) {
  if (one == value || !IsWayOn(value)) return true;
  if (one.Is(Value::Kind::kChoice))
    return std::ranges::find(one.elements(), value) != one.elements().end();
  if (!one.Is(Value::Kind::kObject) || !value.Is(Value::Kind::kObject)) return false;
  return std::ranges::all_of(value.object().fields, [&](const auto& field) {
    const auto found = one.object().fields.find(field.first);
    return found != one.object().fields.end() && Keeps(found->second, field.second);
  });
}

// What two paths write to through a pointer, and call, is told apart: if it were not known what a
// pointer refers to, what is written through it would be lost.
bool CanWiden(const State& left, const State& right) {
  const auto keeps_both = [](const Value& mine, const Value& theirs) {
    if (mine == theirs || (!IsWayOn(mine) && !IsWayOn(theirs))) return true;
    const Value one = OneOf(mine, theirs);
    return Keeps(one, mine) && Keeps(one, theirs);
  };
  // Of the variables of functions, what only one of the paths has is in blocks that are left.
  const auto keeps_all = [&](const Memory& memory, const Memory& other) {
    return std::ranges::all_of(memory.values(), [&](const auto& entry) {
      const Value* theirs = other.Find(entry.first);
      if (theirs != nullptr) return keeps_both(entry.second, *theirs);
      if (entry.first.variable >= kFirstTemporary) return false;  // to be destroyed on one of them
      return entry.first.frame != Root::kGlobals || !IsWayOn(entry.second);
    });
  };
  if (!(left.memory == right.memory) &&
      (!keeps_all(left.memory, right.memory) || !keeps_all(right.memory, left.memory))) {
    return false;
  }
  return std::ranges::equal(left.handling, right.handling, [](const Value& a, const Value& b) {
    return a == b || (!IsWayOn(a) && !IsWayOn(b));
  });
}

// How often the call that the fault is assumed at was made.
int AttemptsOf(const State& state) {
  const auto attempts = state.executions.find(state.fault->site);
  return attempts == state.executions.end() ? 0 : attempts->second;
}

// Two paths under the same fault as one.
void Widen(State& into, const State& other) {
  const bool attempts_differ = into.fault && AttemptsOf(into) != AttemptsOf(other);
  Memory memory;
  for (const auto& [root, value] : into.memory.values()) {
    const Value* theirs = other.memory.Find(root);
    if (theirs != nullptr) memory.Set(root, OneOf(value, *theirs));
  }
  memory.AddEscaped(into.memory);
  memory.AddEscaped(other.memory);
  into.memory = std::move(memory);
  // In the same clause, and what it took may differ.
  for (std::size_t i = 0; i < std::min(into.handling.size(), other.handling.size()); ++i) {
    Value& taken = into.handling[i];
    if (taken == other.handling[i]) continue;
    taken = Value::Unknown("one of several exceptions").Taint(taken).Taint(other.handling[i]);
  }
  for (const auto& [site, count] : other.executions) {
    int& most = into.executions[site];
    if (most != count && into.fault) into.fault->undecided.insert("paths that are not told apart");
    most = std::max(most, count);
  }
  if (!into.fault) return;
  AssumedFault& fault = *into.fault;
  if (into.last_catch != other.last_catch && fault.blind.empty()) {
    fault.blind = "paths that are not told apart end in different clauses";
  }
  fault.attempts_vary = fault.attempts_vary || other.fault->attempts_vary || attempts_differ;
  if (fault.later_calls != other.fault->later_calls) {
    fault.calls_vary = true;
    for (const int call : other.fault->later_calls) {
      if (std::ranges::find(fault.later_calls, call) == fault.later_calls.end()) {
        fault.later_calls.push_back(call);
      }
    }
  }
  fault.calls_vary = fault.calls_vary || other.fault->calls_vary;
  if (fault.steps != other.fault->steps || fault.calls_vary) {
    fault.steps = Common(fault.steps, other.fault->steps);
    fault.widened = true;
  }
  fault.branch_unknown = fault.branch_unknown || other.fault->branch_unknown;
  fault.widened = fault.widened || other.fault->widened;
  fault.is_pending = fault.is_pending || other.fault->is_pending;
  if (fault.blind.empty()) fault.blind = other.fault->blind;
  fault.undecided.insert(other.fault->undecided.begin(), other.fault->undecided.end());
}

// What tells paths apart, as three lists of all that a state has. Which conditions were not known
// on the way does not. A member that is added does not compile until it is in one of them.
enum class Degree { kAlways, kIfThereIsRoom, kUnlessPutTogether };

template <Degree kDegree>
auto Telling(const State& state) {
  static const AssumedFault kNone{.site = -1, .fault = -1};
  const auto& [assumed, handling, executions, listened, unwinding, last_catch, memory] = state;
  const auto& [site, fault, steps, later_calls, branch_unknown, persists, recovered, is_pending,
               widened, calls_vary, attempts_vary, blind, undecided] = assumed ? *assumed : kNone;
  if constexpr (kDegree == Degree::kAlways) {
    // What later calls may do depends on it, and whether a service serves at all.
    return std::tuple(site, fault, persists, recovered, listened, unwinding);
  } else if constexpr (kDegree == Degree::kIfThereIsRoom) {
    return std::tie(later_calls, steps, blind, is_pending, handling);
  } else {
    return std::tie(executions, branch_unknown, widened, calls_vary, attempts_vary, last_catch,
                    memory);
  }
}

// Paths that end in the same way under the same fault: only they can be the same, or become one.
auto GroupOf(const Result& result) {
  return std::tuple(result.completion, Telling<Degree::kAlways>(result.state));
}
using Group = decltype(GroupOf(Result()));

// Of one group: what happened since the fault is the same.
bool AreAlike(const State& left, const State& right) {
  return Telling<Degree::kIfThereIsRoom>(left) == Telling<Degree::kIfThereIsRoom>(right);
}

bool AreSame(const State& left, const State& right) {
  return AreAlike(left, right) &&
         Telling<Degree::kUnlessPutTogether>(left) == Telling<Degree::kUnlessPutTogether>(right);
}

// `into` stands for both.
void AddUndecided(State& into, const State& other) {
  into.memory.AddEscaped(other.memory);
  if (!into.fault) return;
  into.fault->undecided.insert(other.fault->undecided.begin(), other.fault->undecided.end());
}

}  // namespace

bool HaveSameFault(const State& left, const State& right) {
  return Telling<Degree::kAlways>(left) == Telling<Degree::kAlways>(right);
}

bool Cover(State& into, const State& other) {
  Values lost;
  const auto one_of = [&](const Value& mine, const Value& theirs) {
    Value one = OneOf(mine, theirs);
    for (const Value& value : {mine, theirs}) {
      if (!Keeps(one, value)) lost.push_back(value);
    }
    return one;
  };
  bool is_new = into.memory.Cover(other.memory, one_of);
  for (const Value& value : lost) into.memory.Escape(value);
  is_new = into.memory.AddEscaped(other.memory) || is_new;
  for (std::size_t i = 0; i < std::min(into.handling.size(), other.handling.size()); ++i) {
    const Value one = OneOf(into.handling[i], other.handling[i]);
    is_new = is_new || one != into.handling[i];
    into.handling[i] = one;
  }
  return is_new;
}

Results Join(Results results, const Width& width) {
  if (results.size() <= 1) return results;
  Results joined;
  std::map<Group, std::vector<std::size_t>> groups;  // indexes of `joined`
  for (Result& result : results) {
    std::vector<std::size_t>& group = groups[GroupOf(result)];
    const auto same = std::ranges::find_if(group, [&](std::size_t index) {
      return AreSame(joined[index].state, result.state) && joined[index].value == result.value;
    });
    if (same != group.end()) {
      AddUndecided(joined[*same].state, result.state);
      continue;
    }
    group.push_back(joined.size());
    joined.push_back(std::move(result));
  }
  if (joined.size() <= width.all) return joined;
  Results widened;
  for (auto& [group, indexes] : groups) indexes.clear();
  for (Result& result : joined) {
    const Group key = GroupOf(result);
    std::vector<std::size_t>& group = groups[key];  // now of `widened`
    std::vector<std::size_t> fitting;
    std::ranges::copy_if(group, std::back_inserter(fitting), [&](std::size_t index) {
      return CanWiden(widened[index].state, result.state);
    });
    std::vector<std::size_t> alike;
    std::ranges::copy_if(fitting, std::back_inserter(alike), [&](std::size_t index) {
      return AreAlike(widened[index].state, result.state);
    });
    const bool is_whole = result.completion == Completion::kThrow ||
                          result.completion == Completion::kGoto;  // its value says where to
    const bool persists = result.state.fault && result.state.fault->persists;
    const std::size_t most = persists ? width.persisting : width.in_group;
    if (is_whole || fitting.empty() || (fitting.size() < most && alike.size() < width.alike)) {
      group.push_back(widened.size());
      widened.push_back(std::move(result));
      continue;
    }
    Result& same = widened[alike.empty() ? fitting.back() : alike.back()];
    Widen(same.state, result.state);
    same.value = Value::Choice({same.value, result.value});
  }
  return widened;
}

Results JoinValues(Results results, const Width& width) {
  if (results.size() <= 1) return results;
  Results joined;
  std::map<Group, std::vector<std::size_t>> groups;
  for (Result& result : results) {
    std::vector<std::size_t>& group = groups[GroupOf(result)];
    const auto same = std::ranges::find_if(group, [&](std::size_t index) {
      return result.completion == Completion::kValue && AreSame(joined[index].state, result.state);
    });
    if (same == group.end()) {
      group.push_back(joined.size());
      joined.push_back(std::move(result));
    } else {
      joined[*same].value = Value::Choice({joined[*same].value, result.value});
      AddUndecided(joined[*same].state, result.state);
    }
  }
  return Join(std::move(joined), width);
}

}  // namespace filibuster
