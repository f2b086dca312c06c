#include <algorithm>
#include <ranges>
#include <span>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/standard_library.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

constexpr std::size_t kMaxDepth = 48;  // of calls

// What a bound function is called with, if `given` is what is written at the call.
Values BoundArguments(const Values& bound, const Values& given) {
  Values arguments;
  for (const Value& value : bound) {
    const auto place = static_cast<std::size_t>(value.number());
    if (value.text() == kAllPlaceholders) {
      arguments.insert(arguments.end(), given.begin(), given.end());
    } else if (value.text() != kPlaceholder) {
      arguments.push_back(value);
    } else if (place >= 1 && place <= given.size()) {
      arguments.push_back(given[place - 1]);
    } else {
      arguments.push_back(Value::Unknown("an argument that is not given"));
    }
  }
  return arguments;
}

// The call operator of what stands for another function.
bool HoldsFunction(const Callee& callee) {
  return callee.name == "std::function::operator()" ||
         callee.name == "std::move_only_function::operator()" ||
         callee.name == "std::_Bind::operator()" || callee.name == "std::_Bind_front::operator()" ||
         callee.name == "std::reference_wrapper::operator()";
}

}  // namespace

const Value* CallContext::Argument(std::optional<int> index) const {
  if (!index) return nullptr;
  const std::size_t position = first + static_cast<std::size_t>(*index);
  return position < arguments.size() ? &arguments[position] : nullptr;
}

Results Interpreter::EvaluateCall(const Node& node, State state) {
  const LinkedCallee& link = program_.CalleeOf(*frames_.back().function.file, node.number);
  return EvaluateAll(node.kids, std::move(state), [&](State next, Values values) {
    frames_.back().at = node.position;
    const CallContext call{node, link, std::move(values), link.callee->is_method ? 1U : 0U};
    return AfterCall(node, CallFunction(call, std::move(next)));
  });
}

Results Interpreter::EvaluateCallValue(const Node& node, State state) {
  return EvaluateAll(node.kids, std::move(state), [&](State next, Values values) {
    frames_.back().at = node.position;
    const Value function = Load(next, values.front());
    values.erase(values.begin());
    return AfterCall(node, Invoke(function, std::move(values), std::move(next)));
  });
}

Results Interpreter::AfterCall(const Node& node, Results results) {
  come_to_.insert(&node);
  const bool led_too_deep = frames_.size() == too_deep_;
  if (led_too_deep) --too_deep_;
  if (budget_.IsSpent() || led_too_deep) unfinished_.insert(&node);
  return results;
}

Results Interpreter::CallFunction(const CallContext& call, State state) {
  const Callee& callee = *call.link.callee;
  if (call.link.library != nullptr) return CallLibrary(call, std::move(state));
  if (callee.is_method && !call.arguments.empty()) {
    const Value object = Load(state, call.arguments[0]);
    if (HoldsFunction(callee) && (object.Is(Kind::kObject) || object.Is(Kind::kUnknown))) {
      const Value& where = call.arguments[0];
      const Value function =
          where.Is(Kind::kAlias) ? AsFunction(object, state.memory.Resolve(where.place())) : object;
      return Invoke(function, Values(call.arguments.begin() + 1, call.arguments.end()),
                    std::move(state));
    }
    if (AreFunctions(object)) {
      return Invoke(object, Values(call.arguments.begin() + 1, call.arguments.end()),
                    std::move(state));
    }
    if (object.Is(Kind::kFunction) &&
        (callee.name.ends_with("operator()") || callee.name.ends_with("(lambda)"))) {
      Closure closure = object.closure();
      // Of a lambda with auto parameters, the use that this call is.
      if (call.link.definition) closure.function = call.link.definition;
      return Invoke(Value::Of(std::move(closure)),
                    Values(call.arguments.begin() + 1, call.arguments.end()), std::move(state));
    }
  }
  if (callee.is_system) {
    if (auto results = CallStandard(*this, call, state)) return *std::move(results);
  }
  FunctionRef function = call.link.definition;
  if (!callee.is_method) {
    if (!function) return CallOpaque(call, std::move(state));
    return InvokeFunction(function, std::nullopt, call.arguments, std::move(state));
  }
  Value self = call.arguments[0];
  const Value object = Load(state, self);
  if (callee.is_virtual && object.Is(Kind::kObject)) {
    if (const FunctionRef override = program_.Override(object.object().type, callee.usr)) {
      function = override;
    }
  }
  if (!function) return CallOpaque(call, std::move(state));
  if (self.Is(Kind::kAlias)) {
    self = Value::Pointer(state.memory.Resolve(self.place()));
  } else {
    const Place place = Temporary(call.node);
    const bool is_element = ContainerOf(call.node.kids[0]) != nullptr;
    if (is_element && CanChangeObject(call.node)) ForgetElements(call.node.kids[0], state);
    SetVariable(place.root, object, /*is_reference=*/true, state);
    self = Value::Pointer(place);
  }
  return InvokeFunction(function, std::move(self),
                        Values(call.arguments.begin() + 1, call.arguments.end()), std::move(state));
}

Results Interpreter::Invoke(const Value& function, Values arguments, State state) {
  if (AreFunctions(function)) {
    const Frame& frame = frames_.back();
    if (frame.function) LeaveOpen(state, frame.at, function);
    Results results;
    for (const Value& one : function.elements()) Append(results, Invoke(one, arguments, state));
    return Join(std::move(results));
  }
  if (auto answered = Answer(function, arguments, state)) return One(*std::move(answered));
  if (function.Is(Kind::kObject)) {
    static const Node kObject;
    const Place self = Temporary(kObject);
    const Value called = AsFunction(function, self);
    if (!(called == function)) {
      state.memory.Set(self.root, function);
      return Invoke(called, std::move(arguments), std::move(state));
    }
  }
  if (!function.Is(Kind::kFunction)) {
    Value unknown = Value::Unknown("the result of a function that is not known");
    for (const Value& argument : arguments) {
      unknown.Taint(Load(state, argument));
      state.memory.Escape(Load(state, argument));
      if (argument.Is(Kind::kAlias)) {
        state.memory.Escape(argument);
        state.memory.Write(argument.place(),
                           Value::Unknown("what a function that is not known leaves"));
      }
    }
    state.memory.ForgetEscaped(IsContents);
    if (state.fault && state.fault->blind.empty()) {
      state.fault->blind = "calls a function that is not known";
    }
    return One(std::move(state), std::move(unknown));
  }
  const Closure& closure = function.closure();
  const int depth = Depth() + 1;
  for (const auto& [variable, value] : closure.captures) {
    state.memory.Set({depth, variable}, value);
  }
  if (!closure.bound.empty()) arguments = BoundArguments(closure.bound, arguments);
  FunctionRef called = closure.function;
  const FunctionFacts& facts = *called.function;
  std::optional<Value> self;
  const bool is_method = !facts.class_usr.empty() && !facts.name.ends_with("(lambda)");
  if (is_method && arguments.size() > facts.parameters.size()) {
    // The object comes first, or a pointer to it.
    self = arguments.front().Is(Kind::kAlias)
               ? Value::Pointer(state.memory.Resolve(arguments.front().place()))
               : arguments.front();
    const Value object = Load(state, arguments.front());
    if (object.Is(Kind::kPointer)) self = object;
    arguments.erase(arguments.begin());
    // A pointer to a virtual method calls what overrides it.
    const Value whole =
        self->Is(Kind::kPointer) ? state.memory.Read(self->place()) : Load(state, *self);
    if (whole.Is(Kind::kObject)) {
      if (const FunctionRef by = program_.Override(whole.object().type, facts.usr)) called = by;
    }
  }
  return InvokeFunction(called, std::move(self), std::move(arguments), std::move(state));
}

// A function that calls itself is followed a few times; if every call fails and an argument counts
// the attempts, as often as a loop would be.
bool References::IsRepeated(const FunctionFacts& function, const std::vector<std::int64_t>& numbers,
                            const State& state) const {
  constexpr int kMaxRecursion = 2;
  int calls = 0;
  bool counts = !numbers.empty() && state.fault && state.fault->persists;
  for (const Frame& frame : frames_) {
    if (frame.function.function != &function) continue;
    ++calls;
    counts = counts && frame.numbers != numbers;
  }
  return calls >= (counts ? kMaxKnownRounds : kMaxRecursion);
}

Results Interpreter::InvokeFunction(const FunctionRef& function, std::optional<Value> self,
                                    Values arguments, State state) {
  const Reach& reach = reaches_.Of(*function.function);
  if (!reach.matters && reach.size > Budget::kSmall) {
    return FollowIfCheap(function, std::move(self), std::move(arguments), std::move(state));
  }
  return Follow(function, std::move(self), std::move(arguments), std::move(state));
}

Results Interpreter::Follow(const FunctionRef& function, std::optional<Value> self,
                            Values arguments, State state) {
  const FunctionFacts& facts = *function.function;
  visited_.insert(&facts);
  const int depth = Depth() + 1;
  std::vector<std::int64_t> numbers;
  for (const Value& argument : arguments) {
    const Value value = Load(state, argument);
    if (value.Is(Kind::kInt)) numbers.push_back(value.number());
  }
  if (frames_.size() >= kMaxDepth) {
    // The calls that led here may make others.
    too_deep_ = frames_.size();
    if (state.fault && state.fault->blind.empty()) state.fault->blind = "calls too deep to follow";
    return Outline(function, self, arguments, std::move(state), /*is_cut_off=*/true);
  }
  if (IsRepeated(facts, numbers, state)) {
    // How often it calls itself is not known then.
    if (state.fault) state.fault->undecided.insert(facts.name);
    if (MayCallOthers(facts, state)) {
      state.fault->blind = "may make other calls in " + facts.name + ", which calls itself";
    }
    return Outline(function, self, arguments, std::move(state), /*is_cut_off=*/true);
  }
  for (std::size_t i = 0; i < facts.parameters.size(); ++i) {
    const Parameter& parameter = facts.parameters[i];
    Value value = i < arguments.size() ? std::move(arguments[i])
                                       : Value::Unknown("the parameter " + parameter.name);
    // The caller makes and destroys it.
    const bool is_made = value.Is(Kind::kAlias) && value.place().path.empty() &&
                         value.place().root.variable >= kFirstTemporary;
    SetVariable({depth, parameter.variable}, std::move(value), parameter.is_reference || is_made,
                state);
  }
  if (self && self->IsOwner()) self = Value::Pointer(self->place());
  if (self) state.memory.Set({depth, kThisVariable}, *self);
  const std::size_t steps_before = state.fault ? state.fault->steps.size() : 0;
  const std::vector<int> heap_before = state.memory.HeapVariables();

  frames_.push_back({.function = function, .at = facts.position, .numbers = std::move(numbers)});
  Results results = One(std::move(state));
  const bool is_whole = self && self->Is(Kind::kPointer);
  const bool is_destructor = !facts.inits.empty() && facts.inits[0].op == Op::kDestroy;
  const std::span<const Node> inits = is_whole ? std::span(facts.inits) : std::span<const Node>();
  if (is_whole && !is_destructor) {
    results = InitializeAll(inits, self->place(), std::move(results));
  }
  const auto run = [&](const Node& body, Results initialized) {
    Results ended;
    Results ran;
    for (Result& result : initialized) {
      if (result.completion == Completion::kValue) {
        Append(ran, Run(body, std::move(result.state)));
      } else {
        ended.push_back(std::move(result));
      }
    }
    if (!inits.empty() && !is_destructor) ran = Unwind(inits, self->place(), std::move(ran));
    Append(ended, std::move(ran));
    return ended;
  };
  // The clauses of a constructor that is a try block take what initialising its members throws,
  // too.
  results = facts.body.op == Op::kTry
                ? TakeThrown(facts.body, run(facts.body.kids[0], std::move(results)))
                : run(facts.body, std::move(results));
  if (is_whole && is_destructor) {
    for (const Node& part : inits | std::views::reverse) {
      results = Destroy(self->place().Part(part.text), part.type, std::move(results));
    }
  }
  for (const Parameter& parameter : facts.parameters) {
    if (parameter.is_reference) continue;
    results = LeaveVariable({depth, parameter.variable}, std::move(results));
  }
  frames_.pop_back();

  for (Result& result : results) {
    if (result.completion == Completion::kThrow && facts.is_noexcept) {
      result.completion = Completion::kEnd;
      result.value = Value::String(kByNoexcept);
    }
    if (result.completion == Completion::kGoto) {
      // Into a block, or round too often.
      result.completion = Completion::kValue;
      std::optional<AssumedFault>& fault = result.state.fault;
      if (fault && fault->blind.empty()) fault->blind = kByGoto;
    }
    if (result.completion == Completion::kReturn) {
      result.completion = Completion::kValue;
      const Value& value = result.value;
      if (value.Is(Kind::kAlias) &&
          result.state.memory.Resolve(value.place()).root.frame >= depth) {
        result.value = Load(result.state, value);
      }
      // Which value it is may have been decided by the fault.
      if (result.state.fault) {
        const std::vector<Step>& steps = result.state.fault->steps;
        const auto first =
            steps.begin() + static_cast<std::ptrdiff_t>(std::min(steps_before, steps.size()));
        if (std::any_of(first, steps.end(), [](const Step& step) { return step.from_fault; })) {
          result.value.from_fault = true;
        }
      }
    } else if (result.completion == Completion::kValue) {
      result.value = Value::Unknown("nothing");
    }
    result.state.memory.DropFrames(depth);
    Values referring = result.state.handling;
    referring.push_back(result.value);
    for (const RegisteredHandler& handler : facts_.handlers) {
      referring.push_back(handler.handler);
      referring.push_back(Value::Pointer(handler.server));
    }
    result.state.memory.DropUnreachable(heap_before, referring);
  }
  return JoinValues(std::move(results));
}

}  // namespace filibuster
