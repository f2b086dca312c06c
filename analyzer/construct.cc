// Objects are made: by constructors, as aggregates, as parts of others.
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/standard_library.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

constexpr char kReferenceWrapperUsr[] = "@N@std@S@reference_wrapper>";

}  // namespace

// Where an initialiser makes an object, so that what points to it stays right.
Results Interpreter::MakeAt(const Node& made, State state, const Place& place) {
  switch (made.op) {
    case Op::kFull:
      return LeaveFull(made, MakeAt(made.kids[0], std::move(state), place));
    case Op::kConstruct:
      return Construct(made, std::move(state), place);
    case Op::kAggregate:
      return EvaluateAggregate(made, std::move(state), place);
    case Op::kList:
      if (!made.type.empty()) return MakeElements(made, std::move(state), place);
      [[fallthrough]];
    default:
      return Then(EvaluateLoaded(made, std::move(state)), [&](State next, Value value) {
        next.memory.Write(place, std::move(value));
        return One(std::move(next), Value::Alias(place));
      });
  }
}

// Elements that are made before one throws are destroyed.
Results Interpreter::MakeElements(const Node& list, State state, const Place& place) {
  state.memory.Write(place, Value::List(Values(list.kids.size())));
  Results ended;
  Results going = One(std::move(state));
  for (std::size_t i = 0; i < list.kids.size(); ++i) {
    Results after;
    for (Result& result : going) {
      const Place element = place.Element(i);
      for (Result& made : MakeAt(list.kids[i], std::move(result.state), element)) {
        if (made.completion == Completion::kValue) {
          after.push_back(std::move(made));
          continue;
        }
        Results unwound = {std::move(made)};
        for (std::size_t done = i; done-- > 0;) {
          const Place before = place.Element(done);
          unwound = Destroy(before, list.type, std::move(unwound));
        }
        Append(ended, std::move(unwound));
      }
    }
    going = std::move(after);
  }
  Append(ended, std::move(going));
  return ended;
}

Results Interpreter::Construct(const Node& node, State state, const Place& into, bool as_base) {
  const LinkedCallee& link = program_.CalleeOf(*frames_.back().function.file, node.number);
  return EvaluateAll(node.kids, std::move(state), [&](State next, Values values) {
    if (link.callee->class_usr.find(kReferenceWrapperUsr) != std::string::npos) {
      // It is the reference that it is made of.
      Value referred = values.empty() ? Value() : ReferenceTo(node, values[0], next);
      next.memory.Write(into, std::move(referred));
      return One(std::move(next), Value::Alias(into));
    }
    frames_.back().at = node.position;
    values.insert(values.begin(), Value::Alias(into));
    const CallContext call{node, link, std::move(values), 1U};
    if (!as_base) next.memory.Write(into, Value::Of(Object{.type = node.type, .fields = {}}));
    if (as_base && !link.callee->is_system) SetClass(into, node.type, next);
    if (!link.rows.empty()) return CallLibrary(call, std::move(next));
    if (link.callee->is_system) {
      if (auto results = ConstructStandard(*this, call, next)) return *std::move(results);
    }
    const Value self = call.arguments[0];
    if (link.definition) {
      const Place place = next.memory.Resolve(into);
      Results results =
          InvokeFunction(link.definition, Value::Pointer(place),
                         Values(call.arguments.begin() + 1, call.arguments.end()), std::move(next));
      return Then(AfterCall(node, std::move(results)),
                  [&](State after, Value) { return One(std::move(after), self); });
    }
    HandOver(call, next);
    const std::vector<std::string>& types = link.callee->parameter_types;
    if (!as_base && types.size() == 1 && types[0] == program_.TypeName(node.type)) {
      // A copy whose code was not seen.
      next.memory.Write(into, Load(next, call.arguments[1]));
    }
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
      const bool can_change =
          i - 1 < link.callee->can_change.size() && link.callee->can_change[i - 1];
      if (link.callee->is_system) {
        next.memory.Escape(Load(next, call.arguments[i]));
      } else {
        next.memory.ForgetReferredTo(Load(next, call.arguments[i]));
      }
      if (can_change && call.arguments[i].Is(Kind::kAlias)) {
        next.memory.Escape(call.arguments[i]);
        next.memory.Write(call.arguments[i].place(),
                          Value::Unknown("what " + link.callee->name + " leaves"));
      }
    }
    return One(std::move(next), self);
  });
}

Results Interpreter::ConstructValue(const Node& node, State state) {
  const Place place = Temporary(node);
  state.memory.Set(place.root, Value());
  return Then(Construct(node, std::move(state), place), [&](State next, Value) {
    const Value* made = next.memory.Find(place.root);
    const bool is_reference = made != nullptr && made->Is(Kind::kAlias);
    Value object = is_reference ? *made : next.memory.Read(place);
    next.memory.Erase(place.root);
    return One(std::move(next), std::move(object));
  });
}

Results Interpreter::Initialize(const Node& init, const Place& self, Results states) {
  const Node& value = init.kids[0];
  return Then(std::move(states), [&](State state, Value) -> Results {
    if (init.text.empty()) {
      if (value.op == Op::kAggregate) {
        // The fields of a base are the object's own.
        Results made = One(std::move(state));
        for (const Node& field : value.kids) made = Initialize(field, self, std::move(made));
        return made;
      }
      if (value.op != Op::kConstruct) {
        return Then(Run(value, std::move(state)), [&](State next, Value made) {
          AddFunction(self, Load(next, made), next);
          return One(std::move(next));
        });
      }
      const Value whole = state.memory.Read(self);
      return Then(Construct(value, std::move(state), self, /*as_base=*/true),
                  [&](State next, Value made) {
                    if (whole.Is(Kind::kObject)) SetClass(self, whole.object().type, next);
                    return One(std::move(next), std::move(made));
                  });
    }
    const Place field = self.Part(init.text);
    const bool is_reference = init.type == "&";
    if (!is_reference) return MakeAt(value, std::move(state), field);
    return Then(Run(value, std::move(state)), [&](State next, Value made) {
      // A reference refers to what its parameter does, which is gone after the constructor.
      next.memory.Write(field, ReferenceTo(value, made, next));
      return One(std::move(next));
    });
  });
}

// One after the other; those before one that throws are destroyed.
Results Interpreter::InitializeAll(std::span<const Node> inits, const Place& self, Results states) {
  Results ended;
  Results going = std::move(states);
  for (std::size_t i = 0; i < inits.size() && !going.empty(); ++i) {
    Results thrown;
    Results next;
    for (Result& result : Initialize(inits[i], self, std::move(going))) {
      (result.completion == Completion::kValue ? next : thrown).push_back(std::move(result));
    }
    if (!thrown.empty()) Append(ended, Unwind(inits.first(i), self, std::move(thrown)));
    going = std::move(next);
  }
  Append(ended, std::move(going));
  return ended;
}

}  // namespace filibuster
