#include "runtime/preload/poco_server.h"

#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>

#include <optional>

#include "filibuster/context.h"
#include "filibuster/injector.h"

namespace filibuster {
namespace {

// Of the request that this thread serves.
std::optional<ContextScope>& ScopeOfThread() {
  static thread_local std::optional<ContextScope> scope;
  return scope;
}

}  // namespace

void RequestBegins(const void* begun) {
  const auto* const request = static_cast<const Poco::Net::HTTPServerRequestImpl*>(begun);
  ScopeOfThread().emplace(ReceiveRequest([&](const char* name) { return request->get(name, ""); }));
}

void ResponseIsSent(const void* sent) {
  const auto* const response = static_cast<const Poco::Net::HTTPResponse*>(sent);
  if (dynamic_cast<const Poco::Net::HTTPServerResponseImpl*>(response) == nullptr) return;
  AnswerRequest(CurrentContext(), response->getStatus());
}

void RequestEnds() { ScopeOfThread().reset(); }

}  // namespace filibuster
