#include "analyzer/memory.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace filibuster {
namespace {

constexpr int kMaxAliases = 16;

// The value of the rest of the path within `value`. An alias on the way ends the walk: nullptr.
Value ReadPath(const Value& value, const std::vector<std::string>& path, std::size_t from) {
  if (from == path.size()) return value;
  if (value.Is(Value::Kind::kChoice)) {
    Values parts;
    for (const Value& one : value.elements()) parts.push_back(ReadPath(one, path, from));
    return Value::Choice(parts).Taint(value);
  }
  if (IsElement(path[from])) {
    const auto index = ElementIndex(path[from]);
    const Value at = index ? Value::Int(static_cast<std::int64_t>(*index)) : Value();
    return ReadPath(ElementOf(value, at), path, from + 1);
  }
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
  if (IsElement(path[from])) {
    const auto index = ElementIndex(path[from]);
    if (value.Is(Value::Kind::kObject)) return value;  // of which no elements are known
    if (!index || !value.Is(Value::Kind::kList) || *index >= value.elements().size()) {
      return Value::Unknown("a variable whose elements change").Taint(value).Taint(written);
    }
    Values elements = value.elements();
    elements[*index] = WithPath(elements[*index], path, from + 1, std::move(written));
    return Value::List(std::move(elements)).Taint(value);
  }
  Object object;
  if (value.Is(Value::Kind::kObject)) object = value.object();
  Value& field = object.fields[path[from]];
  field = WithPath(field, path, from + 1, std::move(written));
  return Value::Of(std::move(object)).Taint(value);
}

std::uint64_t HashOf(const Root& root, const Value& value) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  const auto frame = static_cast<std::uint64_t>(root.frame);
  const auto variable = static_cast<std::uint64_t>(root.variable);
  return ((frame << 32U) ^ variable ^ (value.Hash() << 1U)) * kOdd;
}

// The field or element itself; nullptr: it is not known.
const Value* PartOf(const Value& value, const std::string& part) {
  if (IsElement(part)) {
    const auto index = ElementIndex(part);
    const bool is_there = index && value.Is(Value::Kind::kList) && *index < value.elements().size();
    return is_there ? &value.elements()[*index] : nullptr;
  }
  if (!value.Is(Value::Kind::kObject)) return nullptr;
  const auto field = value.object().fields.find(part);
  return field == value.object().fields.end() ? nullptr : &field->second;
}

}  // namespace

std::string ElementPart(std::int64_t index) { return "[" + std::to_string(index) + "]"; }

std::optional<std::size_t> ElementIndex(const std::string& part) {
  std::size_t index = 0;
  const char* end = part.data() + part.size() - 1;
  const auto parsed = std::from_chars(part.data() + 1, end, index);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return index;
}

Place Place::Part(const std::string& part) const {
  Place place = *this;
  if (!part.empty()) place.path.push_back(part);
  return place;
}

Place Place::Element(std::size_t index) const {
  return Part(ElementPart(static_cast<std::int64_t>(index)));
}

Place WithoutElements(Place place) {
  while (!place.path.empty() && IsElement(place.path.back())) place.path.pop_back();
  return place;
}

const Value* Memory::Find(const Root& root) const {
  const auto it = values_->find(root);
  return it == values_->end() ? nullptr : &it->second;
}

std::map<Root, Value>& Memory::Mutable() {
  if (values_.use_count() > 1) values_ = std::make_shared<std::map<Root, Value>>(*values_);
  return *values_;
}

void Memory::Set(const Root& root, Value value) {
  has_escaped_ = has_escaped_ || value.has_escaped || value.is_elsewhere;
  std::map<Root, Value>& values = Mutable();
  hash_ += HashOf(root, value);
  const auto [entry, is_new] = values.try_emplace(root);
  if (!is_new) hash_ -= HashOf(root, entry->second);
  entry->second = std::move(value);
}

void Memory::Replace(const Root& root, Value value) {
  const Value* old = Find(root);
  value.has_escaped = old != nullptr && old->has_escaped;
  value.is_elsewhere = old != nullptr && old->is_elsewhere;
  Set(root, std::move(value));
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
    const Place* place = AddValues(value, open);
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
    while (!value->Is(Value::Kind::kAlias) && used < place.path.size()) {
      value = PartOf(*value, place.path[used]);
      if (value == nullptr) return place;
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
  Value read = ReadPath(*value, place.path, 0);
  read.has_escaped = false;
  read.is_elsewhere = false;
  return read;
}

void Memory::Write(const Place& unresolved, Value value) {
  const Place place = Resolve(unresolved);
  const Value* old = Find(place.root);
  // What a pointer pointed to that is not known any more may be pointed to still.
  if (old != nullptr && value.Is(Value::Kind::kUnknown)) Escape(ReadPath(*old, place.path, 0));
  old = Find(place.root);
  Value whole = WithPath(old != nullptr ? *old : Value(), place.path, 0, value);
  // So may what was written to an element that is not known, and to the others.
  if (std::ranges::any_of(place.path, IsElement) && ReadPath(whole, place.path, 0) != value) {
    Escape(value);
    if (old != nullptr) Escape(*old);
  }
  const bool is_shared = old != nullptr && (old->has_escaped || old->is_elsewhere);
  Replace(place.root, std::move(whole));
  if (is_shared) WroteTo(place);
}

bool Memory::operator==(const Memory& other) const {
  return hash_ == other.hash_ && (values_ == other.values_ || *values_ == *other.values_);
}

}  // namespace filibuster
