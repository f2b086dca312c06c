// What is known of a client or server library: which functions make a call, how a fault shows, how
// a server takes requests and sets a status. Data, so that a new library is a file and no code.
//
// models/*.json => LibraryModel; a function's or field's qualified name => ModelRow
//
// Format: docs/formats/library-model.md. Free of LLVM.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json_reader.h"

namespace filibuster {

// A way in which the library reports that a call failed.
struct FaultModel {
  std::string name;                         // as in analysis.json: "httplib::Error::Connection"
  std::optional<std::string> restrictions;  // only calls that have it: "timeout"
  Json metadata = Json::object();           // for the injector
  bool extended = false;                    // not among the default faults
  std::string error;                        // the enumerator that it shows as
  int number = 1;                           // … and its number, where code could ask for that
  std::string exception;                    // the type that is thrown, where it is thrown

  // What tells it from others: the code, if several faults share a name.
  std::string Label() const;
};

// What calling a function does.
enum class Effect {
  kConfigure,         // sets the object's host, port or timeout
  kCreate,            // makes an object, and returns a pointer to it
  kCall,              // makes a call
  kRead,              // reads something of a call's result
  kThen,              // goes on with a function once there is a result
  kTake,              // gives one of the handles whose calls have ended
  kHandleRequests,    // registers a handler of requests
  kHandleExceptions,  // registers what is done with exceptions that leave a handler
  kHandleErrors,      // registers what is done with answers whose status is an error
  kListen,            // starts to serve
  kSetStatus,         // sets the status of a response
  kAnswer,            // answers the request with a status, on whichever thread
  kItself,            // gives what it is given
  kAddress,           // gives a pointer to the object
  kCompare,           // an operator over what it is given
  kInvoke,            // calls the function that it is given, now or later
  kNothing,           // does nothing that matters, and is not looked into
};

// What is read of a call's result.
enum class ResultPart { kOk, kFailed, kError, kResponse, kStatus, kBody, kPair };

// A function that a row may be about besides by its name.
struct Shape {
  std::map<int, std::string> takes;  // the class of the parameter at an index
  std::string returns;               // a class
  std::string overrides;             // a pattern over the methods that it overrides
  std::string derives_from;          // its class does
  std::string class_has;             // a field of its class
  std::optional<int> arity;          // the number of its parameters
  bool registered = false;           // a handler only if the object was handed to a server
};

struct ModelRow {
  Effect effect = Effect::kRead;
  ResultPart part = ResultPart::kOk;  // kRead; kCall: what it returns
  bool needs_success = false;         // kRead: of a failed result it is undefined
  bool throws = false;                // the faults, or those of `throws_only`
  std::vector<std::string> throws_only;
  bool throws_status = false;                     // statuses that are errors too
  bool keeps = false;                             // kCall: the object has the result too
  bool has_statuses = true;                       // kCall: it may be answered with one
  bool later = false;                             // kCall: its result comes after it returned
  bool clears = false;                            // kConfigure: forgets what was set
  std::string path;                               // kCall: "callee": "/Service/Method"; "method"
  std::vector<std::string> faults;                // kCall: only these
  std::string method;                             // kCall: if it is not the function's name
  std::vector<std::pair<int, std::string>> when;  // an argument is one of these enumerators
  Shape shape;
  std::map<std::string, int> arguments;      // role => index of the argument: "path", "handler", …
  std::map<std::string, int> parameters;     // role => index of the handler's parameter: "response"
  std::map<std::string, std::string> gives;  // kTake: field => "object", "error", an enumerator

  std::optional<int> Argument(std::string_view role) const;
  std::optional<int> Parameter(std::string_view role) const;
};

// A class of the library, as far as catching it and answering with it go.
struct TypeModel {
  std::vector<std::string> bases;
  std::optional<int> status;  // of a handler that throws it
};

struct LibraryModel {
  std::string library;                  // "cpp-httplib"
  std::string module;                   // of a call: "httplib"
  std::string analysis_module;          // of analysis.json: "cpp.httplib"
  std::string pattern;                  // of analysis.json, over "<module>.<method>"
  std::vector<std::string> namespaces;  // the library's own code, not looked into
  std::vector<std::string> prefixes;    // of its functions, if it has no namespace
  std::vector<FaultModel> faults;
  std::string no_fault;              // the error value of a call that succeeded
  std::vector<int> statuses;         // that any service may answer with
  std::optional<int> failed_status;  // that is read of a call that failed
  FaultModel status_error;           // how a status shows where it is made a fault
  std::string client_exception;      // … of a status under 500
  // Statuses that are none of HTTP, by number: "OK", "CANCELLED"; and what their enumerators'
  // names begin with.
  std::vector<std::string> codes;
  std::string code_prefix;
  std::string thrown_status;     // a handler answers with the exceptions that derive from it
  std::string status_field;      // of a server's response
  std::string response_type;     // of the handler's parameter that is the response
  std::string answer_type;       // … or that is called with one
  bool returns_status = false;   // a handler returns its response
  int default_status = 200;      // of a handler that sets none
  std::string exception_status;  // of a handler that throws, if nothing maps the exception
  std::vector<Shape> handlers;   // methods that are handlers, registered or not
  std::unordered_map<std::string, std::vector<ModelRow>> functions;
  std::vector<std::pair<std::string, ModelRow>> patterns;  // names that have a *
  std::unordered_map<std::string, ResultPart> fields;
  std::unordered_map<std::string, std::string> settings;  // field => role, as of `configure`
  std::unordered_map<std::string, std::string> aliases;   // enumerators that were renamed
  std::unordered_map<std::string, int> constants;
  std::unordered_map<std::string, std::string> texts;  // constants that are texts
  std::unordered_map<std::string, TypeModel> types;

  bool HasHttpStatuses() const { return codes.empty() && thrown_status.empty(); }
};

std::expected<LibraryModel, Error> LibraryModelFromText(std::string_view text,
                                                        const std::string& name);

// The models that are part of the program.
const std::vector<LibraryModel>& BuiltInModels();
// Those after the ones in `files`, whose rows win.
std::expected<std::vector<LibraryModel>, Error> ModelsWith(
    std::span<const std::filesystem::path> files);

// Matches the calls that can be answered with an HTTP status, for analysis.json.
std::string HttpPattern(std::span<const LibraryModel> models);

// Each `{a,b}` of `pattern` written out: "C::{Get,Put}" => "C::Get", "C::Put".
std::vector<std::string> ExpandBraces(std::string_view pattern);
// Whether `name` is `pattern`, in which * stands for anything.
bool MatchesPattern(std::string_view name, std::string_view pattern);

}  // namespace filibuster
