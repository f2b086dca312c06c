// request that httplib's server routes => its answer, on the thread that does both. Part of
// filibuster/httplib.h.
#pragma once

#include <httplib.h>

#include <functional>
#include <string>
#include <utility>

#include "filibuster/context.h"
#include "filibuster/detail/httplib_values.h"
#include "filibuster/injector.h"

namespace filibuster_httplib {

// Of the request that this thread has begun to route. httplib routes a request, runs its handler
// and writes the answer, on one thread without a break.
inline filibuster::ContextHandle& RequestOfThread() {
  static thread_local filibuster::ContextHandle request;
  return request;
}

template <typename Result, typename... Args>
std::function<Result(Args...)> InRequest(std::function<Result(Args...)> handler) {
  if (!handler || !filibuster::InjectionEnabled()) return handler;
  return [handler = std::move(handler)](Args... args) -> Result {
    const filibuster::ContextScope scope(RequestOfThread());
    return handler(std::forward<Args>(args)...);
  };
}

inline void Receive(const ::httplib::Request& request) {
  RequestOfThread() =
      filibuster::ReceiveRequest([&](const char* name) { return HeaderOf(request, name); });
}

// What follows on this connection may be answered without being routed.
inline void Answer(const ::httplib::Response& response) {
  filibuster::AnswerRequest(std::exchange(RequestOfThread(), nullptr), response.status);
}

}  // namespace filibuster_httplib
