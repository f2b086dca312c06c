// Names of gRPC's codes <=> the codes. Part of filibuster/grpc.h.
#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>
#include <iterator>
#include <optional>
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

}  // namespace filibuster_grpc
