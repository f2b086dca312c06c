// RPC => the same with our metadata, or its fault. Part of filibuster/grpc.h.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>

#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "filibuster/call_site.h"
#include "filibuster/detail/grpc_values.h"
#include "filibuster/injector.h"

namespace filibuster_grpc {

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

// Of one RPC. Made while the caller makes it, by whichever of gRPC's interfaces.
class ClientInterceptor final : public ::grpc::experimental::Interceptor {
 public:
  explicit ClientInterceptor(::grpc::experimental::ClientRpcInfo* rpc)
      : context_(rpc->client_context()), injection_(CallOf(rpc)) {}

  void Intercept(::grpc::experimental::InterceptorBatchMethods* methods) override {
    using Hook = ::grpc::experimental::InterceptionHookPoints;
    const auto is_at = [&](Hook hook) { return methods->QueryInterceptionHookPoint(hook); };
    if (is_at(Hook::PRE_SEND_INITIAL_METADATA)) {
      Plan();
      for (const auto& [header, value] : injection_.headers()) {
        const std::string key = KeyOf(header);
        methods->GetSendInitialMetadata()->erase(key);  // passed on from the service's own request
        methods->GetSendInitialMetadata()->emplace(key, value);
      }
      if (planned_ && !injection_.fault()->call_first) {
        is_ours_ = true;
        methods->Hijack();  // and so comes here again, for what would have been received
        return;
      }
    }
    if (is_ours_ && is_at(Hook::PRE_SEND_MESSAGE)) methods->FailHijackedSendMessage();
    if (is_ours_ && is_at(Hook::PRE_RECV_MESSAGE)) methods->FailHijackedRecvMessage();
    if (is_ours_ && is_at(Hook::PRE_RECV_STATUS)) *methods->GetRecvStatus() = *planned_;
    if (is_at(Hook::POST_RECV_STATUS)) {
      if (planned_) *methods->GetRecvStatus() = *planned_;
      Report(*methods->GetRecvStatus());
    }
    methods->Proceed();
  }

 private:
  void Plan() {
    if (!injection_.fault()) return;
    if (const auto code = CodeOf(*injection_.fault())) {
      // Until there is a connection, the peer is what the channel was made for.
      planned_ = StatusOf(*injection_.fault(), *code, context_->peer());
    } else {
      injection_.DropFault("gRPC knows no such code");
    }
  }

  // The names by which Filibuster knows every gRPC call.
  filibuster::OutgoingCall CallOf(::grpc::experimental::ClientRpcInfo* rpc) {
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

  void Report(const ::grpc::Status& status) {
    if (status.ok()) return injection_.Returned();
    const std::string code(NameOf(status.error_code()));
    const bool planned = planned_ && !injection_.fault()->exception.empty();
    injection_.Failed(
        planned ? injection_.fault()->exception : std::string(kExceptionPrefix) + code, code);
  }

  const ::grpc::ClientContext* const context_;
  filibuster::Injection injection_;
  std::optional<::grpc::Status> planned_;
  bool is_ours_ = false;  // the call is not made
};

class ClientInterceptorFactory final
    : public ::grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  ::grpc::experimental::Interceptor* CreateClientInterceptor(
      ::grpc::experimental::ClientRpcInfo* rpc) override {
    return new ClientInterceptor(rpc);
  }
};

}  // namespace filibuster_grpc
