// What one source file says, in a form that outlives Clang and can be kept on disk: the bodies of
// functions as trees of small nodes, close to what a person reads. Types are left out, except where
// they decide something (what is thrown, what is caught, what is constructed).
//
// source file => FileFacts => (link) Program => (interpret) what the service does under a fault
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
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
  kDynamicCast,  // type; kid: pointer
  kAddress,      // kid: object
  kIndex,        // kids: container, index
  kCall,         // number: index into FileFacts::callees; kids: [object] arguments…
  kCallValue,    // kids: function value, arguments…
  kConstruct,    // number: the constructor's callee; type; kids: arguments…
  kAggregate,    // type; kids: kInit…
  kInit,         // text: the field, or "" for a base; kid
  kList,         // kids: elements
  kNot,          // kid
  kUnary,        // text: operator; kid
  kBinary,       // text: operator; kids: left, right
  kAnd,          // kids
  kOr,           // kids
  kConditional,  // kids: condition, then, else
  kAssign,       // text: "" or the operator of a compound assignment; kids: left, right
  kLambda,       // text: USR of its call operator; kids: kCapture…
  kCapture,      // number: the variable, or kThisVariable; text: "ref" or "copy"; [kid]: its value
  kFunction,     // number: callee, as a value
  kThrow,        // type; kid, or none: rethrow
  kNew,          // kid: what is constructed
  kBlock,        // kids; text: kCondition if it is the condition of a loop, whose variables stay
  kDeclare,      // number: variable; text: name; type: "&" if it is a reference; [kid], and
                 // [kid]: the call of its destructor
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
  kCatch,        // type, or "" for `...`; number: variable or kNoVariable; kid: body
};

inline constexpr char kCondition[] = "condition";

inline constexpr int kNoVariable = -1;
inline constexpr int kThisVariable = 0;  // other variables count from 1

struct Node {
  Op op = Op::kUnknown;
  Position position;
  std::int64_t number = 0;
  std::string text;
  std::string type;  // a key of FileFacts::classes, or the spelling of a type that is no class
  std::vector<Node> kids;

  bool operator==(const Node&) const = default;
};

struct Parameter {
  int variable = kNoVariable;
  std::string name;
  bool is_reference = false;
  std::string type;  // the name of its class, as in Callee

  bool operator==(const Parameter&) const = default;
};

// A function with its body; also a lambda's call operator.
struct FunctionFacts {
  std::string usr;
  std::string name;  // qualified: "foo::Handle", "main::(lambda)"
  Position position;
  std::string class_usr;                    // of a method
  std::vector<std::string> overrides;       // USRs of the methods that it overrides
  std::vector<std::string> override_names;  // qualified, of the same
  std::vector<Parameter> parameters;
  std::string return_type;  // as in Callee
  std::vector<Node> inits;  // of a constructor: kInit…
  Node body;
  bool is_noexcept = false;
  bool returns_reference = false;
  bool is_system = false;  // in a system header

  bool operator==(const FunctionFacts&) const = default;
};

// A function as it is called.
struct Callee {
  std::string usr;
  std::string name;        // qualified, without template arguments: "std::optional::value_or"
  std::string declared;    // the file of its declaration
  bool is_method = false;  // the first kid of a call is the object
  bool is_virtual = false;
  bool is_noexcept = false;
  bool is_noreturn = false;
  bool is_system = false;  // declared in a system header
  // Classes by qualified name, looking through references, pointers and smart pointers; "" if it
  // is no class.
  std::vector<std::string> parameter_types;
  std::string return_type;
  std::string class_usr;                    // of a method or constructor
  std::vector<std::string> override_names;  // qualified, of the methods that it overrides
  std::vector<bool> can_change;  // the arguments that it takes by reference or pointer to non-const

  bool operator==(const Callee&) const = default;
};

struct ClassFacts {
  std::string usr;
  std::string name;                // qualified: "common::ConnectionError"
  std::vector<std::string> bases;  // USRs
  // Names, of one that is in no system header; library models tell generated classes by them.
  std::vector<std::string> fields;

  bool operator==(const ClassFacts&) const = default;
};

// A variable of a namespace or a static member.
struct GlobalFacts {
  std::string usr;
  std::string name;
  bool is_const = false;
  Node init;  // kUnknown without kids if there is none

  bool operator==(const GlobalFacts&) const = default;
};

struct FileFacts {
  std::string path;                // absolute, of the source file
  std::vector<std::string> files;  // absolute
  std::vector<FunctionFacts> functions;
  std::vector<ClassFacts> classes;
  std::vector<GlobalFacts> globals;
  std::vector<Callee> callees;
  std::string parse_error;  // the first, or empty
  Position parse_error_position;

  bool operator==(const FileFacts&) const = default;
};

// As an expression of the form (op text kids…), for tests and for looking at.
std::ostream& operator<<(std::ostream& out, const Node& node);

}  // namespace filibuster
