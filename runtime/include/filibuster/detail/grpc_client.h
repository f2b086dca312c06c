// RPC => the same with our metadata, or its fault. Part of filibuster/grpc.h.
#pragma once

#include <grpc/grpc.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>
#include <optional>
#include <string>

#include "filibuster/call_site.h"
#include "filibuster/detail/grpc_values.h"
#include "filibuster/injector.h"

namespace filibuster_grpc {

// Of one RPC. Made while the caller makes it, by whichever of gRPC's interfaces.
class ClientInterceptor final : public ::grpc::experimental::Interceptor {
 public:
  explicit ClientInterceptor(::grpc::experimental::ClientRpcInfo* rpc)
      : context_(rpc->client_context()), type_(rpc->type()), injection_(CallOf(rpc)) {}
  // The caller of a stream need not ask for its status.
  ~ClientInterceptor() override {
    if (is_ours_) Report(*planned_);
  }

  void Intercept(::grpc::experimental::InterceptorBatchMethods* methods) override {
    using Hook = ::grpc::experimental::InterceptionHookPoints;
    const auto is_at = [&](Hook hook) { return methods->QueryInterceptionHookPoint(hook); };
    if (is_at(Hook::PRE_SEND_CANCEL)) return methods->Proceed();  // asks for nothing else
    if (is_at(Hook::PRE_SEND_INITIAL_METADATA)) {
      Plan();
      for (const auto& [header, value] : injection_.headers()) {
        const std::string key = KeyOf(header);
        methods->GetSendInitialMetadata()->erase(key);  // passed on from the service's own request
        methods->GetSendInitialMetadata()->emplace(key, value);
      }
      if (planned_ && !injection_.fault()->call_first) {
        if (!IsOfClient(*injection_.fault(), planned_->error_code())) {
          is_ours_ = true;
          methods->Hijack();  // and so comes here again, for what would have been received
          return;
        }
        // Nothing is sent, and each event tells so, as of a call that has not been made.
        ::grpc_call_cancel_with_status(context_->c_call(),
                                       static_cast<::grpc_status_code>(planned_->error_code()),
                                       planned_->error_message().c_str(), nullptr);
      }
    }
    if (FailsBehindMessages() && EndStream(methods)) return;
    if (is_ours_ && is_at(Hook::PRE_SEND_MESSAGE)) methods->FailHijackedSendMessage();
    if (is_ours_ && is_at(Hook::PRE_RECV_MESSAGE)) methods->FailHijackedRecvMessage();
    if (is_ours_ && is_at(Hook::PRE_RECV_STATUS)) *methods->GetRecvStatus() = *planned_;
    if (planned_ && is_at(Hook::POST_RECV_INITIAL_METADATA) && type_ == Type::UNARY) {
      methods->GetRecvInitialMetadata()->clear();  // it would come with the answer
    }
    if (is_at(Hook::POST_RECV_STATUS)) {
      if (planned_) {
        *methods->GetRecvStatus() = *planned_;
        methods->GetRecvTrailingMetadata()->clear();
      }
      Report(*methods->GetRecvStatus());
    }
    methods->Proceed();
  }

 private:
  using Type = ::grpc::experimental::ClientRpcInfo::Type;

  bool FailsBehindMessages() const {
    return planned_ && injection_.fault()->messages > 0 &&
           (type_ == Type::SERVER_STREAMING || type_ == Type::BIDI_STREAMING);
  }

  // Behind its last answer: whether the rest of the call is ours. What else of it has arrived, a
  // call that is only cancelled would still hand out.
  bool EndStream(::grpc::experimental::InterceptorBatchMethods* methods) {
    using Hook = ::grpc::experimental::InterceptionHookPoints;
    const int last = injection_.fault()->messages;
    const bool has_received = methods->QueryInterceptionHookPoint(Hook::POST_RECV_MESSAGE);
    const bool has_ended = methods->QueryInterceptionHookPoint(Hook::POST_RECV_STATUS);
    if (has_received && methods->GetRecvMessage() != nullptr) {
      if (++received_ == last && status_asked_) context_->TryCancel();
      return false;
    }
    const bool asks_message = !has_received && methods->GetRecvMessage() != nullptr;
    const bool asks_status = !has_ended && methods->GetRecvStatus() != nullptr;
    // A reactor asks at the beginning: then the status has to come, and no answer comes behind it.
    const bool is_reactor = asks_status ? status_asked_.exchange(true) : status_asked_.load();
    if (received_ < last || is_ours_ || is_reactor || !(asks_message || asks_status)) return false;
    is_ours_ = true;
    methods->Hijack();
    return true;
  }

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

  ::grpc::ClientContext* const context_;
  const ::grpc::experimental::ClientRpcInfo::Type type_;
  filibuster::Injection injection_;
  std::optional<::grpc::Status> planned_;
  // Of a stream, one thread may read while another writes.
  std::atomic<int> received_ = 0;  // messages
  std::atomic<bool> status_asked_ = false;
  std::atomic<bool> is_ours_ = false;  // the call is not made, or not any more
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
