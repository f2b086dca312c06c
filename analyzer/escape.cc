// What may be changed by what is not followed, and is not known after it.
#include <map>
#include <set>
#include <utility>

#include "analyzer/library_fields.h"
#include "analyzer/memory.h"

namespace filibuster {
namespace {

// The value, and what it is made of, with that field of such objects not known; nothing if it has
// none. What a field that is a reference refers to is one of `referred`.
std::optional<Value> WithoutField(const Value& value, const std::string& field,
                                  const std::function<bool(const Object&)>& may_be,
                                  std::vector<Place>& referred) {
  if (value.Is(Value::Kind::kList) || value.Is(Value::Kind::kChoice)) {
    Values elements = value.elements();
    bool is_changed = false;
    for (Value& element : elements) {
      auto changed = WithoutField(element, field, may_be, referred);
      is_changed = is_changed || changed;
      if (changed) element = *std::move(changed);
    }
    if (!is_changed) return std::nullopt;
    Value all = value.Is(Value::Kind::kList) ? Value::List(elements) : Value::Choice(elements);
    return all.Taint(value);
  }
  if (!value.Is(Value::Kind::kObject)) return std::nullopt;
  Object object = value.object();
  bool is_changed = false;
  for (auto& [name, part] : object.fields) {
    if (part.Is(Value::Kind::kAlias)) {
      if (name == field && may_be(object)) referred.push_back(part.place());
      continue;
    }
    auto changed = name == field && may_be(object)
                       ? std::optional(Value::Unknown("the field " + field).Taint(part))
                       : WithoutField(part, field, may_be, referred);
    is_changed = is_changed || changed;
    if (changed) part = *std::move(changed);
  }
  if (!is_changed) return std::nullopt;
  return Value::Of(std::move(object)).Taint(value);
}

// Its numbers, texts and pointers, and those of what it is made of; not which place a reference is
// to, nor what only a library changes.
std::optional<Value> WithoutContents(const Value& value,
                                     const std::function<bool(const Value&)>& may_be) {
  const auto change = [&](Value& part, bool& is_changed) {
    auto changed = WithoutContents(part, may_be);
    is_changed = is_changed || changed;
    if (changed) part = *std::move(changed);
  };
  bool is_changed = false;
  if (may_be(value)) {
    if (value.Is(Value::Kind::kUnknown)) return std::nullopt;
    return Value::Unknown("what may be changed unseen").Taint(value);
  }
  if (value.Is(Value::Kind::kList)) {
    Values elements = value.elements();
    for (Value& element : elements) change(element, is_changed);
    if (is_changed) return Value::List(std::move(elements)).Taint(value);
  } else if (value.Is(Value::Kind::kObject)) {
    Object object = value.object();
    for (auto& [name, part] : object.fields) {
      if (!IsSetting(name)) change(part, is_changed);
    }
    if (is_changed) return Value::Of(std::move(object)).Taint(value);
  }
  return std::nullopt;
}

}  // namespace

bool IsContents(const Value& value) {
  return !value.Is(Value::Kind::kObject) && !value.Is(Value::Kind::kList) &&
         !value.Is(Value::Kind::kAlias);
}

const Place* AddValues(const Value& value, std::vector<const Value*>& parts) {
  switch (value.kind()) {
    case Value::Kind::kPointer:
    case Value::Kind::kAlias:
      if (value.IsOwner()) {
        for (const Value& deleter : value.owned().deleter) parts.push_back(&deleter);
      }
      return &value.place();
    case Value::Kind::kObject:
      for (const auto& [name, field] : value.object().fields) parts.push_back(&field);
      break;
    case Value::Kind::kFunction:
      for (const auto& [variable, captured] : value.closure().captures) parts.push_back(&captured);
      for (const Value& bound : value.closure().bound) parts.push_back(&bound);
      break;
    case Value::Kind::kList:
    case Value::Kind::kChoice:
      for (const Value& element : value.elements()) parts.push_back(&element);
      break;
    default:
      break;
  }
  return nullptr;
}

void Memory::Escape(const Root& root) {
  const Value* value = Find(root);
  if (value == nullptr || value->has_escaped) return;
  has_escaped_ = true;
  Mutable().find(root)->second.has_escaped = true;
}

void Memory::Escape(const Value& value) {
  std::vector<const Value*> open = {&value};
  while (!open.empty()) {
    const Value& one = *open.back();
    open.pop_back();
    if (const Place* place = AddValues(one, open)) Escape(Resolve(*place).root);
  }
}

void Memory::SetElsewhere(const Root& root, Value value) {
  value.has_escaped = false;
  value.is_elsewhere = true;
  Set(root, std::move(value));
}

bool Memory::IsElsewhere(const Root& root) const {
  const Value* value = Find(root);
  return value != nullptr && value->is_elsewhere;
}

bool Memory::Cover(const Memory& other,
                   const std::function<Value(const Value&, const Value&)>& one_of) {
  if (values_ == other.values_) return false;
  std::vector<std::pair<Root, Value>> changed;
  for (const auto& [root, value] : other.values()) {
    const bool is_temporary = root.frame >= 0 && root.variable < 0;
    const Value* mine = is_temporary ? nullptr : Find(root);
    // Globals have their first values when they are first named.
    if (mine == nullptr && root.frame == Root::kGlobals) changed.emplace_back(root, value);
    if (mine == nullptr || *mine == value) continue;
    Value one = one_of(*mine, value);
    if (one != *mine) changed.emplace_back(root, std::move(one));
  }
  for (auto& [root, value] : changed) Replace(root, std::move(value));
  return !changed.empty();
}

void Memory::ForgetAll() {
  std::set<Root> roots;
  for (const auto& [root, value] : *values_) roots.insert(root);
  Forget(roots, [](const Value& one) { return WithoutContents(one, IsContents); });
}

bool Memory::AddEscaped(const Memory& other) {
  if (!other.has_escaped_ || values_ == other.values_) return false;
  bool is_new = false;
  for (const auto& [root, value] : other.values()) {
    const Value* mine = value.has_escaped || value.is_elsewhere ? Find(root) : nullptr;
    if (mine == nullptr) continue;
    if (value.has_escaped && !mine->has_escaped) {
      is_new = true;
      Escape(root);
      mine = Find(root);
    }
    if (value.is_elsewhere && !mine->is_elsewhere) {
      is_new = has_escaped_ = true;
      Mutable().find(root)->second.is_elsewhere = true;
    }
  }
  return is_new;
}

void Memory::ForgetEscaped(const std::function<bool(const Value&)>& may_be) {
  ForgetEscaped(nullptr, [&](const Value& value) { return WithoutContents(value, may_be); });
}

std::set<Root> Memory::ReachedFrom(std::vector<const Value*> open) const {
  std::set<Root> reached;
  while (!open.empty()) {
    const Value& one = *open.back();
    open.pop_back();
    const Place* place = AddValues(one, open);
    if (place == nullptr) continue;
    const Root root = Resolve(*place).root;
    const Value* value = Find(root);
    if (value != nullptr && reached.insert(root).second) open.push_back(value);
  }
  return reached;
}

bool Memory::IsReferredTo(const Root& root) const {
  if (Find(root) == nullptr) return false;
  std::vector<const Value*> open;
  for (const auto& [other, value] : *values_) open.push_back(&value);
  while (!open.empty()) {
    const Value& one = *open.back();
    open.pop_back();
    const Place* place = AddValues(one, open);
    if (place != nullptr && place->root == root) return true;
  }
  return false;
}

void Memory::ForgetReferredTo(const Value& value) {
  Escape(value);
  Forget(ReachedFrom({&value}), [](const Value& one) { return WithoutContents(one, IsContents); });
}

// All that can be come to from a variable that has escaped may be changed as well.
void Memory::ForgetEscaped(const Root* written, const Without& without) {
  if (!has_escaped_) return;
  std::vector<const Value*> open;
  std::set<Root> escaped;
  for (const auto& [root, value] : *values_) {
    if (!value.has_escaped && !value.is_elsewhere) continue;
    escaped.insert(root);
    open.push_back(&value);
  }
  std::set<Root> reached = ReachedFrom(std::move(open));
  reached.merge(escaped);
  if (written != nullptr) reached.erase(*written);
  Forget(reached, without);
}

void Memory::Forget(const std::set<Root>& roots, const Without& without) {
  for (const Root& root : roots) {
    const Value old = *Find(root);
    auto left = without(old);
    if (!left) continue;
    Escape(old);
    Escape(root);
    Replace(root, *std::move(left));
  }
}

// A variable that has escaped and a reference to what is not followed may be the same.
void Memory::WroteTo(const Place& place) {
  const bool is_field =
      !place.path.empty() && !IsElement(place.path[0]) && !place.path[0].starts_with('$');
  const auto without = [&](const Value& value) {
    std::vector<Place> referred;
    const auto any = [](const Object&) { return true; };
    if (is_field) return WithoutField(value, place.path[0], any, referred);
    return WithoutContents(value, IsContents);
  };
  if (IsElsewhere(place.root)) {
    ForgetEscaped(&place.root, without);
    return;
  }
  std::vector<std::pair<Root, Value>> changed;
  for (const auto& [root, value] : *values_) {
    if (!value.is_elsewhere || root == place.root) continue;
    if (auto left = without(value)) changed.emplace_back(root, *std::move(left));
  }
  for (auto& [root, value] : changed) Replace(root, std::move(value));
}

void Memory::ForgetFields(const std::string& field,
                          const std::function<bool(const Object&)>& may_be) {
  std::vector<Place> referred;
  std::vector<std::pair<Root, Value>> changed;
  for (const auto& [root, value] : *values_) {
    auto without = WithoutField(value, field, may_be, referred);
    if (without) changed.emplace_back(root, *std::move(without));
  }
  for (auto& [root, value] : changed) Replace(root, std::move(value));
  for (const Place& place : referred) Write(place, Value::Unknown("what a field refers to"));
}

}  // namespace filibuster
