// What is done when objects go: with their block, their expression, or the whole that they are
// parts of.
#include <algorithm>
#include <ranges>
#include <utility>

#include "analyzer/interpreter_internal.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

}  // namespace

Results Interpreter::EvaluateTemporary(const Node& node, State state) {
  const Root root{Depth(), static_cast<int>(node.number)};
  state.memory.Set(root, Value());
  Results made = MakeAt(node.kids[0], std::move(state), {root, {}});
  for (Result& result : made) {
    // It was never made, and is not destroyed.
    if (result.completion != Completion::kValue) result.state.memory.Erase(root);
    if (result.completion == Completion::kValue) result.value = Value::Alias({root, {}});
  }
  return made;
}

// The end of a full expression. What it gives of an object that goes now is kept.
Results Interpreter::LeaveFull(const Node& full, Results ended) {
  for (Result& result : ended) {
    if (!result.value.Is(Kind::kAlias)) continue;
    const Root root = result.state.memory.Resolve(result.value.place()).root;
    const bool goes = std::ranges::any_of(full.kids | std::views::drop(1), [&](const Node& one) {
      return root == Root{Depth(), static_cast<int>(one.number)};
    });
    if (!goes) continue;
    result.value = Load(result.state, result.value);
    // Nobody has it then.
    if (Owns(result.value)) result.value = Value::Unknown("what has been destroyed");
  }
  return DestroyVariables(full, std::move(ended));
}

// Those of the node, the last first. Paths on which one was never made do not destroy it.
Results Interpreter::DestroyVariables(const Node& node, Results ended) {
  for (const Node& destroy : node.kids | std::views::drop(1) | std::views::reverse) {
    const Root root{Depth(), static_cast<int>(destroy.number)};
    Results all;
    for (Result& result : ended) {
      const bool stays =
          destroy.text == kUnlessReturned && result.completion == Completion::kReturn;
      if (stays || result.state.memory.Find(root) == nullptr) {
        all.push_back(std::move(result));
        continue;
      }
      Results one;
      one.push_back(std::move(result));
      Append(all, Destroy({root, {}}, destroy.type, std::move(one)));
    }
    ended = std::move(all);
    for (Result& result : ended) result.state.memory.Erase(root);
  }
  return ended;
}

// The parts that were made before an exception, the last first.
Results Interpreter::Unwind(std::span<const Node> inits, const Place& whole, Results ended) {
  Results all;
  for (Result& result : ended) {
    Results one;
    one.push_back(std::move(result));
    if (one.front().completion == Completion::kThrow) {
      for (const Node& init : inits | std::views::reverse) {
        if (init.kids.size() < 2) continue;
        const Node& destroy = init.kids[1];
        one = Destroy(whole.Part(destroy.text), destroy.type, std::move(one));
      }
    }
    Append(all, std::move(one));
  }
  return all;
}

// However a path ended, it goes on to that; unless the destructor throws.
Results Interpreter::Destroy(const Place& place, const std::string& type, Results ended) {
  Results all;
  for (Result& result : ended) {
    if (result.completion == Completion::kEnd) {
      all.push_back(std::move(result));
      continue;
    }
    const bool unwinds = result.completion == Completion::kThrow;
    if (unwinds) ++result.state.unwinding;
    in_flight_.push_back(&result.value);
    Results destroyed = DestroyObject(place, type, std::move(result.state));
    in_flight_.pop_back();
    for (Result& after : destroyed) {
      if (unwinds) --after.state.unwinding;
      if (after.completion == Completion::kThrow && unwinds) {
        // Of two exceptions at once the process ends.
        after.completion = Completion::kEnd;
        after.value = Value::String(kByExit);
      } else if (after.completion == Completion::kValue) {
        after.completion = result.completion;
        after.value = result.value;
      }
      all.push_back(std::move(after));
    }
  }
  return all;
}

Results Interpreter::DestroyObject(const Place& unresolved, const std::string& type, State state) {
  const Place place = state.memory.Resolve(unresolved);
  const Value object = state.memory.Read(place);
  if (!HasDestructor(type)) return DestroyOwned(place, type, std::move(state));
  if (object.Is(Kind::kList)) {
    Results results = One(std::move(state));
    for (std::size_t i = object.elements().size(); i-- > 0;) {
      const Place element = place.Element(i);
      results = Then(std::move(results), [&](State next, Value) {
        return DestroyObject(element, type, std::move(next));
      });
    }
    return results;
  }
  const ClassFacts* facts = program_.ClassOf(type);
  const FunctionRef destructor =
      program_.FindFunction(*frames_.back().function.file, facts->destructor);
  if (!destructor) {
    if (state.fault && state.fault->blind.empty() && object.from_fault) {
      state.fault->blind = "destroys a " + facts->name + ", whose destructor was not seen";
    }
    state.memory.ForgetReferredTo(Value::Pointer(place));
    return One(std::move(state));
  }
  SetClass(place, type, state);
  return InvokeFunction(destructor, Value::Pointer(place), {}, std::move(state));
}

}  // namespace filibuster
