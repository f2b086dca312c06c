// A function that comes to nothing that matters, and takes long: what it may leave, throw and end
// instead of what it does.
#include <algorithm>
#include <utility>
#include <vector>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// Anything that was written over `old`: objects keep their classes, unless they are variants.
Value Overwritten(const Value& old, const std::string& why) {
  if (!old.Is(Kind::kObject)) return Value::Unknown(why).Taint(old);
  Object kept{.type = old.object().type, .fields = {}};
  for (const auto& [name, field] : old.object().fields) {
    if (IsSetting(name)) {
      kept.fields.emplace(name, field);
    } else if (field.Is(Kind::kObject) || name == kHas) {
      kept.fields.emplace(name, Overwritten(field, why));
    }
  }
  kept.fields.insert_or_assign(kOverwritten, Value::Int(1));
  return Value::Of(std::move(kept)).Taint(old);
}

// All that a function can come to from the values that it is given.
class Given {
 public:
  Given(const Memory& memory, const Reaches& reaches) : memory_(memory), reaches_(reaches) {}

  void Add(const Value& value) {
    open_.push_back(value);
    while (!open_.empty()) {
      const Value one = std::move(open_.back());
      open_.pop_back();
      Visit(one);
    }
  }
  // What is referred or pointed to, and may be changed.
  const std::vector<Place>& places() const { return places_; }
  // Something of it comes from the fault; or is null or empty, which may be the fault's doing.
  const Value& taint() const { return taint_; }
  bool is_of_fault() const { return is_of_fault_; }
  bool has_function() const { return has_function_; }  // that matters, throws or ends

 private:
  void Visit(const Value& value) {
    taint_.Taint(value);
    is_of_fault_ = is_of_fault_ || value.from_fault || value.from_body;
    switch (value.kind()) {
      case Kind::kResult:
      case Kind::kNull:
        is_of_fault_ = true;
        break;
      case Kind::kPointer:
      case Kind::kAlias:
        AddPlace(value.place());
        break;
      case Kind::kObject:
        for (const auto& [name, field] : value.object().fields) {
          const bool is_empty = name == kHas && AsCondition(field) != Truth::kTrue;
          is_of_fault_ = is_of_fault_ || is_empty;
          if (!IsSetting(name)) open_.push_back(field);
        }
        break;
      case Kind::kFunction: {
        const Closure& closure = value.closure();
        has_function_ = has_function_ || !reaches_.Of(*closure.function.function).IsNothing();
        for (const auto& [variable, captured] : closure.captures) open_.push_back(captured);
        for (const Value& bound : closure.bound) open_.push_back(bound);
        break;
      }
      case Kind::kList:
      case Kind::kChoice:
        for (const Value& element : value.elements()) open_.push_back(element);
        break;
      default:
        break;
    }
  }

  void AddPlace(const Place& place) {
    const Place resolved = memory_.Resolve(place);
    if (std::ranges::find(places_, resolved) != places_.end()) return;
    places_.push_back(resolved);
    open_.push_back(memory_.Read(resolved));
  }

  const Memory& memory_;
  const Reaches& reaches_;
  std::vector<Place> places_;
  std::vector<Value> open_;
  Value taint_;
  bool is_of_fault_ = false;
  bool has_function_ = false;
};

void Blind(State& state, const std::string& why) {
  if (state.fault && state.fault->blind.empty()) state.fault->blind = why;
}

// What is left by a function that may have done anything with what it was given.
Results Left(const FunctionFacts& facts, const Reach& reach, const Given& given, bool is_cut_off,
             State state) {
  const std::string why = "what " + facts.name + " leaves";
  for (const Place& place : given.places()) {
    state.memory.Write(place, Overwritten(state.memory.Read(place), why));
  }
  const std::string too_long = facts.name + (is_cut_off ? ", which is called too deep to follow"
                                                        : ", which is too long to follow");
  if (given.is_of_fault() && !is_cut_off) Blind(state, "hands what the call left to " + too_long);
  Results results;
  if (reach.throws && !facts.is_noexcept) {
    results.push_back({state, Completion::kThrow, Value::Unknown("an exception of " + facts.name)});
    Blind(results.back().state, "may end by an exception of " + too_long);
  }
  if (reach.ends || (reach.throws && facts.is_noexcept)) {
    results.push_back({state, Completion::kEnd, Value::String(kByExit)});
    Blind(results.back().state, "may end the process in " + too_long);
  }
  Value left = Value::Unknown("the result of " + facts.name).Taint(given.taint());
  results.push_back({std::move(state), Completion::kValue, std::move(left)});
  return results;
}

}  // namespace

Results Interpreter::FollowIfCheap(const FunctionRef& function, std::optional<Value> self,
                                   Values arguments, State state) {
  const FunctionFacts& facts = *function.function;
  const auto outline = [&] {
    return Outline(function, self, arguments, std::move(state), /*is_cut_off=*/false);
  };
  if (costly_.contains(&facts)) return outline();
  const Budget::Trial trial = budget_.Begin();
  Results results = Follow(function, self, arguments, state);
  const Budget::Verdict verdict = budget_.End(trial, facts);
  if (verdict != Budget::Verdict::kCheap) {
    const std::set<const FunctionFacts*> all = reaches_.From(facts);
    visited_.insert(all.begin(), all.end());
    costly_.insert(&facts);
  }
  return verdict == Budget::Verdict::kTooMuch ? outline() : results;
}

// Whether a function that calls itself may come to calls that were not made since the fault.
bool References::MayCallOthers(const FunctionFacts& function, const State& state) const {
  if (!state.fault || state.fault->persists || !state.fault->blind.empty()) return false;
  const auto is_made = [&](const Reaches::ClientCall& call) {
    const SourceLocation place = LocationOf(*call.file, call.position);
    const auto is_there = [&](int site) {
      return facts_.calls[static_cast<std::size_t>(site)].location == place;
    };
    return is_there(state.fault->site) || std::ranges::any_of(state.fault->later_calls, is_there);
  };
  return !std::ranges::all_of(reaches_.ClientCallsFrom(function), is_made);
}

// The globals that a function may change have their first values, to lose them.
Results Interpreter::NameGlobals(const FunctionRef& function, State state) {
  // Not in the function's own frame: what a lambda captured is there already.
  frames_.push_back({.function = function, .at = function.function->position});
  Results results = One(std::move(state));
  for (const std::string& usr : reaches_.GlobalsFrom(*function.function)) {
    const Program::GlobalRef* global = program_.FindGlobal(usr);
    if (global == nullptr || global->global->is_const) continue;
    const Node name{.op = Op::kGlobal, .text = usr};
    results = Then(std::move(results),
                   [&](State next, Value) { return EvaluateGlobal(name, std::move(next)); });
  }
  frames_.pop_back();
  return results;
}

Results Interpreter::Outline(const FunctionRef& function, const std::optional<Value>& self,
                             const Values& arguments, State state, bool is_cut_off) {
  const FunctionFacts& facts = *function.function;
  return Then(NameGlobals(function, std::move(state)), [&](State next, Value) {
    const Callee* callee = reaches_.CalledAs(facts);
    // Of methods, but not of constructors, the object comes first.
    const std::size_t first =
        callee != nullptr && callee->can_change.size() > facts.parameters.size() ? 1 : 0;
    const auto can_change = [&](std::size_t index) {
      return callee == nullptr || index >= callee->can_change.size() || callee->can_change[index];
    };
    Given given(next.memory, reaches_);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      // A pointer may be one that shares what it points to.
      const bool is_const = arguments[i].Is(Kind::kAlias) && !can_change(first + i);
      given.Add(is_const ? Load(next, arguments[i]) : arguments[i]);
    }
    if (self) {
      const bool is_const = self->Is(Kind::kPointer) && first == 1 && !can_change(0);
      given.Add(is_const ? next.memory.Read(self->place()) : *self);
    }
    for (const std::string& usr : reaches_.GlobalsFrom(facts)) {
      const Program::GlobalRef* global = program_.FindGlobal(usr);
      if (global == nullptr) continue;
      const Place place{{Root::kGlobals, global->index}, {}};
      if (next.memory.Find(place.root) == nullptr) continue;
      // What a pointer points to may be changed though the pointer may not.
      given.Add(global->global->is_const ? next.memory.Read(place) : Value::Alias(place));
    }
    // What a lambda captured is in its frame already.
    const int depth = Depth() + 1;
    for (const auto& [root, value] : next.memory.values()) {
      if (root.frame == depth) given.Add(Value::Alias({root, {}}));
    }
    if (given.has_function() && !is_cut_off) {
      return Follow(function, self, arguments, std::move(next));
    }
    Results results = Left(facts, reaches_.Of(facts), given, is_cut_off, std::move(next));
    for (Result& result : results) result.state.memory.DropFrames(depth);
    return results;
  });
}

}  // namespace filibuster
