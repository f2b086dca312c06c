// A batch of an RPC's operations => what an interceptor cannot change in it by gRPC's interface.
// Part of filibuster/grpc.h.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/impl/call_op_set.h>
#include <grpcpp/support/callback_common.h>
#include <grpcpp/support/interceptor.h>

#include <functional>
#include <string>
#include <utility>

#include "filibuster/detail/grpc_reveal.h"

namespace filibuster_grpc {

namespace batch = ::grpc::internal;

namespace {  // once in each file that includes this
struct OpsOf : Private<batch::CallOpSetInterface*, batch::InterceptorBatchMethodsImpl> {
  friend Member MemberOf(OpsOf);
};
template struct Reveal<OpsOf, &batch::InterceptorBatchMethodsImpl::ops_>;

struct CallbackOf : Private<std::function<void(bool)>, batch::CallbackWithSuccessTag> {
  friend Member MemberOf(CallbackOf);
};
template struct Reveal<CallbackOf, &batch::CallbackWithSuccessTag::func_>;

struct SetDebugTextOf : Private<void(const std::string&), ::grpc::ClientContext> {
  friend Member MemberOf(SetDebugTextOf);
};
template struct Reveal<SetDebugTextOf, &::grpc::ClientContext::set_debug_error_string>;
}  // namespace

using Methods = ::grpc::experimental::InterceptorBatchMethods;

static inline batch::CallOpSetInterface* OpsIn(Methods* methods) {
  return static_cast<batch::InterceptorBatchMethodsImpl*>(methods)->*MemberOf(OpsOf());
}

// Null if the batch has no such operation, or if it was compiled without information about types.
template <typename Operation>
static Operation* Find(batch::CallOpSetInterface* ops) {
#ifdef __cpp_rtti
  // It stands in front of the virtual functions.
  const void* const type_information = (*reinterpret_cast<const void* const* const*>(ops))[-1];
  return type_information == nullptr ? nullptr : dynamic_cast<Operation*>(ops);
#else
  static_cast<void>(ops);
  return nullptr;
#endif
}

// Whether a callback is told of its end, and no completion queue.
static inline bool IsForCallback(Methods* methods) {
  batch::CallOpSetInterface* const ops = OpsIn(methods);
  return ops->core_cq_tag() != dynamic_cast<void*>(ops);
}

// Of a reactor's first batch: OnReadInitialMetadataDone(false), whatever comes.
static inline void TellNoMetadata(Methods* methods) {
  batch::CallOpSetInterface* const ops = OpsIn(methods);
  if (Find<batch::CallOpRecvInitialMetadata>(ops) == nullptr) return;
  if (Find<batch::CallOpClientRecvStatus>(ops) != nullptr) return;  // a callback with the status
  auto* const tag = static_cast<batch::CallbackWithSuccessTag*>(ops->core_cq_tag());
  std::function<void(bool)>& callback = tag->*MemberOf(CallbackOf());
  callback = [told = std::move(callback)](bool) { told(false); };
}

static inline void SetDebugText(::grpc::ClientContext* context, const std::string& text) {
  (context->*MemberOf(SetDebugTextOf()))(text);
}

}  // namespace filibuster_grpc
