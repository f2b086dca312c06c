// gRPC's values <=> what an Injection speaks. Part of filibuster/grpc.h.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <cctype>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "filibuster/injector.h"

namespace filibuster_grpc {

inline constexpr std::string_view kCodeNames[] = {"OK",
                                                  "CANCELLED",
                                                  "UNKNOWN",
                                                  "INVALID_ARGUMENT",
                                                  "NOT_FOUND",
                                                  "ALREADY_EXISTS",
                                                  "PERMISSION_DENIED",
                                                  "RESOURCE_EXHAUSTED",
                                                  "ABORTED",
                                                  "DEADLINE_EXCEEDED",
                                                  "OUT_OF_RANGE",
                                                  "UNIMPLEMENTED",
                                                  "INTERNAL",
                                                  "UNAVAILABLE",
                                                  "DATA_LOSS",
                                                  "UNAUTHENTICATED",
                                                  "FAILED_PRECONDITION"};

inline constexpr ::grpc::StatusCode kCodes[] = {
    ::grpc::StatusCode::OK,
    ::grpc::StatusCode::CANCELLED,
    ::grpc::StatusCode::UNKNOWN,
    ::grpc::StatusCode::INVALID_ARGUMENT,
    ::grpc::StatusCode::NOT_FOUND,
    ::grpc::StatusCode::ALREADY_EXISTS,
    ::grpc::StatusCode::PERMISSION_DENIED,
    ::grpc::StatusCode::RESOURCE_EXHAUSTED,
    ::grpc::StatusCode::ABORTED,
    ::grpc::StatusCode::DEADLINE_EXCEEDED,
    ::grpc::StatusCode::OUT_OF_RANGE,
    ::grpc::StatusCode::UNIMPLEMENTED,
    ::grpc::StatusCode::INTERNAL,
    ::grpc::StatusCode::UNAVAILABLE,
    ::grpc::StatusCode::DATA_LOSS,
    ::grpc::StatusCode::UNAUTHENTICATED,
    ::grpc::StatusCode::FAILED_PRECONDITION,
};
static_assert(std::size(kCodeNames) == std::size(kCodes));

inline std::string_view NameOf(::grpc::StatusCode code) {
  for (std::size_t i = 0; i < std::size(kCodes); ++i) {
    if (kCodes[i] == code) return kCodeNames[i];
  }
  return "UNKNOWN";
}

inline constexpr std::string_view kExceptionPrefix = "grpc::StatusCode::";

// Of {"name": "grpc::StatusCode::UNAVAILABLE"}, or of any exception or error that has a code.
inline std::optional<::grpc::StatusCode> CodeOf(const filibuster::InjectedFault& fault) {
  std::string_view name = fault.code;
  if (name.empty()) {
    name = fault.exception;
    if (name.substr(0, kExceptionPrefix.size()) != kExceptionPrefix) return std::nullopt;
    name.remove_prefix(kExceptionPrefix.size());
  }
  for (std::size_t i = 1; i < std::size(kCodes); ++i) {  // not OK: that is no failure
    if (kCodeNames[i] == name) return kCodes[i];
  }
  return std::nullopt;
}

// What a channel says when nobody listens at the address that it was made for: "localhost:5001".
inline std::string RefusedText(std::string target) {
  for (const std::string_view scheme : {"dns:///", "dns:", "ipv4:", "ipv6:"}) {
    if (target.compare(0, scheme.size(), scheme) == 0) target.erase(0, scheme.size());
  }
  std::string address = target;
  std::string reason = "Failed to connect to remote host: Connection refused";
  if (target.compare(0, 5, "unix:") == 0) {
    reason = "No such file or directory";
  } else if (target.compare(0, 1, "[") == 0) {
    const std::size_t end = target.find(']');
    address = "ipv6:%5B" + target.substr(1, end - 1) + "%5D" +
              (end == target.npos ? "" : target.substr(end + 1));
  } else if (target.compare(0, 10, "localhost:") == 0) {
    address = "ipv4:127.0.0.1" + target.substr(9);
  } else {
    address = "ipv4:" + target;
  }
  return "failed to connect to all addresses; last error: UNKNOWN: " + address + ": " + reason;
}

// Whether the client fails the call, and not the callee by its answer.
inline bool IsOfClient(const filibuster::InjectedFault& fault, ::grpc::StatusCode code) {
  return !fault.exception.empty() &&
         (code == ::grpc::StatusCode::UNAVAILABLE ||
          code == ::grpc::StatusCode::DEADLINE_EXCEEDED || code == ::grpc::StatusCode::CANCELLED);
}

// As gRPC would return it: with its own text if the client fails the call, and with none if it is
// the callee who answers.
inline ::grpc::Status StatusOf(const filibuster::InjectedFault& fault, ::grpc::StatusCode code,
                               const std::string& target) {
  if (fault.exception.empty()) return {code, ""};
  switch (code) {
    case ::grpc::StatusCode::UNAVAILABLE:
      return {code, fault.call_first ? "Socket closed" : RefusedText(target)};
    case ::grpc::StatusCode::DEADLINE_EXCEEDED:
      return {code, "Deadline Exceeded"};
    case ::grpc::StatusCode::CANCELLED:
      return {code, "CANCELLED"};
    default:
      return {code, ""};
  }
}

// Metadata has lower-case keys.
inline std::string KeyOf(std::string_view header) {
  std::string key(header);
  for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return key;
}

// Seconds left for the call. Rounded up, to what its author wrote: some of it has passed already.
inline std::optional<double> TimeoutOf(const ::grpc::ClientContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  if (deadline.tv_sec == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  const double left = static_cast<double>(deadline.tv_sec) - now.count() + deadline.tv_nsec / 1e9;
  const double steps = left >= 1 ? 10 : 100;  // a second
  return left <= 0 ? 0 : std::ceil(left * steps) / steps;
}

}  // namespace filibuster_grpc
