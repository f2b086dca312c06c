// Fault, or what a caller reports => what the caller saw of a call.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "runtime/protocol.h"

namespace filibuster {

// Exceptions that carry a code (gRPC) are their code.
struct CallResult {
  std::string status_code;  // "503", "NOT_FOUND"; empty if an exception without a code came
  std::string exception;    // its name
  std::string metadata;     // of the exception, as JSON, what else tells it from others

  bool operator==(const CallResult&) const = default;
};

CallResult ResultOf(const Fault& fault);
// Of an invocation_complete's `return_value` or `exception`; nullopt if both are null.
std::optional<CallResult> ResultOf(const Json& return_value, const Json& exception);

// Whether a caller that reports this saw the fault that was planned for its call: the same status
// or code, or an exception of that name. The rest of its metadata says how it was raised, and only
// some callers repeat it.
bool IsSeen(const Fault& planned, const Json& return_value, const Json& exception);

// The callee does its work all the same, before the fault is raised.
bool CalleeRuns(const Fault& fault);

// The callee sleeps, and the caller sees what comes of that.
bool IsLatency(const Fault& fault);
// How the fault corrupts the answer's body; "" if it does not.
std::string TransformationOf(const Fault& fault);

// "httplib::Error::Connection", "503": the name of a fault, or of a result, for people.
std::string FaultName(const Fault& fault);
std::string ResultName(const CallResult& result);

std::ostream& operator<<(std::ostream& out, const CallResult& result);

}  // namespace filibuster
