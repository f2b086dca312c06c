// What one source file says, in a form that outlives Clang and can be kept on disk: the bodies of
// functions as trees of small nodes, close to what a person reads. Types are left out, except where
// they decide something (what is thrown, what is caught, what is constructed).
//
// source file => FileFacts => (link) Program => (interpret) what the service does under a fault
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/node.h"

namespace filibuster {

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
  // Of a constructor: kInit…; of a destructor: kDestroy… of the parts in the order of their making.
  std::vector<Node> inits;
  Node body;
  bool is_noexcept = false;
  bool returns_reference = false;
  bool is_system = false;  // in a system header
  // Of a method of an interface that the Thrift compiler generated: whether it was seen which
  // exceptions the interface declares, and these: keys of classes.
  bool has_throws = false;
  std::vector<std::string> throws;

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
  bool is_system = false;    // declared in a system header
  bool is_bodiless = false;  // pure, or made by the compiler
  // Classes and enumerations by qualified name, looking through references, pointers and smart
  // pointers; "" of others.
  std::vector<std::string> parameter_types;
  std::string return_type;
  std::string class_usr;                    // of a method or constructor
  std::vector<std::string> override_names;  // qualified, of the methods that it overrides
  std::vector<bool> can_change;  // the arguments that it takes by reference or pointer to non-const

  bool operator==(const Callee&) const = default;
};

// A variable or parameter of this class is a reference.
inline constexpr char kReferenceWrapper[] = "std::reference_wrapper";

struct ClassFacts {
  std::string usr;
  std::string name;                // qualified: "common::ConnectionError"
  std::vector<std::string> bases;  // USRs
  // Bases, and theirs, that no clause catches it by: not public, or there more than once.
  std::vector<std::string> hidden_bases;
  // Names, of one that is not the standard's; library models tell generated classes by them.
  std::vector<std::string> fields;
  // The USR of its destructor, if that comes to any code of the service's.
  std::string destructor;
  // Of one of the standard library's, and of a lambda's: the keys of the classes whose objects it
  // holds, or deletes, if those come to code of the service's.
  std::vector<std::string> owned;

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

// A file that was read for another, as it was then.
struct Dependency {
  std::string path;  // absolute
  std::uint64_t hash = 0;

  bool operator==(const Dependency&) const = default;
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
  bool is_lost = false;                  // nothing of it could be read
  std::vector<Dependency> dependencies;  // itself, and all that it includes

  bool operator==(const FileFacts&) const = default;
};

}  // namespace filibuster
