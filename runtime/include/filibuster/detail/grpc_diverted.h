// Batch that receives an answer => the caller's response is as it was before. Part of
// filibuster/grpc.h.
#pragma once

#include <grpc/byte_buffer.h>
#include <grpcpp/impl/call_op_set.h>
#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "filibuster/detail/grpc_batch.h"
#include "filibuster/detail/grpc_reveal.h"

namespace filibuster_grpc {

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

// To be called when the answer has been received.
using Restore = std::function<void()>;

// Of protobuf's functions, only those that have a name and are no virtual ones: what is preloaded
// looks them up in the protobuf that the service has, of whatever version.
static inline Restore Keep(AnyMessage* response) {
  std::string before;
  if (!response->SerializePartialToString(&before)) return nullptr;
  return [response, before = std::move(before)] {
    response->ParsePartialFromArray(before.data(), static_cast<int>(before.size()));
  };
}

// It is received into bytes of ours.
static inline Restore Divert(Bytes*& response) {
  const auto answer = std::make_shared<OwnBytes>();
  response = &answer->bytes;
  return [answer] {};
}

// None where the answer does not come to the response, or where it does all the same, because the
// stubs are of another kind.
static inline Restore LeaveResponse(Methods* methods) {
  batch::CallOpSetInterface* const ops = OpsIn(methods);
  if (auto* const generated = Find<batch::CallOpRecvMessage<AnyMessage>>(ops)) {
    return Keep(generated->*MemberOf(MessageOf()));
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
