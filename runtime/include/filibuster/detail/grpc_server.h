// RPC that arrives => its handler runs in its context. Part of filibuster/grpc.h.
#pragma once

#include <grpcpp/server_builder.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>
#include <vector>

#include "filibuster/context.h"
#include "filibuster/detail/grpc_reveal.h"
#include "filibuster/detail/grpc_values.h"
#include "filibuster/detail/served_requests.h"
#include "filibuster/injector.h"

namespace filibuster_grpc {

// Handlers of synchronous and of callback services run inside Proceed().
class ServerInterceptor final : public ::grpc::experimental::Interceptor {
 public:
  explicit ServerInterceptor(::grpc::experimental::ServerRpcInfo* rpc)
      : request_(rpc->server_context()) {}
  ~ServerInterceptor() override { filibuster::DropServed(request_); }

  void Intercept(::grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            ::grpc::experimental::InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      context_ = filibuster::ReceiveRequest([&](const char* header) {
        const auto& metadata = *methods->GetRecvInitialMetadata();
        const std::string key = KeyOf(header);
        const auto found = metadata.find(::grpc::string_ref(key));
        return found == metadata.end() ? std::string()
                                       : std::string(found->second.data(), found->second.size());
      });
      filibuster::KeepServed(request_, context_);
    }
    if (context_ != nullptr && methods->QueryInterceptionHookPoint(
                                   ::grpc::experimental::InterceptionHookPoints::PRE_SEND_STATUS)) {
      filibuster::AnswerRequest(context_, NameOf(methods->GetSendStatus().error_code()));
    }
    const filibuster::ContextScope scope(context_);
    methods->Proceed();  // may end the RPC, and this with it
  }

 private:
  const ::grpc::ServerContextBase* const request_;
  filibuster::ContextHandle context_;
};

class ServerInterceptorFactory final
    : public ::grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  ::grpc::experimental::Interceptor* CreateServerInterceptor(
      ::grpc::experimental::ServerRpcInfo* rpc) override {
    return new ServerInterceptor(rpc);
  }
};

// A builder takes interceptors in place of those that it has. To add one, its list is needed.
using ServerFactories =
    std::vector<std::unique_ptr<::grpc::experimental::ServerInterceptorFactoryInterface>>;
namespace {  // once in each file that includes this
struct FactoriesOf : Private<ServerFactories, ::grpc::ServerBuilder> {
  friend Member MemberOf(FactoriesOf);
};
template struct Reveal<FactoriesOf, &::grpc::ServerBuilder::interceptor_creators_>;
}  // namespace

static inline void AddInterceptor(::grpc::ServerBuilder* builder) {
  (builder->*MemberOf(FactoriesOf())).push_back(std::make_unique<ServerInterceptorFactory>());
}

}  // namespace filibuster_grpc
