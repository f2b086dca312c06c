// gRPC's values <=> what an Injection speaks. Part of filibuster/grpc.h.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>
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

#include "filibuster/call_site.h"
#include "filibuster/detail/grpc_codes.h"
#include "filibuster/injector.h"

namespace filibuster_grpc {

// By which gRPC calls the address that a channel was made for: ipv4:127.0.0.1:5001, of
// localhost:5001. Of several, it names the last that it tried.
inline std::string AddressOf(std::string target) {
  const auto starts_with = [&](std::string_view start) {
    return target.compare(0, start.size(), start) == 0;
  };
  for (const std::string_view scheme : {"dns:///", "dns:", "ipv4:", "ipv6:"}) {
    if (starts_with(scheme)) target.erase(0, scheme.size());
  }
  if (starts_with("unix:///")) target.erase(5, 2);
  if (starts_with("unix:") || starts_with("unix-abstract:")) return target;
  target.erase(0, target.rfind(',') + 1);
  if (starts_with("[")) {
    const std::size_t end = target.find(']');
    return "ipv6:%5B" + target.substr(1, end - 1) + "%5D" +
           (end == target.npos ? "" : target.substr(end + 1));
  }
  if (starts_with("localhost:")) return "ipv4:127.0.0.1" + target.substr(9);
  return "ipv4:" + target;
}

// What a channel says when nobody listens at the address that it was made for.
inline std::string RefusedText(const std::string& target) {
  const std::string address = AddressOf(target);
  const char* reason = "Failed to connect to remote host: Connection refused";
  if (address.compare(0, 5, "unix:") == 0) reason = "No such file or directory";
  if (address.compare(0, 14, "unix-abstract:") == 0) reason = "Connection refused";
  return "failed to connect to all addresses; last error: UNKNOWN: " + address + ": " + reason;
}

// Whether the client fails the call, and not the callee by its answer.
inline bool IsOfClient(const filibuster::InjectedFault& fault, ::grpc::StatusCode code) {
  return !fault.exception.empty() &&
         (code == ::grpc::StatusCode::UNAVAILABLE ||
          code == ::grpc::StatusCode::DEADLINE_EXCEEDED || code == ::grpc::StatusCode::CANCELLED);
}

// Whether the client does not wait for the callee any longer.
inline bool IsGivenUp(const filibuster::InjectedFault& fault, ::grpc::StatusCode code) {
  return IsOfClient(fault, code) && code != ::grpc::StatusCode::UNAVAILABLE;
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

// For ClientContext::debug_error_string(), of a call that has had a connection.
inline std::string DebugTextOf(const filibuster::InjectedFault& fault, const ::grpc::Status& status,
                               const std::string& peer) {
  if (IsGivenUp(fault, status.error_code())) {
    if (status.error_code() == ::grpc::StatusCode::CANCELLED) return "CANCELLED";
    return "UNKNOWN:" + status.error_message() +
           " {grpc_status:" + std::to_string(status.error_code()) + "}";
  }
  return "UNKNOWN:Error received from peer " + (fault.call_first ? peer : AddressOf(peer)) +
         " {grpc_message:\"" + status.error_message() +
         "\", grpc_status:" + std::to_string(status.error_code()) + "}";
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

// The names by which Filibuster knows every gRPC call.
inline filibuster::OutgoingCall CallOf(::grpc::experimental::ClientRpcInfo* rpc) {
  const filibuster::CallSite& site = filibuster::CurrentCallSite();
  filibuster::OutgoingCall call;
  call.module = "grpc";
  call.method = "insecure_channel";
  call.target = rpc->method();
  call.file = site.file.c_str();
  call.line = site.line;
  call.stack = site.stack;
  call.timeout = TimeoutOf(*rpc->client_context());
  return call;
}

}  // namespace filibuster_grpc
