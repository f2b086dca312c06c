// What the interpreter knows of a value: itself, some alternatives, or why it is not known.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/place.h"

namespace filibuster {

class Value;
struct Owned;

struct Object {
  std::string type;                     // key of its class
  std::map<std::string, Value> fields;  // others are not known

  bool operator==(const Object&) const;
};

inline constexpr char kPlaceholder[] = "$placeholder";           // an Int with the number
inline constexpr char kAllPlaceholders[] = "$all_placeholders";  // those that are not bound

struct Closure {
  FunctionRef function;
  std::vector<std::pair<int, Value>> captures;  // by variable; those by reference are aliases
  std::vector<Value> bound;  // by std::bind: the arguments, and kPlaceholder with a number

  bool operator==(const Closure&) const;
};

// What a client library's function returned. `fault` is an index into the call site's faults.
struct CallResult {
  static constexpr int kSuccess = -1;
  int site = 0;
  int fault = kSuccess;
  bool status_fails = false;  // the library was asked to take a status that is an error for a fault

  bool operator==(const CallResult&) const = default;
};

using Values = std::vector<Value>;

class Value {
 public:
  enum class Kind : std::uint8_t {
    kUnknown,  // text: why
    kInt,      // number; text: an enumerator's name
    kSuccess,  // the status of a call that succeeded, one of 200 to 299; number: added to it
    kAtLeast,  // this number or a greater one
    kString,   // text; kHole stands for parts that are not known
    kNull,
    kObject,
    kPointer,  // to a place
    kAlias,    // a place itself
    kFunction,
    kResult,
    kList,
    kChoice,  // one of several
  };
  static constexpr char kHole = '\x01';

  Value() = default;
  static Value Unknown(std::string why);
  static Value Int(std::int64_t number, std::string enumerator = {});
  static Value Success(std::int64_t offset = 0);
  static Value AtLeast(std::int64_t number);
  static Value String(std::string text);
  static Value Null();
  static Value Of(Object object);
  static Value Of(Closure closure);
  static Value Of(CallResult result);
  static Value Pointer(Place place);
  static Value Owner(Owned owned);
  static Value Alias(Place place);
  static Value List(Values elements);
  // One value if they are equal; alternatives of alternatives are alternatives.
  static Value Choice(const Values& values);

  Kind kind() const { return kind_; }
  bool Is(Kind kind) const { return kind_ == kind; }
  std::int64_t number() const { return number_; }
  const std::string& text() const { return text_; }
  const Object& object() const { return *std::get<std::shared_ptr<const Object>>(data_); }
  const Closure& closure() const { return *std::get<std::shared_ptr<const Closure>>(data_); }
  const CallResult& result() const { return std::get<CallResult>(data_); }
  const Place& place() const { return *std::get<std::shared_ptr<const Place>>(data_); }
  // It is a pointer that destroys what it points to when it goes.
  bool IsOwner() const { return is_owner_; }
  const Owned& owned() const;
  const Values& elements() const { return *std::get<std::shared_ptr<const Values>>(data_); }

  bool IsCompleteString() const;
  // Its alternatives; itself if it has none.
  Values Alternatives() const;

  // The value was made from what the assumed fault left behind.
  bool from_fault = false;
  // … from the body of the response, to be precise: what reads it may not understand it.
  bool from_body = false;
  // It is the status that the call was assumed to be answered with, and nothing made of it.
  bool is_passed_on = false;
  // Where it was assigned to a response's status: an index into the interpreter's origins.
  int origin = -1;
  // Of the variable that is kept at a root, not of what it holds, and no part of its value: what is
  // not followed may refer to it; it is a reference to what is not followed.
  bool has_escaped = false;
  bool is_elsewhere = false;

  Value& Taint(const Value& other);
  bool operator==(const Value& other) const;
  // The same for equal values; not all of a value counts.
  std::uint64_t Hash() const;

 private:
  Kind kind_ = Kind::kUnknown;
  bool is_owner_ = false;
  std::int64_t number_ = 0;
  std::string text_;
  std::variant<std::monostate, CallResult, std::shared_ptr<const Object>,
               std::shared_ptr<const Closure>, std::shared_ptr<const Place>,
               std::shared_ptr<const Values>>
      data_;
};

// What a smart pointer points to.
struct Owned : Place {
  bool is_shared = false;
  bool is_null = false;  // what deletes it is called with a null pointer
  Values deleter;        // what it calls instead of `delete`, if it does

  bool operator==(const Owned&) const = default;
};

enum class Truth { kFalse, kTrue, kUnknown };

Truth Not(Truth truth);
// As a condition: a pointer that is not null and a number that is not zero are true.
Truth AsCondition(const Value& value);
// `left op right` for the operators of C++ on numbers, strings and pointers.
Value Compute(const std::string& op, const Value& left, const Value& right);
// As an unsigned number of so many bits; itself for 0 bits.
Value AsUnsigned(const Value& value, std::int64_t bits);
// Of a list; if the index is not known, any of them.
Value ElementOf(const Value& list, const Value& index);
// Both strings one after the other, with holes for what is not known.
Value Concatenate(const Value& left, const Value& right);

}  // namespace filibuster
