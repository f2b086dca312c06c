// A function's body as a tree: expressions and statements, close to what a person reads.
//
// clang's AST => Node => (interpret) what the code does
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

// An index into FileFacts::files, line and column from 1.
struct Position {
  int file = 0;
  int line = 0;
  int column = 0;

  auto operator<=>(const Position&) const = default;
};

// Expressions first, then statements. "kids" are a node's children in the order given; [x] is
// optional. A pointer is followed by an explicit kDeref, so that `p->f` is a field of a kDeref.
enum class Op : std::uint8_t {
  kUnknown,      // text: what it is; kids: evaluated for what they do
  kInt,          // number; text: the enumerator's name, if it is one; booleans too
  kString,       // text
  kNull,         //
  kLocal,        // number: the variable
  kGlobal,       // text: USR
  kThis,         // the pointer
  kField,        // text: name; type: name with its class, "httplib::Response::status"; kid: object
  kDeref,        // kid: pointer
  kDynamicCast,  // type; text: "&" if it is to a reference; kid: pointer, or object
  kCopy,         // type; kid: an object whose part of that type is copied
  kAddress,      // kid: object
  kIndex,        // kids: container, index; type: kArrayElement of an array, else a pointer's
  kCall,         // number: index into FileFacts::callees; kids: [object] arguments…
  kCallValue,    // kids: function value, arguments…
  kConstruct,    // number: the constructor's callee; type; kids: arguments…
  kAggregate,    // type; kids: kInit…
  kInit,         // text: the field, or "" for a base; kid, [kDestroy]
  kList,         // kids: elements; type: of those that are destroyed
  kNot,          // kid
  kUnary,        // text: operator; kid
  kBinary,       // text: operator; kids: left, right; number: of a comparison of unsigned numbers
                 // their bits, else 0
  kAnd,          // kids
  kOr,           // kids
  kConditional,  // kids: condition, then, else
  kAssign,       // text: "" or the operator of a compound assignment; kids: left, right,
                 // [kDestroy]: of what the left one owned
  kLambda,       // text: USR of its call operator; kids: kCapture…
  kCapture,      // number: the variable, or kThisVariable; text: ref, copy, kept; [kid]: its value
  kFunction,     // number: callee, as a value
  kThrow,        // type; kid, or none: rethrow; [kDestroy]
  kNew,          // kid: what is constructed; [kid]: a pointer to where; text: the smart pointer
                 // that owns it, or ""
  kDelete,       // type; kid: pointer
  kBlock,        // kids; text: kCondition if it is the condition of a loop, whose variables stay
  kDeclare,      // number: variable; text: name; type: "&" if it is a reference; [kid], kDestroy…
  kTemporary,    // number: the variable that stands for it; kid
  kFull,         // kids: an expression, kDestroy… for what it makes and does not keep
  kDestroy,      // type; number: a variable, if it is kept, text: kUnlessReturned or ""; or text: a
                 // part of an object, as in kInit
  kIf,           // kids: condition, then, else
  kSwitch,       // kids: condition, block with kCase and kDefault among its statements
  kCase,         // kid: value
  kDefault,      //
  kLoop,         // text: "while" or "do"; kids: condition, body, step
  kForEach,      // number: variable; kids: range, body
  kReturn,       // [kid]
  kBreak,        //
  kContinue,     //
  kTry,          // kids: body, kCatch…
  kCatch,        // type, or "" for `...`; number: variable or kNoVariable; kid: body; text: how
  kLabel,        // text: name; kid: what it labels
  kGoto,         // text: name
};

inline constexpr char kCondition[] = "condition";
inline constexpr char kArrayElement[] = "[]";
// The operator of a kUnary whose operand is moved from; the type of one that is null then. Of what
// owns something it is its class.
inline constexpr char kMovedFrom[] = "move";
inline constexpr char kObserved[] = "weak";  // … that is pointed to and not owned
inline constexpr char kOwningPointer[] = "pointer";
// Texts of a kUnknown that stands for what may do anything.
inline constexpr char kTooDeep[] = "code that is nested too deep";
inline constexpr char kUnreadClause[] = "a clause whose type was not understood";
inline constexpr char kInnerLabel[] = "a switch with a label inside of a statement";
inline constexpr char kConditionVariable[] = "a loop that declares a variable as its condition";
inline constexpr char kTemplateCall[] = "a call in a template that was not instantiated";
inline constexpr char kTemplateThrow[] = "a throw in a template that was not instantiated";
inline bool IsUnread(std::string_view text) {
  return text == kConditionVariable || text == kTooDeep || text == kUnreadClause ||
         text == kInnerLabel || text == kTemplateCall || text == kTemplateThrow;
}
// … and for what may change its operands.
inline constexpr char kTemplateOperator[] = "an operator in a template that was not instantiated";
// Of a kDestroy: the variable stays when the function returns, for it is what is returned.
inline constexpr char kUnlessReturned[] = "returned";
// How a clause catches, where it is not by reference to const.
inline constexpr char kByValue[] = "value";
inline constexpr char kToChange[] = "change";  // by reference to what is not const

inline constexpr int kNoVariable = -1;
inline constexpr int kThisVariable = 0;          // other variables count from 1
inline constexpr int kFirstTemporary = 1 << 24;  // … but for what stands for temporary objects

struct Node {
  Op op = Op::kUnknown;
  Position position;
  std::int64_t number = 0;
  std::string text;
  std::string type;  // a key of FileFacts::classes, or the spelling of a type that is no class
  std::vector<Node> kids;

  bool operator==(const Node&) const = default;
};

// As an expression of the form (op text kids…), for tests and for looking at.
std::ostream& operator<<(std::ostream& out, const Node& node);

}  // namespace filibuster
