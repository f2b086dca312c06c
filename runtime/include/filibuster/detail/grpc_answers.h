// Batches of a stream that fails behind some of its answers => from which on it has failed. Part of
// filibuster/grpc.h.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>

namespace filibuster_grpc {

class Answers {
 public:
  // Whether this batch asks for what is behind the last answer. What else has arrived, a call that
  // is only cancelled would still hand out.
  bool AreOver(::grpc::experimental::InterceptorBatchMethods* methods,
               ::grpc::ClientContext* context, int last) {
    using Hook = ::grpc::experimental::InterceptionHookPoints;
    const bool has_received = methods->QueryInterceptionHookPoint(Hook::POST_RECV_MESSAGE);
    const bool has_ended = methods->QueryInterceptionHookPoint(Hook::POST_RECV_STATUS);
    if (has_received && methods->GetRecvMessage() != nullptr) {
      if (++received_ == last && status_asked_) context->TryCancel();
      return false;
    }
    const bool asks_message = !has_received && methods->GetRecvMessage() != nullptr;
    const bool asks_status = !has_ended && methods->GetRecvStatus() != nullptr;
    // A reactor asks at the beginning: then the status has to come, and no answer comes behind it.
    const bool is_reactor = asks_status ? status_asked_.exchange(true) : status_asked_.load();
    return received_ >= last && !is_reactor && (asks_message || asks_status);
  }

 private:
  // One thread may read while another writes.
  std::atomic<int> received_ = 0;
  std::atomic<bool> status_asked_ = false;
};

}  // namespace filibuster_grpc
