// What is in analysis.json (docs/formats/analysis.md). Free of LLVM: the planner reads it too.
//
// sources => facts => Analysis => analysis.json
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/json_reader.h"

namespace filibuster {

// A place in a source file: `file` relative to the services directory, `line` and `column` from 1.
struct SourceLocation {
  std::string file;
  int line = 0;
  int column = 0;

  auto operator<=>(const SourceLocation&) const = default;
};

// A client exception or error that a call can fail with, as `exceptions[]` has it.
struct ExceptionType {
  std::string name;                         // "httplib::Error::Connection"
  std::optional<std::string> restrictions;  // only calls whose metadata has this key: "timeout"
  Json metadata = Json::object();           // for the injector: code, cause, sleep, abort

  bool operator==(const ExceptionType&) const = default;
};

// An error that a service can answer with, as `errors[].types[]` has it: exactly one is an object.
struct ErrorType {
  Json return_value;  // {"status_code": "503"}, or null
  Json exception;     // {"metadata": {"code": "NOT_FOUND"}}, or null

  bool operator==(const ErrorType&) const = default;
};

// Where in the sources a service produces an error.
struct ErrorSource {
  std::string status_code;  // "503", or a gRPC code's name
  SourceLocation location;
  std::string function;
  bool unreached = false;                 // no handler and no main reaches it
  std::optional<std::string> unresolved;  // why status_code is empty

  bool operator==(const ErrorSource&) const = default;
};

struct ServiceErrors {
  std::string service_name;  // a regular expression over the target service's name
  std::vector<ErrorType> types;
  std::vector<ErrorSource> sources;

  bool operator==(const ServiceErrors&) const = default;
};

// What the service does once a fault was taken (DESIGN: `outcome`). Equal outcomes cannot be told
// apart outside the service, if their calls depend on nothing.
struct Outcome {
  enum class Kind { kAnswers, kEscapes, kTerminates, kContinues, kRetries, kUnknown };
  Kind kind = Kind::kUnknown;
  std::string status_code;                   // kAnswers, kEscapes
  std::optional<int> attempts;               // kRetries, where known
  bool unbounded = false;                    // kRetries: nothing ends the loop but a success
  std::string reason;                        // kUnknown: why
  std::vector<std::string> calls;            // made after the fault, in order: "bar/bar.cc:30:5"
  std::vector<std::string> calls_depend_on;  // conditions, "bar/bar.cc:28"; `calls` is empty then

  bool operator==(const Outcome&) const = default;
};

// The faults of one call site that take the same branch.
struct HandlerEntry {
  std::vector<std::string> faults;         // exception names and status codes
  std::string kind;                        // "catch", "error-check", "status-check", "none"
  std::optional<SourceLocation> location;  // absent for "none"
  Outcome outcome;
  // What nobody outside the service sees, but a reader of the code should know.
  bool catch_all = false;     // the clause is `catch (...)`
  bool does_nothing = false;  // the branch calls, stores, logs and throws nothing
  std::string ends_by;        // kTerminates: "dereference", "noexcept", "thread", "exit"
  std::vector<SourceLocation> later_calls;  // call sites that only this fault leads to, in order

  bool operator==(const HandlerEntry&) const = default;
};

struct CallTarget {
  std::optional<std::string> url;
  std::optional<std::string> service;
  std::optional<std::string> unresolved;  // why `service` is absent

  bool operator==(const CallTarget&) const = default;
};

// A step from the call site to the client library's function, outermost first; at the last one an
// injector inside the library sees the call.
struct CallStep {
  SourceLocation location;
  std::string function;

  bool operator==(const CallStep&) const = default;
};

// A place in a service's code that makes a call. If it does through helpers outside the service's
// directory, `location` is where it calls the helper, and `via` are the steps from there on.
struct CallSite {
  std::string service;
  SourceLocation location;
  std::string function;
  std::vector<CallStep> via;
  std::string module;  // "httplib"
  std::string method;  // "Get"
  CallTarget target;
  bool timeout = false;
  std::optional<double> timeout_seconds;  // where known
  std::vector<HandlerEntry> handlers;

  bool operator==(const CallSite&) const = default;
};

// One module of analysis.json.
struct Module {
  std::string name;     // "cpp.httplib"
  std::string pattern;  // matched, anchored at the start, against "<module>.<method>" of a call
  std::vector<ExceptionType> exceptions;
  std::vector<ServiceErrors> errors;
  std::vector<CallSite> call_sites;
  Json latencies;     // as in Filibuster for Java, or null
  Json transformers;  // as in Filibuster for Java, or null

  bool operator==(const Module&) const = default;
};

struct Analysis {
  std::vector<Module> modules;  // by name

  bool operator==(const Analysis&) const = default;
};

// The faults without an analysis: what each client library known to us fails with by default, and
// the statuses 500, 502 and 503 from any service.
Analysis DefaultAnalysis();

std::ostream& operator<<(std::ostream& out, const SourceLocation& location);  // file:line:column
std::ostream& operator<<(std::ostream& out, const Outcome& outcome);          // as JSON

}  // namespace filibuster
