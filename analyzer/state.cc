#include "analyzer/state.h"

#include <algorithm>
#include <climits>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace filibuster {
namespace {

constexpr int kMaxAliases = 16;

// The value of the rest of the path within `value`. An alias on the way ends the walk: nullptr.
Value ReadPath(const Value& value, const std::vector<std::string>& path, std::size_t from) {
  if (from == path.size()) return value;
  if (!value.Is(Value::Kind::kObject)) {
    Value unknown =
        value.Is(Value::Kind::kUnknown) ? value : Value::Unknown("the field " + path[from]);
    return unknown.Taint(value);
  }
  const auto field = value.object().fields.find(path[from]);
  if (field == value.object().fields.end()) return Value::Unknown("the field " + path[from]);
  return ReadPath(field->second, path, from + 1);
}

Value WithPath(const Value& value, const std::vector<std::string>& path, std::size_t from,
               Value written) {
  if (from == path.size()) return written;
  Object object;
  if (value.Is(Value::Kind::kObject)) object = value.object();
  Value& field = object.fields[path[from]];
  field = WithPath(field, path, from + 1, std::move(written));
  return Value::Of(std::move(object)).Taint(value);
}

// The value, and what it is made of, with that field of such objects not known; nothing if it has
// none.
std::optional<Value> WithoutField(const Value& value, const std::string& field,
                                  const std::function<bool(const Object&)>& may_be) {
  if (value.Is(Value::Kind::kList) || value.Is(Value::Kind::kChoice)) {
    Values elements = value.elements();
    bool is_changed = false;
    for (Value& element : elements) {
      auto changed = WithoutField(element, field, may_be);
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
    auto changed = name == field && may_be(object)
                       ? std::optional(Value::Unknown("the field " + field).Taint(part))
                       : WithoutField(part, field, may_be);
    is_changed = is_changed || changed;
    if (changed) part = *std::move(changed);
  }
  if (!is_changed) return std::nullopt;
  return Value::Of(std::move(object)).Taint(value);
}

std::uint64_t HashOf(const Root& root, const Value& value) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  const auto frame = static_cast<std::uint64_t>(root.frame);
  const auto variable = static_cast<std::uint64_t>(root.variable);
  return ((frame << 32U) ^ variable ^ (value.Hash() << 1U)) * kOdd;
}

// The values that a value is made of; the place that it refers to, if it does.
const Place* AddParts(const Value& value, std::vector<const Value*>& parts) {
  switch (value.kind()) {
    case Value::Kind::kPointer:
    case Value::Kind::kAlias:
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

}  // namespace

const Value* Memory::Find(const Root& root) const {
  const auto it = values_->find(root);
  return it == values_->end() ? nullptr : &it->second;
}

std::map<Root, Value>& Memory::Mutable() {
  if (values_.use_count() > 1) values_ = std::make_shared<std::map<Root, Value>>(*values_);
  return *values_;
}

void Memory::Set(const Root& root, Value value) {
  std::map<Root, Value>& values = Mutable();
  hash_ += HashOf(root, value);
  const auto [entry, is_new] = values.try_emplace(root);
  if (!is_new) hash_ -= HashOf(root, entry->second);
  entry->second = std::move(value);
}

void Memory::Erase(const Root& root) {
  const Value* value = Find(root);
  if (value == nullptr) return;
  hash_ -= HashOf(root, *value);
  Mutable().erase(root);
}

void Memory::DropFrames(int depth) {
  const auto first = values_->lower_bound({.frame = depth, .variable = INT_MIN});
  if (first == values_->end()) return;
  const Root root = first->first;
  for (auto it = first; it != values_->end(); ++it) hash_ -= HashOf(it->first, it->second);
  std::map<Root, Value>& values = Mutable();
  values.erase(values.find(root), values.end());
}

void Memory::DropTemporaries(int depth) {
  std::vector<Root> roots;
  for (auto it = values_->lower_bound({.frame = depth, .variable = INT_MIN});
       it != values_->end() && it->first.frame == depth && it->first.variable < 0; ++it) {
    roots.push_back(it->first);
  }
  for (const Root& root : roots) Erase(root);
}

std::vector<int> Memory::HeapVariables() const {
  std::vector<int> variables;
  const Root first{.frame = Root::kHeap, .variable = INT_MIN};
  for (auto it = values_->lower_bound(first); it != values_->end(); ++it) {
    if (it->first.frame != Root::kHeap) break;
    variables.push_back(it->first.variable);
  }
  return variables;
}

void Memory::DropUnreachable(const std::vector<int>& old, const std::vector<Value>& referring) {
  std::vector<int> added;
  std::ranges::set_difference(HeapVariables(), old, std::back_inserter(added));
  if (added.empty()) return;
  std::set<int> unreached(added.begin(), added.end());
  std::vector<const Value*> open;
  for (const Value& value : referring) open.push_back(&value);
  for (const auto& [root, value] : *values_) {
    if (root.frame != Root::kHeap || !unreached.contains(root.variable)) open.push_back(&value);
  }
  while (!open.empty() && !unreached.empty()) {
    const Value& value = *open.back();
    open.pop_back();
    const Place* place = AddParts(value, open);
    if (place == nullptr || place->root.frame != Root::kHeap) continue;
    if (unreached.erase(place->root.variable) > 0) open.push_back(Find(place->root));
  }
  for (const int variable : unreached) Erase({Root::kHeap, variable});
}

Place Memory::Resolve(Place place) const {
  for (int i = 0; i < kMaxAliases; ++i) {
    const Value* value = Find(place.root);
    if (value == nullptr) return place;
    std::size_t used = 0;
    while (!value->Is(Value::Kind::kAlias) && used < place.path.size() &&
           value->Is(Value::Kind::kObject)) {
      const auto field = value->object().fields.find(place.path[used]);
      if (field == value->object().fields.end()) return place;
      value = &field->second;
      ++used;
    }
    if (!value->Is(Value::Kind::kAlias)) return place;
    Place target = value->place();
    target.path.insert(target.path.end(), place.path.begin() + static_cast<std::ptrdiff_t>(used),
                       place.path.end());
    place = std::move(target);
  }
  return place;
}

Value Memory::Read(const Place& unresolved) const {
  const Place place = Resolve(unresolved);
  const Value* value = Find(place.root);
  if (value == nullptr) return Value::Unknown("a variable whose value is not followed");
  return ReadPath(*value, place.path, 0);
}

void Memory::Write(const Place& unresolved, Value value) {
  const Place place = Resolve(unresolved);
  const Value* old = Find(place.root);
  Set(place.root, WithPath(old != nullptr ? *old : Value(), place.path, 0, std::move(value)));
}

void Memory::ForgetFields(const std::string& field,
                          const std::function<bool(const Object&)>& may_be) {
  std::vector<std::pair<Root, Value>> changed;
  for (const auto& [root, value] : *values_) {
    if (auto without = WithoutField(value, field, may_be)) changed.emplace_back(root, *without);
  }
  for (auto& [root, value] : changed) Set(root, std::move(value));
}

bool Memory::operator==(const Memory& other) const {
  return hash_ == other.hash_ && (values_ == other.values_ || *values_ == *other.values_);
}

}  // namespace filibuster
