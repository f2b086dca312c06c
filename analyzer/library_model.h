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

#include "analyzer/model_row.h"
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
  bool zero_is_no_timeout = false;
  std::optional<int> default_timeout;  // seconds, of a call whose code sets none
  FaultModel status_error;             // how a status shows where it is made a fault
  std::string client_exception;        // … of a status under 500
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

  // A timeout can be set of objects of this class.
  bool HasTimeout(const std::string& type) const;
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
