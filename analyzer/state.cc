#include "analyzer/state.h"

#include <algorithm>
#include <climits>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analyzer/library_fields.h"

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

// What is known of a value that is one or the other.
Value OneOf(const Value& mine, const Value& theirs) {
  if (mine == theirs) return mine;
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

// Two paths under the same fault as one.
void Widen(State& into, const State& other) {
  Memory memory;
  for (const auto& [root, value] : into.memory.values()) {
    const Value* theirs = other.memory.Find(root);
    if (theirs != nullptr) memory.Set(root, OneOf(value, *theirs));
  }
  into.memory = std::move(memory);
  // In the same clause, and what it took may differ.
  for (std::size_t i = 0; i < std::min(into.handling.size(), other.handling.size()); ++i) {
    Value& taken = into.handling[i];
    if (taken == other.handling[i]) continue;
    taken = Value::Unknown("one of several exceptions").Taint(taken).Taint(other.handling[i]);
  }
  into.listened = into.listened || other.listened;
  for (const auto& [site, count] : other.executions) {
    int& most = into.executions[site];
    if (most != count && into.fault) into.fault->undecided.insert("paths that are not told apart");
    most = std::max(most, count);
  }
  if (!into.fault) return;
  AssumedFault& fault = *into.fault;
  const bool differ = fault.later_calls != other.fault->later_calls ||
                      into.last_catch != other.last_catch ||
                      into.handling.size() != other.handling.size();
  if (differ && fault.blind.empty()) {
    fault.blind = "paths that are not told apart make different calls";
  }
  if (fault.steps != other.fault->steps || fault.later_calls != other.fault->later_calls) {
    fault.steps = Common(fault.steps, other.fault->steps);
    fault.widened = true;
  }
  fault.branch_unknown = fault.branch_unknown || other.fault->branch_unknown;
  fault.widened = fault.widened || other.fault->widened;
  fault.is_pending = fault.is_pending || other.fault->is_pending;
  if (fault.blind.empty()) fault.blind = other.fault->blind;
  fault.undecided.insert(other.fault->undecided.begin(), other.fault->undecided.end());
}

// Paths that end in the same way under the same fault: only they can be the same, or become one.
struct Group {
  Completion completion = Completion::kValue;
  int site = -1;
  int fault = -1;
  bool persists = false;

  auto operator<=>(const Group&) const = default;
};

// Which conditions were not known on the way tells no paths apart.
bool AreSame(const State& left, const State& right) {
  const auto same_fault = [](const AssumedFault& a, const AssumedFault& b) {
    return a.site == b.site && a.fault == b.fault && a.steps == b.steps &&
           a.later_calls == b.later_calls && a.branch_unknown == b.branch_unknown &&
           a.persists == b.persists && a.recovered == b.recovered && a.is_pending == b.is_pending &&
           a.widened == b.widened && a.blind == b.blind;
  };
  return left.fault.has_value() == right.fault.has_value() &&
         (!left.fault || same_fault(*left.fault, *right.fault)) &&
         left.handling == right.handling && left.executions == right.executions &&
         left.listened == right.listened && left.last_catch == right.last_catch &&
         left.memory == right.memory;
}

// What happened since the fault is the same.
bool AreAlike(const State& left, const State& right) {
  if (!left.fault || !right.fault) return left.handling == right.handling;
  return left.fault->later_calls == right.fault->later_calls &&
         left.fault->steps == right.fault->steps && left.fault->blind == right.fault->blind &&
         left.fault->is_pending == right.fault->is_pending && left.handling == right.handling;
}

// `into` stands for both.
void AddUndecided(State& into, const State& other) {
  if (!into.fault) return;
  into.fault->undecided.insert(other.fault->undecided.begin(), other.fault->undecided.end());
}

Group GroupOf(const Result& result) {
  Group group{.completion = result.completion};
  if (const auto& fault = result.state.fault) {
    group.site = fault->site;
    group.fault = fault->fault;
    group.persists = fault->persists;
  }
  return group;
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

bool Memory::operator==(const Memory& other) const {
  return hash_ == other.hash_ && (values_ == other.values_ || *values_ == *other.values_);
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
    std::vector<std::size_t> alike;
    std::ranges::copy_if(group, std::back_inserter(alike), [&](std::size_t index) {
      return AreAlike(widened[index].state, result.state);
    });
    const bool is_whole = result.completion == Completion::kThrow ||
                          result.completion == Completion::kGoto;  // its value says where to
    const std::size_t most = key.persists ? width.persisting : width.in_group;
    if (is_whole || group.empty() || (group.size() < most && alike.size() < width.alike)) {
      group.push_back(widened.size());
      widened.push_back(std::move(result));
      continue;
    }
    Result& same = widened[alike.empty() ? group.back() : alike.back()];
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
