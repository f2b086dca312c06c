// Batch that receives an answer => it receives into a message of ours, and the caller's response
// stays as it is. Part of filibuster/grpc.h.
#pragma once

#include <grpc/byte_buffer.h>
#include <grpcpp/impl/call_op_set.h>
#include <grpcpp/impl/codegen/config_protobuf.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>

#include "filibuster/detail/grpc_batch.h"
#include "filibuster/detail/grpc_reveal.h"

namespace filibuster_grpc {

// Generated stubs receive the first, whatever their message is; generic ones the second.
using AnyMessage = ::grpc::protobuf::MessageLite;
using Bytes = ::grpc::ByteBuffer;

namespace {  // once in each file that includes this
struct MessageOf : Private<AnyMessage*, batch::CallOpRecvMessage<AnyMessage>> {
  friend Member MemberOf(MessageOf);
};
template struct Reveal<MessageOf, &batch::CallOpRecvMessage<AnyMessage>::message_>;

struct BytesOf : Private<Bytes*, batch::CallOpRecvMessage<Bytes>> {
  friend Member MemberOf(BytesOf);
};
template struct Reveal<BytesOf, &batch::CallOpRecvMessage<Bytes>::message_>;

// Some batches hide what they receive.
struct HiddenOf
    : Private<std::unique_ptr<batch::DeserializeFunc>, batch::CallOpGenericRecvMessage> {
  friend Member MemberOf(HiddenOf);
};
template struct Reveal<HiddenOf, &batch::CallOpGenericRecvMessage::deserialize_>;

struct BufferOf : Private<::grpc_byte_buffer*, Bytes> {
  friend Member MemberOf(BufferOf);
};
template struct Reveal<BufferOf, &Bytes::buffer_>;
}  // namespace

// By a function that what is preloaded can look up; it is not linked to gRPC's library, and so
// cannot use the destructor.
static inline void Clear(Bytes* bytes) {
  ::grpc_byte_buffer*& buffer = bytes->*MemberOf(BufferOf());
  if (buffer != nullptr) ::grpc_byte_buffer_destroy(buffer);
  buffer = nullptr;
}

struct OwnBytes {
  OwnBytes() : bytes() {}
  ~OwnBytes() { Clear(&bytes); }
  union {
    Bytes bytes;
  };
};

struct Drop final : batch::DeserializeFunc {
  ::grpc::Status Deserialize(Bytes* answer) override {
    Clear(answer);
    return {};
  }
};

static inline std::shared_ptr<void> Divert(AnyMessage*& response) {
  std::shared_ptr<AnyMessage> answer(response->New());
  response = answer.get();
  return answer;
}

static inline std::shared_ptr<void> Divert(Bytes*& response) {
  const auto answer = std::make_shared<OwnBytes>();
  response = &answer->bytes;
  return answer;
}

// What it is received into: null for nothing, or for the response all the same, where stubs are of
// another kind.
static inline std::shared_ptr<void> DivertAnswer(Methods* methods) {
  batch::CallOpSetInterface* const ops = OpsIn(methods);
  if (auto* const generated = Find<batch::CallOpRecvMessage<AnyMessage>>(ops)) {
    return Divert(generated->*MemberOf(MessageOf()));
  }
  if (auto* const generic = Find<batch::CallOpRecvMessage<Bytes>>(ops)) {
    return Divert(generic->*MemberOf(BytesOf()));
  }
  if (auto* const any = Find<batch::CallOpGenericRecvMessage>(ops)) {
    (any->*MemberOf(HiddenOf())).reset(new Drop);
  }
  return nullptr;
}

}  // namespace filibuster_grpc
