// RPC => the same with our metadata, or its fault. Part of filibuster/grpc.h.
#pragma once

#include <grpc/grpc.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>
#include <optional>
#include <string>

#include "filibuster/detail/grpc_answers.h"
#include "filibuster/detail/grpc_batch.h"
#include "filibuster/detail/grpc_diverted.h"
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

  void Intercept(Methods* methods) override {
    using Hook = ::grpc::experimental::InterceptionHookPoints;
    const auto is_at = [&](Hook hook) { return methods->QueryInterceptionHookPoint(hook); };
    if (is_at(Hook::PRE_SEND_CANCEL)) return methods->Proceed();  // asks for nothing else
    if (!has_begun_) Plan(methods);
    // The batch that a stream was begun with is used again for its messages, and is still marked.
    if (is_at(Hook::PRE_SEND_INITIAL_METADATA) && !is_ours_) {
      for (const auto& [header, value] : injection_.headers()) {
        const std::string key = KeyOf(header);
        methods->GetSendInitialMetadata()->erase(key);  // passed on from the service's own request
        methods->GetSendInitialMetadata()->emplace(key, value);
      }
      if (planned_ && !injection_.fault()->call_first) {
        // Nothing is sent, and each event tells so, as of a call that has not been made.
        ::grpc_call_cancel_with_status(context_->c_call(),
                                       static_cast<::grpc_status_code>(planned_->error_code()),
                                       planned_->error_message().c_str(), nullptr);
        if (!IsOfClient(*injection_.fault(), planned_->error_code())) {
          is_ours_ = true;
          end_is_told_ = is_at(Hook::PRE_SEND_MESSAGE);
          methods->Hijack();  // and so comes here again, for what would have been received
          return;
        }
      }
    }
    if (planned_ && !is_ours_ && injection_.fault()->messages > 0 && !HasOneAnswer() &&
        answers_.AreOver(methods, context_, injection_.fault()->messages)) {
      is_ours_ = true;
      end_is_told_ = true;
      methods->Hijack();
      return;
    }
    // The callee may answer before it has read anything, but not before the first message is sent.
    if (is_ours_ && is_at(Hook::PRE_SEND_MESSAGE) && end_is_told_.exchange(true)) {
      methods->FailHijackedSendMessage();
    }
    if (is_ours_ && is_at(Hook::PRE_RECV_MESSAGE)) methods->FailHijackedRecvMessage();
    if (is_ours_ && is_at(Hook::PRE_RECV_STATUS)) *methods->GetRecvStatus() = *planned_;
    if (planned_) HideAnswer(methods);
    if (is_at(Hook::POST_RECV_STATUS)) {
      if (planned_) {
        *methods->GetRecvStatus() = *planned_;
        methods->GetRecvTrailingMetadata()->clear();
        if (is_ours_ || injection_.fault()->call_first ||
            planned_->error_code() == ::grpc::StatusCode::CANCELLED) {
          SetDebugText(context_, DebugTextOf(*injection_.fault(), *planned_, context_->peer()));
        }
      }
      Report(*methods->GetRecvStatus());
    }
    methods->Proceed();
  }

 private:
  using Type = ::grpc::experimental::ClientRpcInfo::Type;

  bool HasOneAnswer() const { return type_ == Type::UNARY || type_ == Type::CLIENT_STREAMING; }

  // With the first batch of the call.
  void Plan(Methods* methods) {
    has_begun_ = true;
    if (!injection_.fault()) return;
    const auto code = CodeOf(*injection_.fault());
    if (!code) return injection_.DropFault("gRPC knows no such code");
    // Until there is a connection, the peer is what the channel was made for.
    planned_ = StatusOf(*injection_.fault(), *code, context_->peer());
    const bool has_metadata = injection_.fault()->call_first && !HasOneAnswer();
    if (!has_metadata && IsForCallback(methods)) TellNoMetadata(methods);
  }

  // Of a call that fails at its end, what the callee has answered; and that a call that is ours has
  // ended, once its caller knows.
  void HideAnswer(Methods* methods) {
    using Hook = ::grpc::experimental::InterceptionHookPoints;
    const auto is_at = [&](Hook hook) { return methods->QueryInterceptionHookPoint(hook); };
    const bool has_metadata = is_at(Hook::POST_RECV_INITIAL_METADATA);
    const bool has_received = is_at(Hook::POST_RECV_MESSAGE);
    if (has_metadata && HasOneAnswer()) {
      methods->GetRecvInitialMetadata()->clear();
      if (!has_received && !is_at(Hook::POST_RECV_STATUS) && !IsForCallback(methods) &&
          IsGivenUp(*injection_.fault(), planned_->error_code())) {
        TellQueueNoMetadata(methods);
      }
    }
    if (has_received && restore_response_) restore_response_();
    if (is_ours_) {
      // A reactor is told while it sends.
      if ((has_metadata || has_received) && !IsForCallback(methods)) end_is_told_ = true;
    } else if (injection_.fault()->call_first && HasOneAnswer() && !has_received &&
               methods->GetRecvMessage() != nullptr) {
      restore_response_ = LeaveResponse(methods);
    } else if (has_received && methods->GetRecvMessage() == nullptr &&
               IsGivenUp(*injection_.fault(), planned_->error_code())) {
      context_->TryCancel();  // nothing else can be sent
    }
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
  Restore restore_response_;  // of a call that fails at its end
  bool has_begun_ = false;
  Answers answers_;
  // Of a stream, one thread may read while another writes.
  std::atomic<bool> is_ours_ = false;      // the call is not made, or not any more
  std::atomic<bool> end_is_told_ = false;  // of a call that is ours: nothing else can be sent
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
