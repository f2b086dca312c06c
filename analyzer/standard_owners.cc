#include <algorithm>
#include <utility>

#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- std::unique_ptr and std::shared_ptr of what has a destructor, or with a deleter: pointers
// that own; and containers of the like: lists, as long as they are short -------------------------

namespace {

constexpr std::size_t kMaxElements = 8;
constexpr char kBadWeakPointer[] = "std::bad_weak_ptr";

// Of a method, or of a constructor.
const std::string& ClassOf(const Standard& standard) {
  return standard.call.link.callee->class_usr;
}

bool IsShared(const Standard& standard) {
  return standard.call.link.callee->name.find("shared_ptr") != std::string::npos;
}

// What is handed beside the pointer, or what its class says that deletes it.
Values DeleterOf(const Standard& standard) {
  if (standard.size() >= 2) return {standard.Argument(1)};
  if (IsShared(standard)) return {};
  const std::string type = standard.interpreter.OwnedType(ClassOf(standard), 1);
  if (type.empty()) return {};
  return {Value::Of(Object{.type = type, .fields = {}})};
}

// What a smart pointer is that is made of a pointer, or of another one.
Value OwnerOf(const Standard& standard, const Value& pointer) {
  if (!pointer.Is(Kind::kPointer)) return pointer;
  if (pointer.IsOwner()) {
    Owned owned = pointer.owned();
    owned.is_shared = IsShared(standard);
    return Value::Owner(std::move(owned)).Taint(pointer);
  }
  Values deleter = DeleterOf(standard);
  if (deleter.empty() && !standard.interpreter.IsOwnerClass(ClassOf(standard))) return pointer;
  return Value::Owner({pointer.place(), IsShared(standard), false, std::move(deleter)})
      .Taint(pointer);
}

Values WithoutLast(Values elements, bool is_first) {
  elements.erase(is_first ? elements.begin() : elements.end() - 1);
  return elements;
}

// Of what is not there it throws.
Results MakeOfWeakPointer(const Standard& standard) {
  const Value weak = standard.Argument(0);
  if (weak.Is(Kind::kNull)) return standard.Throw(kBadWeakPointer, weak);
  const bool is_pointer = weak.Is(Kind::kPointer);
  if (is_pointer && standard.state.memory.Find(weak.place().root) == nullptr) {
    return standard.Throw(kBadWeakPointer, weak);
  }
  if (is_pointer && standard.interpreter.IsOwned(weak.place().root, standard.state)) {
    return standard.Give(Value::Owner({weak.place(), true, false, {}}));
  }
  return standard.GiveOrThrow(weak, kBadWeakPointer, weak);
}

Results Nowhere(Results results) {
  for (Result& result : results) {
    if (result.completion == Completion::kValue) result.value = Value::Unknown("nothing");
  }
  return results;
}

}  // namespace

Results MakeUniquePointer(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::Null());
  return standard.Give(OwnerOf(standard, standard.Argument(0)));
}

// Of an owner and a pointer to a part of what it owns it is the pointer. A null pointer is deleted,
// too, by what it is handed for that.
Results MakeSharedPointer(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::Null());
  if (standard.call.link.callee->usr.find("@N@std@S@weak_ptr") != std::string::npos) {
    return MakeOfWeakPointer(standard);
  }
  const Value first = standard.Argument(0);
  const Value second = standard.size() >= 2 ? standard.Argument(1) : Value();
  const bool has_deleter = second.Is(Kind::kFunction) || second.Is(Kind::kObject);
  if (standard.size() == 1 || (has_deleter && !first.Is(Kind::kNull))) {
    return first.Is(Kind::kPointer) ? standard.Give(OwnerOf(standard, first))
                                    : FirstArgument(standard);
  }
  if (has_deleter) {
    const Place nowhere = standard.interpreter.Allocate(standard.call.node);
    standard.state.memory.Set(nowhere.root, Value::Null());
    return standard.Give(Value::Owner({nowhere, true, true, {second}}));
  }
  if (second.Is(Kind::kPointer) && first.IsOwner() && first.place().root == second.place().root) {
    return standard.Give(Value::Owner({second.place(), true, false, first.owned().deleter}));
  }
  standard.state.memory.Escape(first);
  if (second.Is(Kind::kPointer)) return standard.Give(second);
  return standard.GiveFromAll(Value::Unknown("a pointer"));
}

// It has something else from now on; what it had goes.
Results ResetOwner(const Standard& standard) {
  const Value old = standard.Self();
  Value now = standard.size() > 0 ? OwnerOf(standard, standard.Argument(0)) : Value::Null();
  const bool keeps_deleter = standard.size() == 1 && !IsShared(standard) && old.IsOwner();
  if (now.Is(Kind::kPointer) && keeps_deleter && !old.owned().deleter.empty()) {
    now = Value::Owner({now.place(), false, false, old.owned().deleter});
  }
  standard.SetSelf(std::move(now));
  const std::string& type = ClassOf(standard);
  if (!standard.interpreter.IsOwnerClass(type) && !standard.interpreter.Owns(old)) {
    return standard.Give({});
  }
  return standard.interpreter.Discard(old, type, std::move(standard.state));
}

Results Release(const Standard& standard) {
  const Value old = standard.Self();
  standard.SetSelf(Value::Null());
  return standard.Give(old.IsOwner() ? Value::Pointer(old.place()).Taint(old) : old);
}

// What it had goes before it is made anew.
Results EmplaceOwned(const Standard& standard) {
  const Value old = standard.Self();
  if (!standard.interpreter.IsOwnerClass(ClassOf(standard))) return Emplace(standard);
  standard.SetSelf(Value::Null());
  Results all;
  for (Result& result :
       standard.interpreter.Discard(old, ClassOf(standard), std::move(standard.state))) {
    if (result.completion == Completion::kValue) {
      Append(all, Emplace({standard.interpreter, standard.call, result.state}));
    } else {
      all.push_back(std::move(result));
    }
  }
  return all;
}

Results ClearOwned(const Standard& standard) {
  const Value old = standard.Self();
  Results results = Clear(standard);
  const bool owns =
      standard.interpreter.IsOwnerClass(ClassOf(standard)) || standard.interpreter.Owns(old);
  if (!owns) return results;
  return Nowhere(
      standard.interpreter.Discard(old, ClassOf(standard), std::move(results.front().state)));
}

// pop_back(), pop_front() and pop().
Results PopElement(const Standard& standard) {
  const Value old = standard.Self();
  const std::string& name = standard.call.link.callee->name;
  const bool is_followed =
      old.Is(Kind::kList) && !old.elements().empty() && !name.ends_with("::pop");
  if (!is_followed) {
    standard.SetSelf(Value::Unknown("a container whose elements change").Taint(old));
    return Nowhere(standard.interpreter.LoseOwned(ClassOf(standard), std::move(standard.state)));
  }
  const bool is_first = name.ends_with("pop_front");
  const Value gone = is_first ? old.elements().front() : old.elements().back();
  standard.SetSelf(Value::List(WithoutLast(old.elements(), is_first)).Taint(old));
  return Nowhere(standard.interpreter.Discard(
      gone, standard.interpreter.OwnedType(ClassOf(standard), 0), std::move(standard.state)));
}

// An element of a container whose elements have destructors; nullopt: it is not followed. What a
// vector moves when it grows is not, but for pointers.
std::optional<Results> AddOwned(const Standard& standard) {
  const std::string& type = ClassOf(standard);
  if (!standard.interpreter.IsOwnerClass(type) || standard.size() != 1) return std::nullopt;
  const std::string& name = standard.call.link.callee->name;
  const Value list = standard.Self();
  const Value added = standard.Kept(0);
  const bool is_empty = list.IsCompleteString() && list.text().empty();
  if ((!is_empty && !list.Is(Kind::kList)) || added.Is(Kind::kUnknown)) return std::nullopt;
  Values elements = is_empty ? Values() : list.elements();
  const bool is_back = name.ends_with("_back");
  if (elements.size() >= kMaxElements || (!is_back && !name.ends_with("_front"))) {
    return std::nullopt;
  }
  const bool grows =
      name.starts_with("std::vector::") && !elements.empty() && !standard.interpreter.Owns(added);
  const bool has_objects = std::ranges::any_of(
      elements, [](const Value& one) { return !one.IsOwner() && !one.Is(Kind::kNull); });
  if (grows || (name.starts_with("std::vector::") && has_objects)) {
    standard.SetSelf(FilledContainer().Taint(list));
    standard.state.memory.Escape(list);
    standard.state.memory.Escape(added);
    return Nowhere(standard.interpreter.LoseOwned(type, std::move(standard.state)));
  }
  const std::size_t at = is_back ? elements.size() : 0;
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(at), added);
  standard.SetSelf(Value::List(std::move(elements)).Taint(list));
  const Value& where = standard.call.arguments[0];
  if (!where.Is(Kind::kAlias)) return standard.Give(Value::Unknown("an element"));
  return standard.Give(Value::Alias(standard.state.memory.Resolve(where.place()).Element(at)));
}

// The elements that a number counts are not known.
Results MakeVector(const Standard& standard) {
  const bool counts = standard.size() > 0 && !standard.Argument(0).Is(Kind::kList) &&
                      standard.interpreter.IsOwnerClass(ClassOf(standard));
  return counts ? standard.GiveFromAll(Value::Unknown("a container")) : FirstArgument(standard);
}

// It owns nothing itself.
Results MakeWeakPointer(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::Null());
  const Value pointer = standard.Argument(0);
  if (!pointer.IsOwner()) return FirstArgument(standard);
  return standard.Give(Value::Pointer(pointer.place()).Taint(pointer));
}

// What nobody owns any more is not there.
Results LockPointer(const Standard& standard) {
  const Value self = standard.Self();
  if (!self.Is(Kind::kPointer)) {
    return standard.Give(Value::Choice({Value::Null(), self}).Taint(self));
  }
  if (standard.state.memory.Find(self.place().root) == nullptr) return standard.Give(Value::Null());
  const Value owner = Value::Owner({self.place(), true, false, {}});
  if (standard.interpreter.IsOwned(self.place().root, standard.state)) return standard.Give(owner);
  return standard.Give(Value::Choice({Value::Null(), self}).Taint(self));
}

}  // namespace filibuster::standard
