#include "analyzer/state.h"

#include <algorithm>
#include <climits>
#include <utility>

namespace filibuster {
namespace {

constexpr std::size_t kMaxPaths = 24;
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

// Two paths under the same fault as one.
void Widen(State& into, const State& other) {
  Memory memory;
  for (const auto& [root, value] : into.memory.values()) {
    const Value* theirs = other.memory.Find(root);
    if (theirs == nullptr) continue;
    if (*theirs == value) {
      memory.Set(root, value);
    } else {
      memory.Set(root,
                 Value::Unknown("a value that differs between paths").Taint(value).Taint(*theirs));
    }
  }
  into.memory = std::move(memory);
  into.listened = into.listened || other.listened;
  for (const auto& [site, count] : other.executions) {
    into.executions[site] = std::max(into.executions[site], count);
  }
  if (!into.fault) return;
  AssumedFault& fault = *into.fault;
  if (fault.steps != other.fault->steps || fault.later_calls != other.fault->later_calls) {
    const auto [mine, theirs] = std::ranges::mismatch(fault.steps, other.fault->steps);
    fault.steps.erase(mine, fault.steps.end());
    fault.widened = true;
  }
  fault.branch_unknown = fault.branch_unknown || other.fault->branch_unknown;
  fault.widened = fault.widened || other.fault->widened;
  if (fault.blind.empty()) fault.blind = other.fault->blind;
  fault.undecided.insert(other.fault->undecided.begin(), other.fault->undecided.end());
}

bool SameFault(const State& a, const State& b) {
  if (!a.fault || !b.fault) return a.fault.has_value() == b.fault.has_value();
  return a.fault->site == b.fault->site && a.fault->fault == b.fault->fault &&
         a.fault->persists == b.fault->persists;
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
  Mutable().insert_or_assign(root, std::move(value));
}

void Memory::Erase(const Root& root) {
  if (Find(root) != nullptr) Mutable().erase(root);
}

void Memory::DropFrames(int depth) {
  const auto first = values_->lower_bound({.frame = depth, .variable = INT_MIN});
  if (first == values_->end()) return;
  const Root root = first->first;
  std::map<Root, Value>& values = Mutable();
  values.erase(values.find(root), values.end());
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
  return values_ == other.values_ || *values_ == *other.values_;
}

Results Join(Results results) {
  Results joined;
  for (Result& result : results) {
    if (std::ranges::find(joined, result) == joined.end()) joined.push_back(std::move(result));
  }
  if (joined.size() <= kMaxPaths) return joined;
  Results widened;
  std::vector<std::size_t> counts;
  for (Result& result : joined) {
    std::size_t same = 0;
    Result* last = nullptr;
    for (Result& kept : widened) {
      if (kept.completion == result.completion && SameFault(kept.state, result.state)) {
        ++same;
        last = &kept;
      }
    }
    if (same < kMaxPaths || result.completion == Completion::kThrow) {
      widened.push_back(std::move(result));
      continue;
    }
    Widen(last->state, result.state);
    last->value = Value::Choice({last->value, result.value});
  }
  return widened;
}

Results JoinValues(Results results) {
  Results joined;
  for (Result& result : results) {
    const auto same = std::ranges::find_if(joined, [&](const Result& kept) {
      return kept.completion == result.completion && kept.completion == Completion::kValue &&
             kept.state == result.state;
    });
    if (same == joined.end()) {
      joined.push_back(std::move(result));
    } else {
      same->value = Value::Choice({same->value, result.value});
    }
  }
  return Join(std::move(joined));
}

}  // namespace filibuster
