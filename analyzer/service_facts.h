// What the interpreter finds out about one service, before it is put into the words of Analysis.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/library_model.h"
#include "analyzer/state.h"
#include "analyzer/status.h"
#include "analyzer/value.h"

namespace filibuster {

// A fault as it is tried on a call: an error or exception of the library, or a status.
struct TriedFault {
  std::string name;  // "httplib::Error::Connection", "503"
  bool is_status = false;
  int status = 0;
  std::optional<std::string> restrictions;
  std::string error;      // the enumerator that it shows as
  int number = 0;         // … and its number
  std::string exception;  // the type that is thrown

  bool operator==(const TriedFault&) const = default;
};

// A place that makes calls to one target, with what was seen of them on all paths.
struct ObservedCall {
  SourceLocation location;
  std::string function;
  std::vector<CallStep> via;
  std::set<std::string> callers;  // USRs of the function that it is in, which may be a template
  const LibraryModel* library = nullptr;
  std::string method;
  Value url;
  bool has_timeout = false;
  std::optional<double> timeout_seconds;  // where it is the same on all paths
  std::vector<TriedFault> faults;
  int normal_executions = 0;  // on one path without a fault, at most
  // The same of paths on which another call failed, if only such paths come here.
  int chased_executions = 0;
  // Why nothing is known of its faults, if it was found in the code and not come to.
  std::string missed;
  std::set<int> goes_on;  // the faults under which a path goes round in a loop without an end
  std::set<int> misread;  // the faults whose body is used by what may not understand it
  bool status_is_read = false;
  std::set<int> endless;  // the faults under which, if it persists, the call is made for ever
};

struct RegisteredHandler {
  enum class Kind { kRequests, kExceptions, kErrors };
  Kind kind = Kind::kRequests;
  Place server;
  Value handler;
  const LibraryModel* library = nullptr;
  const ModelRow* row = nullptr;  // null: it is one by a rule of the library
  State state;                    // when it was registered

  bool SameAs(const RegisteredHandler& other) const {
    return kind == other.kind && server == other.server && handler == other.handler;
  }
};

// A server starts to serve.
struct Listening {
  Place server;
  Value port;
  State state;
};

// Where a status or an exception comes from.
struct Origin {
  SourceLocation location;
  std::string function;

  auto operator<=>(const Origin&) const = default;
};

// A step of the way from an entry to a call.
struct ChainLink {
  CallStep step;
  std::string usr;      // of the function
  bool is_own = false;  // in the service's directory
};

struct ServiceFacts {
  std::string directory;         // absolute: code in it is the service's own
  std::string root;              // absolute: locations are relative to it
  std::vector<Status> statuses;  // to be tried on every call of their library

  // The index of the call that `chain` leads to.
  std::size_t Observe(const std::vector<ChainLink>& chain, const LibraryModel& library,
                      const ModelRow& row, const std::string& method, const Value& url);
  // The index of a place in `origins`.
  int AddOrigin(const SourceLocation& location, const std::string& function);
  std::string Relative(const std::string& file) const;
  bool IsOwn(const std::string& file) const { return file.starts_with(directory + "/"); }

  std::vector<ObservedCall> calls;
  std::vector<RegisteredHandler> handlers;
  std::vector<Listening> listening;
  std::vector<Origin> origins;
  std::map<Origin, int> origin_indexes;
};

}  // namespace filibuster
