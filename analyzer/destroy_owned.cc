// What owners destroy when they go, or give up what they own: smart pointers what they point to,
// containers their elements, closures what they have captured. What a value is says what it owns;
// what it is declared as only counts where the value is not known.
#include <algorithm>
#include <climits>
#include <ranges>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

constexpr char kNamedFunction[] = "the function ";  // of a function that is declared only

// Its destructor lets out what those of its parts throw.
bool LetsThrow(std::string_view name) {
  return name == "std::pair" || name == "std::tuple" || name == "std::array" ||
         !name.starts_with("std::");
}

// Which of a template's arguments is the type of that field.
std::size_t ArgumentOf(const std::string& field) {
  if (field == "second" || field == kError) return 1;
  return field.find_first_not_of("0123456789") == std::string::npos ? std::stoul(field) : 0;
}

Results EndedBy(Results results, std::string_view owner) {
  for (Result& result : results) {
    if (result.completion == Completion::kThrow && !LetsThrow(owner)) {
      result.completion = Completion::kEnd;
      result.value = Value::String(kByNoexcept);
    }
    if (result.completion == Completion::kValue) result.value = {};
  }
  return results;
}

}  // namespace

Results Interpreter::DestroyOwned(const Place& unresolved, const std::string& type, State state) {
  const Place place = state.memory.Resolve(unresolved);
  const Value value = state.memory.Read(place);
  const std::string& name = program_.TypeName(type);
  switch (value.kind()) {
    case Kind::kUnknown:
      return LoseOwned(type, std::move(state));
    case Kind::kPointer:
      if (!value.IsOwner()) {
        return IsSmartPointer(name) ? LoseOwned(type, std::move(state)) : One(std::move(state));
      }
      state.memory.Write(place, Value::Null());
      return EndedBy(DeletePointed(value, type, std::move(state)), name);
    case Kind::kChoice:
      return DestroyAlternatives(place, value, type, std::move(state));
    case Kind::kList:
      return EndedBy(DestroyElements(place, value, type, std::move(state)), name);
    case Kind::kObject:
      if (value.object().type.empty()) {
        return EndedBy(DestroyFields(place, value, type, std::move(state)), name);
      }
      if (IsOwnerClass(value.object().type)) {
        // A std::array is made as an aggregate; of others it was not seen how they are made.
        return value.object().fields.empty()
                   ? LoseOwned(value.object().type, std::move(state))
                   : EndedBy(DestroyFields(place, value, value.object().type, std::move(state)),
                             name);
      }
      if (!HasDestructor(value.object().type)) return One(std::move(state));
      return EndedBy(DestroyObject(place, value.object().type, std::move(state)), name);
    case Kind::kFunction:
      state.memory.Write(place, Value::Null());
      return DestroyCaptures(value, type, std::move(state));
    default:
      return One(std::move(state));
  }
}

Results Interpreter::DestroyAlternatives(const Place& place, const Value& choice,
                                         const std::string& type, State state) {
  LeaveOpen(state, frames_.back().at, choice);
  Results results;
  for (const Value& one : choice.elements()) {
    State other = state;
    other.memory.Write(place, one);
    Append(results, DestroyOwned(place, type, std::move(other)));
  }
  return Join(std::move(results));
}

// Arrays from the last element on, other containers from the first.
Results Interpreter::DestroyElements(const Place& place, const Value& list, const std::string& type,
                                     State state) {
  const std::size_t size = list.elements().size();
  const bool is_array = !IsSequence(program_.TypeName(type));
  Results results = One(std::move(state));
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t index = is_array ? size - 1 - i : i;
    if (list.elements()[index].Is(Kind::kAlias)) continue;
    // A map's are pairs, which its class does not name.
    const bool is_pair = list.elements()[index].Is(Kind::kObject) &&
                         list.elements()[index].object().fields.contains("first");
    const std::string element = is_pair ? type : OwnedType(type, 0);
    results = Then(std::move(results), [&](State next, Value) {
      return DestroyOwned(place.Element(index), element, std::move(next));
    });
  }
  return results;
}

// Of an optional, a pair, a tuple, a std::array.
Results Interpreter::DestroyFields(const Place& place, const Value& object, const std::string& type,
                                   State state) {
  const std::map<std::string, Value>& fields = object.object().fields;
  if (fields.contains(kFilled)) return LoseOwned(type, std::move(state));
  const auto has = fields.find(kHas);
  if (has != fields.end() && AsCondition(has->second) == Truth::kUnknown) {
    return LoseOwned(type, std::move(state));
  }
  std::vector<std::string> names;
  for (const auto& [name, field] : fields) {
    if (field.Is(Kind::kAlias) || name == kHas) continue;
    names.push_back(name);
  }
  // A tuple's are numbers, and go in their order.
  if (program_.TypeName(type) != "std::tuple") std::ranges::reverse(names);
  Results results = One(std::move(state));
  for (const std::string& name : names) {
    const bool is_array = fields.at(name).Is(Kind::kList) && fields.size() == 1;
    const std::string part = is_array ? type : OwnedType(type, ArgumentOf(name));
    results = Then(std::move(results), [&](State next, Value) {
      return DestroyOwned(place.Part(name), part, std::move(next));
    });
  }
  return results;
}

Results Interpreter::DestroyCaptures(const Value& closure, const std::string& type, State state) {
  Results results = One(std::move(state));
  const auto& captures = closure.closure().captures;
  for (std::size_t i = captures.size(); i-- > 0;) {
    const Value& captured = captures[i].second;
    const std::string held = OwnedType(type, i);
    const bool may_own = Owns(captured) || (captured.Is(Kind::kUnknown) && !held.empty());
    if (!may_own || captures[i].first == kThisVariable) continue;
    results = Then(std::move(results),
                   [&](State next, Value) { return Discard(captured, held, std::move(next)); });
  }
  for (const Value& bound : closure.closure().bound) {
    if (bound.Is(Kind::kAlias) || !Owns(bound)) continue;
    results = Then(std::move(results),
                   [&](State next, Value) { return Discard(bound, "", std::move(next)); });
  }
  return results;
}

// A value that is nowhere else any more.
Results Interpreter::Discard(Value value, const std::string& type, State state) {
  const Root root{Depth(), INT_MIN + 1 + discarded_++};
  state.memory.Set(root, std::move(value));
  Results results = DestroyOwned({root, {}}, type, std::move(state));
  --discarded_;
  for (Result& result : results) result.state.memory.Erase(root);
  return results;
}

Results Interpreter::Destroy(const Value& value, Results ended) {
  const Root root{Depth(), INT_MIN + 1 + discarded_++};
  for (Result& result : ended) result.state.memory.Set(root, value);
  Results results = Destroy({root, {}}, "", std::move(ended));
  --discarded_;
  for (Result& result : results) result.state.memory.Erase(root);
  return results;
}

// After an assignment: what is assigned over stays, what is not there any more goes.
Results Interpreter::DestroyReplaced(const Value& old, const Value& now, const std::string& type,
                                     State state) {
  const bool is_array =
      old.Is(Kind::kList) && now.Is(Kind::kList) && !IsSequence(program_.TypeName(type));
  const bool are_objects =
      old.Is(Kind::kObject) && now.Is(Kind::kObject) && old.object().type == now.object().type;
  if (is_array && old.elements().size() == now.elements().size()) {
    Results results = One(std::move(state));
    for (std::size_t i = 0; i < old.elements().size(); ++i) {
      results = Then(std::move(results), [&](State next, Value) {
        return DestroyReplaced(old.elements()[i], now.elements()[i], OwnedType(type, 0),
                               std::move(next));
      });
    }
    return results;
  }
  if (!are_objects) return Discard(old, type, std::move(state));
  const std::map<std::string, Value>& fields = old.object().fields;
  const bool is_emptied = fields.contains(kHas) && !now.object().fields.contains(kHeld);
  if (fields.contains(kFilled) || is_emptied) return Discard(old, type, std::move(state));
  Results results = One(std::move(state));
  for (const auto& [name, field] : fields) {
    const auto other = now.object().fields.find(name);
    if (other == now.object().fields.end() || !Owns(field)) continue;
    results = Then(std::move(results), [&](State next, Value) {
      const std::string part = field.Is(Kind::kList) ? type : OwnedType(type, ArgumentOf(name));
      return DestroyReplaced(field, other->second, part, std::move(next));
    });
  }
  return results;
}

Results Interpreter::DeletePointed(const Value& owner, const std::string& type, State state) {
  const Owned& owned = owner.owned();
  if (owned.is_shared) {
    if (IsOwned(owned.root, state)) return One(std::move(state));
    const Value* object = state.memory.Find(owned.root);
    if (object != nullptr && object->has_escaped) {
      const std::string known = object->Is(Kind::kObject) ? object->object().type : type;
      if (known.empty() && state.fault && state.fault->blind.empty()) {
        state.fault->blind = "what a pointer owns was not followed";
      }
      return LoseOwned(known, std::move(state));
    }
  }
  if (!owned.deleter.empty()) return CallDeleter(owned, type, std::move(state));
  if (state.memory.Find(owned.root) == nullptr) return LoseOwned(type, std::move(state));
  const Root root = owned.root;
  const bool is_whole = owned.path.empty() && root.frame == Root::kHeap;
  const std::string pointed = IsSmartPointer(program_.TypeName(type)) ? OwnedType(type, 0) : type;
  return Then(DestroyOwned({root, owned.path}, pointed, std::move(state)), [&](State next, Value) {
    if (is_whole) next.memory.Erase(root);
    return One(std::move(next));
  });
}

Results Interpreter::CallDeleter(const Owned& owned, const std::string& type, State state) {
  const Value& deleter = owned.deleter.front();
  // One of a library deletes what is the library's.
  if (deleter.Is(Kind::kUnknown) && deleter.text().starts_with(kNamedFunction)) {
    return One(std::move(state));
  }
  const Place self{{Depth(), INT_MIN + 1 + discarded_}, {}};
  const Value called = AsFunction(deleter, self);
  if (!called.Is(Kind::kFunction) && !AreFunctions(called)) {
    return LoseOwned(type, std::move(state));
  }
  state.memory.Set(self.root, deleter);
  ++discarded_;
  const Value pointer = owned.is_null ? Value::Null() : Value::Pointer({owned.root, owned.path});
  Results results = Invoke(called, {pointer}, std::move(state));
  --discarded_;
  for (Result& result : results) result.state.memory.Erase(self.root);
  return results;
}

Results Interpreter::EvaluateDelete(const Node& node, State state) {
  return Then(EvaluateLoaded(node.kids[0], std::move(state)), [&](State next, Value pointer) {
    frames_.back().at = node.position;
    if (pointer.Is(Kind::kPointer)) {
      pointer = Value::Owner({pointer.place(), false, false, {}});
    }
    const bool is_known = pointer.Is(Kind::kPointer) || pointer.Is(Kind::kNull);
    if (!is_known && next.fault && next.fault->blind.empty()) {
      next.fault->blind = "deletes what a pointer points to that is not known";
    }
    return Discard(std::move(pointer), node.type, std::move(next));
  });
}

// A variable that is declared as nothing that owns, such as a std::function.
Results Interpreter::LeaveVariable(const Root& root, Results ended) {
  static const std::string kNothing;
  Results all;
  for (Result& result : ended) {
    const Value* value = result.state.memory.Find(root);
    const auto may_own = [](const Value& one) {
      return one.Is(Kind::kFunction) || (one.IsOwner() && !one.owned().deleter.empty());
    };
    const bool is_list = value != nullptr && value->Is(Kind::kList) &&
                         std::ranges::any_of(value->elements(), may_own);
    Results one;
    const bool owns = value != nullptr && (is_list || may_own(*value)) && Owns(*value);
    one.push_back(std::move(result));
    Append(all, owns ? Destroy({root, {}}, kNothing, std::move(one)) : std::move(one));
  }
  return all;
}

}  // namespace filibuster
