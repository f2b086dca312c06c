// What is known of a client or server library: which functions make a call, how a fault shows, how
// a server takes requests and sets a status. Data, so that a new library is a file and no code.
//
// models/*.json => LibraryModel; a function's or field's qualified name => ModelRow
//
// Format: docs/formats/library-model.md. Free of LLVM.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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
};

// What calling a function does.
enum class Effect {
  kConfigure,         // sets the object's host, port or timeout
  kCall,              // makes a call
  kRead,              // reads something of a call's result
  kHandleRequests,    // registers a handler of requests
  kHandleExceptions,  // registers what is done with exceptions that leave a handler
  kHandleErrors,      // registers what is done with answers whose status is an error
  kListen,            // starts to serve
  kSetStatus,         // sets the status of a response
};

// What is read of a call's result.
enum class ResultPart { kOk, kFailed, kError, kResponse, kStatus, kBody };

struct ModelRow {
  Effect effect = Effect::kRead;
  ResultPart part = ResultPart::kOk;      // kRead
  bool needs_success = false;             // kRead: of a failed result it ends the process
  std::map<std::string, int> arguments;   // role => index of the argument: "path", "handler", …
  std::map<std::string, int> parameters;  // role => index of the handler's parameter: "response"

  std::optional<int> Argument(std::string_view role) const;
  std::optional<int> Parameter(std::string_view role) const;
};

struct LibraryModel {
  std::string library;                  // "cpp-httplib"
  std::string module;                   // of a call: "httplib"
  std::string analysis_module;          // of analysis.json: "cpp.httplib"
  std::string pattern;                  // of analysis.json, over "<module>.<method>"
  std::vector<std::string> namespaces;  // the library's own code, not looked into
  std::vector<FaultModel> faults;
  std::string no_fault;        // the error value of a call that succeeded
  std::vector<int> statuses;   // that any service may answer with
  std::string status_field;    // of a server's response
  int default_status = 200;    // of a handler that sets none
  int exception_status = 500;  // of a handler that throws, if nothing maps the exception
  std::unordered_map<std::string, ModelRow> functions;
  std::unordered_map<std::string, ResultPart> fields;
};

std::expected<LibraryModel, Error> LibraryModelFromText(std::string_view text,
                                                        const std::string& name);

// The models that are part of the program.
const std::vector<LibraryModel>& BuiltInModels();

// Matches the calls that can be answered with an HTTP status, for analysis.json.
std::string HttpPattern();

// Each `{a,b}` of `pattern` written out: "C::{Get,Put}" => "C::Get", "C::Put".
std::vector<std::string> ExpandBraces(std::string_view pattern);

}  // namespace filibuster
