// The values of a path's variables, and which of those may be changed unseen.
//
// Place => Value
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/place.h"
#include "analyzer/value.h"

namespace filibuster {

// The values that a value is made of; the place that it refers to, if it does.
const Place* AddValues(const Value& value, std::vector<const Value*>& parts);
// It is a number, a text, a pointer or the like, not what is made of others.
bool IsContents(const Value& value);

// Roots => values; a copy is cheap until it is written to.
class Memory {
 public:
  Memory() : values_(std::make_shared<std::map<Root, Value>>()) {}

  const Value* Find(const Root& root) const;
  void Set(const Root& root, Value value);
  void Erase(const Root& root);
  // The variables of calls at `depth` or deeper are gone.
  void DropFrames(int depth);
  // What expressions at `depth` made is gone.
  void DropTemporaries(int depth);
  const std::map<Root, Value>& values() const { return *values_; }

  // Something refers to the variable.
  bool IsReferredTo(const Root& root) const;
  // What is on the heap; and of that, other than `old`, only what something else refers to stays.
  std::vector<int> HeapVariables() const;
  void DropUnreachable(const std::vector<int>& old, const std::vector<Value>& referring);

  // Follows aliases that variables and fields hold, to where a value really is.
  Place Resolve(Place place) const;
  Value Read(const Place& place) const;
  void Write(const Place& place, Value value);
  // What the value refers to may be changed by what is not followed from now on.
  void Escape(const Value& value);
  // So may the variable itself.
  void Escape(const Root& root);
  // The variable is a reference to what is not followed.
  void SetElsewhere(const Root& root, Value value);
  bool IsElsewhere(const Root& root) const;
  // Something that is not followed was written to: of all that it may be, what `may_be` is true of.
  void ForgetEscaped(const std::function<bool(const Value&)>& may_be);
  // What is not followed is handed the value, and may change all that can be come to from there.
  void ForgetReferredTo(const Value& value);
  // The variables that can be come to from values.
  std::set<Root> ReachedFrom(std::vector<const Value*> values) const;
  // … and of the same as another memory's what may be changed; false: all that was known.
  bool AddEscaped(const Memory& other);
  // Variables become what `one_of` makes of them and of another memory's; false: none changed.
  bool Cover(const Memory& other, const std::function<Value(const Value&, const Value&)>& one_of);
  // No number, text or pointer is known any more.
  void ForgetAll();
  // The field of every object that may be the one that is written to.
  void ForgetFields(const std::string& field, const std::function<bool(const Object&)>& may_be);

  bool operator==(const Memory& other) const;

 private:
  std::map<Root, Value>& Mutable();
  // Another value of the same variable.
  void Replace(const Root& root, Value value);
  void WroteTo(const Place& place);
  // Of what may have been changed unseen, and is not at that root, what `without` says is left.
  using Without = std::function<std::optional<Value>(const Value&)>;
  void ForgetEscaped(const Root* written, const Without& without);
  void Forget(const std::set<Root>& roots, const Without& without);

  std::shared_ptr<std::map<Root, Value>> values_;
  std::uint64_t hash_ = 0;    // the sum of those of the entries: it tells most that differ apart
  bool has_escaped_ = false;  // some variable may have
};

}  // namespace filibuster
