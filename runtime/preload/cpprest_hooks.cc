// Requests by http_client and to http_listener: in a library that is linked with the C++ REST SDK,
// and loaded by libfilibuster-preload-cpprest.so.
#include "runtime/preload/cpprest_hooks.h"

#include <cpprest/http_client.h>
#include <cpprest/http_listener.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "filibuster/call_site.h"
#include "filibuster/context.h"
#include "filibuster/detail/http_reason.h"
#include "filibuster/injector.h"
#include "runtime/corrupted_body.h"
#include "runtime/preload/loopback_peer.h"

namespace filibuster {
namespace {

using web::http::http_exception;
using web::http::http_request;
using web::http::http_response;
using web::http::client::http_client;
using web::http::client::http_client_config;
using Task = pplx::task<http_response>;

struct Failure {
  int error;
  const char* name;
  LoopbackPeer::Way way;  // shows it
};

constexpr Failure kFailures[] = {
    {EHOSTUNREACH, "web::http::http_exception(EHOSTUNREACH)", LoopbackPeer::Way::kRefuse},
    {ETIMEDOUT, "web::http::http_exception(ETIMEDOUT)", LoopbackPeer::Way::kStaySilent},
    {ECONNABORTED, "web::http::http_exception(ECONNABORTED)", LoopbackPeer::Way::kClose},
};

std::string NameOf(const http_exception& exception) {
  const int error = exception.error_code().value();
  for (const Failure& failure : kFailures) {
    if (failure.error == error) return failure.name;
  }
  return "web::http::http_exception(" + std::to_string(error) + ")";
}

// Its own, where the service has set it.
std::optional<double> TimeoutOf(const http_client_config& config) {
  const auto timeout = config.timeout<std::chrono::microseconds>();
  if (timeout == http_client_config().timeout<std::chrono::microseconds>()) return std::nullopt;
  return std::chrono::duration<double>(timeout).count();
}

OutgoingCall CallOf(const http_client& client, const http_request& request) {
  const CallSite& site = CurrentCallSite();
  const web::uri& base = client.base_uri();
  OutgoingCall call;
  call.module = "cpprest";
  call.method = "request";
  call.ssl = base.scheme() == "https";
  const int port = base.port() > 0 ? base.port() : call.ssl ? 443 : 80;
  call.target =
      std::to_string(port) +
      web::uri_builder(base).append(request.relative_uri()).to_uri().resource().to_string();
  call.file = site.file.c_str();
  call.line = site.line;
  call.stack = site.stack;
  call.timeout = TimeoutOf(client.client_config());
  return call;
}

// One call, until its task is done.
struct Call {
  Call(CpprestRequest* next, const http_client& client, const http_request& request)
      : next(reinterpret_cast<Function*>(reinterpret_cast<void*>(next))),
        context(CurrentContext()),
        injection(CallOf(client, request)) {}

  Task Send(http_client* client, http_request request,
            const pplx::cancellation_token& token) const {
    return next(client, std::move(request), token);
  }

  using Function = Task(http_client*, http_request, const pplx::cancellation_token&);
  Function* const next;
  const ContextHandle context;
  Injection injection;
  std::unique_ptr<LoopbackPeer> peer;  // if the call is to fail
  std::unique_ptr<http_client> client_of_peer;
};

// What makes a client fail as planned; null if nothing can.
std::unique_ptr<LoopbackPeer> PeerFor(const InjectedFault& fault) {
  if (fault.status != 0) {
    const std::string status = std::to_string(fault.status) + " " + ReasonOf(fault.status);
    return std::make_unique<LoopbackPeer>(LoopbackPeer::Way::kAnswer,
                                          "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
  }
  for (const Failure& failure : kFailures) {
    if (fault.exception == failure.name) return std::make_unique<LoopbackPeer>(failure.way, "");
  }
  return nullptr;
}

bool Transforms(const Injection& injection) {
  return injection.fault() && !injection.fault()->transformation.empty();
}

void Plan(Call* call) {
  if (!call->injection.fault() || Transforms(call->injection)) return;
  const InjectedFault& fault = *call->injection.fault();
  auto peer = PeerFor(fault);
  if (peer == nullptr) {
    call->injection.DropFault("the C++ REST SDK's instrumentation knows no such failure");
  } else if (peer->port() == 0) {
    call->injection.DropFault("there is no peer to be had on loopback");
  } else {
    call->peer = std::move(peer);
  }
}

// The same request to our peer: the failure and what the caller can see of it are the library's
// own. The request's body stays where it is.
Task AskPeer(const std::shared_ptr<Call>& call, const http_client& client,
             const http_request& request, const pplx::cancellation_token& token) {
  http_client_config config(client.client_config());
  config.set_proxy(web::web_proxy(web::web_proxy::disabled));
  constexpr std::chrono::milliseconds kPatience{100};  // a timeout is not waited for longer
  if (call->injection.fault()->exception == kFailures[1].name &&
      config.timeout<std::chrono::microseconds>() > kPatience) {
    config.set_timeout(kPatience);
  }
  http_request to_peer(request.method());
  to_peer.set_request_uri(request.relative_uri());
  to_peer._get_impl()->set_response_stream(request._get_impl()->_response_stream());
  call->client_of_peer = std::make_unique<http_client>(
      web::uri("http://127.0.0.1:" + std::to_string(call->peer->port())), config);
  request._get_impl()->_set_base_uri(client.base_uri());  // as by the client that it was given to
  pplx::create_task([call] { call->peer->Speak(); });
  return call->Send(call->client_of_peer.get(), to_peer, token);
}

// An answer whose body has been taken gets it back, as the fault wants it.
void TransformBody(std::string body, http_response response, Injection* injection) {
  const web::http::http_headers given = response.headers();
  injection->Transform(&body);
  const size_t size = body.size();
  response.set_body(concurrency::streams::bytestream::open_istream(std::move(body)), size);
  response.headers() = given;
  if (given.has("Content-Length")) response.headers().set_content_length(size);
}

// The call with its outcome reported. Who goes on with it goes on with the request that it was made
// for: on the thread that completes the task, and on those to which that gives the rest.
Task Watch(const std::shared_ptr<Call>& call, const Task& natural, bool has_own_stream,
           const pplx::cancellation_token& token) {
  const pplx::task_completion_event<http_response> done;
  const auto finish = [call, done](const http_response& response) {
    const ContextScope scope(call->context);
    call->injection.Returned(response.status_code(), "");
    done.set(response);
  };
  natural.then([call, done, finish, has_own_stream](const Task& ended) {
    try {
      const http_response response = ended.get();
      if (Transforms(call->injection)) {
        if (has_own_stream) {
          call->injection.DropFault("the body of the answer goes to a stream of the service's");
          return finish(response);
        }
        // The SDK has all of it by then; one that is too long stays with it.
        const auto take = [](const http_response& whole) {
          if (whole.body().streambuf().in_avail() <= kMaxCorruptible) return whole.extract_vector();
          return pplx::task_from_result(std::vector<unsigned char>());
        };
        response.content_ready().then(take).then(
            [call, finish, response](const pplx::task<std::vector<unsigned char>>& taken) {
              try {
                const std::vector<unsigned char> body = taken.get();
                if (body.empty() && response.body().streambuf().in_avail() != 0) {
                  call->injection.DropFault(kTooLongToCorrupt);
                } else {
                  TransformBody({body.begin(), body.end()}, response, &call->injection);
                }
              } catch (...) {  // the caller will find it too
                call->injection.DropFault("the body of the answer breaks off");
              }
              finish(response);
            });
        return;
      }
      // A body of known length is waited for: else a later part of it would complete a task of the
      // caller's on a thread that knows no request.
      if (has_own_stream || !response.headers().has("Content-Length")) return finish(response);
      response.content_ready().then([finish, response](const Task& whole) {
        try {
          whole.wait();
        } catch (...) {  // the caller will find it too
        }
        finish(response);
      });
    } catch (const http_exception& exception) {
      const ContextScope scope(call->context);
      call->injection.Failed(NameOf(exception));
      done.set_exception(std::current_exception());
    } catch (...) {
      const ContextScope scope(call->context);
      call->injection.Failed("pplx::task_canceled");
      done.set_exception(std::current_exception());
    }
  });
  return Task(done, pplx::task_options(token));
}

Task Request(CpprestRequest* next, http_client* client, http_request* request,
             const pplx::cancellation_token& token) {
  const auto call = std::make_shared<Call>(next, *client, *request);
  Plan(call.get());
  for (const auto& [name, value] : call->injection.headers()) {
    request->headers().remove(name);  // that of the request that the service is handling, perhaps
    request->headers().add(name, value);
  }
  const bool has_own_stream = static_cast<bool>(request->_get_impl()->_response_stream());
  Task natural;
  if (call->peer == nullptr) {
    natural = call->Send(client, *request, token);
  } else if (call->injection.fault()->call_first) {
    natural = call->Send(client, *request, token)
                  .then([=, given = *client, request = *request](const Task& ended) {
                    try {
                      ended.wait();
                    } catch (...) {  // the caller sees the planned fault instead
                    }
                    return AskPeer(call, given, request, token);
                  });
  } else {
    natural = AskPeer(call, *client, *request, token);
  }
  return Watch(call, natural, has_own_stream, token);
}

void Handle(CpprestHandle* next, void* listener, const http_request& request) {
  const auto header = [&](const char* name) {
    const auto found = request.headers().find(name);
    return found == request.headers().end() ? std::string() : found->second;
  };
  const ContextScope scope(ReceiveRequest(header));
  http_request handled = request;
  next(listener, &handled);
}

void Reply(const void* response) {
  AnswerRequest(CurrentContext(), static_cast<const http_response*>(response)->status_code());
}

}  // namespace
}  // namespace filibuster

extern "C"
    [[gnu::visibility("default")]] const filibuster::CpprestHooks filibuster_cpprest_hooks = {
        reinterpret_cast<decltype(filibuster::CpprestHooks::request)>(
            reinterpret_cast<void*>(&filibuster::Request)),
        reinterpret_cast<decltype(filibuster::CpprestHooks::handle)>(
            reinterpret_cast<void*>(&filibuster::Handle)),
        filibuster::Reply};
