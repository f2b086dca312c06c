// A batch of an RPC's operations => what an interceptor cannot change in it by gRPC's interface.
// Part of filibuster/grpc.h.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/impl/call_op_set.h>
#include <grpcpp/impl/codegen/config_protobuf.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/callback_common.h>
#include <grpcpp/support/interceptor.h>

#include <functional>
#include <string>
#include <utility>

#include "filibuster/detail/grpc_reveal.h"

namespace filibuster_grpc {

namespace batch = ::grpc::internal;

// Generated stubs receive the first, whatever their message is; generic ones the second.
using AnyMessage = ::grpc::protobuf::MessageLite;
using Bytes = ::grpc::ByteBuffer;

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

// Batches by which completion queues ask for initial metadata alone.
using MetadataBatch = batch::CallOpSet<batch::CallOpRecvInitialMetadata>;
template <typename Message>
using UnaryBatch =
    batch::CallOpSet<batch::CallOpSendInitialMetadata, batch::CallOpSendMessage,
                     batch::CallOpClientSendClose, batch::CallOpRecvInitialMetadata,
                     batch::CallOpRecvMessage<Message>, batch::CallOpClientRecvStatus>;
struct MetadataIsGood : Private<bool, MetadataBatch> {
  friend Member MemberOf(MetadataIsGood);
};
template struct Reveal<MetadataIsGood, &MetadataBatch::saved_status_>;

struct UnaryIsGood : Private<bool, UnaryBatch<AnyMessage>> {
  friend Member MemberOf(UnaryIsGood);
};
template struct Reveal<UnaryIsGood, &UnaryBatch<AnyMessage>::saved_status_>;

struct GenericIsGood : Private<bool, UnaryBatch<Bytes>> {
  friend Member MemberOf(GenericIsGood);
};
template struct Reveal<GenericIsGood, &UnaryBatch<Bytes>::saved_status_>;
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

template <typename Batch>
static void Fail(batch::CallOpSetInterface* ops, bool Batch::*is_good) {
  if (auto* const found = Find<Batch>(ops)) found->*is_good = false;
}

// Of a batch that asked for nothing else, behind its end: a completion queue tells that none came.
static inline void TellQueueNoMetadata(Methods* methods) {
  batch::CallOpSetInterface* const ops = OpsIn(methods);
  Fail(ops, MemberOf(MetadataIsGood()));
  Fail(ops, MemberOf(UnaryIsGood()));
  Fail(ops, MemberOf(GenericIsGood()));
}

static inline void SetDebugText(::grpc::ClientContext* context, const std::string& text) {
  (context->*MemberOf(SetDebugTextOf()))(text);
}

}  // namespace filibuster_grpc
