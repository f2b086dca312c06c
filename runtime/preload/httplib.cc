// cpp-httplib's clients and servers, where its compiled library is used: in front of the one
// function that every request of a client passes, and of those that route a server's requests and
// prepare it to listen.
//
// Nothing of httplib is linked; what is needed of its classes is inline in the header. Compiled
// with -fno-access-control: where a client's requests go is nobody's business otherwise.
#include <httplib.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "filibuster/call_site.h"
#include "filibuster/context.h"
#include "filibuster/detail/httplib_call.h"
#include "filibuster/detail/httplib_request.h"
#include "filibuster/injector.h"
#include "runtime/preload/next_function.h"

namespace filibuster {
namespace {

// The library whose classes look as the header says. Another version, or a copy of httplib in the
// service itself, is called as if we were not there.
constexpr std::string_view kLibrary = "libcpp-httplib.so.0.11";

template <typename Function>
struct Next : KnownFunction<Function> {
  constexpr explicit Next(const char* name) : KnownFunction<Function>(name, kLibrary) {}
};

// Its own, where the service has set it.
std::optional<double> TimeoutOf(const httplib::ClientImpl& client) {
  if (client.read_timeout_sec_ != CPPHTTPLIB_READ_TIMEOUT_SECOND ||
      client.read_timeout_usec_ != CPPHTTPLIB_READ_TIMEOUT_USECOND) {
    return static_cast<double>(client.read_timeout_sec_) +
           static_cast<double>(client.read_timeout_usec_) / 1e6;
  }
  if (client.connection_timeout_sec_ != CPPHTTPLIB_CONNECTION_TIMEOUT_SECOND ||
      client.connection_timeout_usec_ != CPPHTTPLIB_CONNECTION_TIMEOUT_USECOND) {
    return static_cast<double>(client.connection_timeout_sec_) +
           static_cast<double>(client.connection_timeout_usec_) / 1e6;
  }
  return std::nullopt;
}

// "GET" as the function is called: "Get".
std::string MethodOf(const httplib::Request& request) {
  std::string method = request.method;
  for (size_t i = 1; i < method.size(); ++i) {
    if (method[i] >= 'A' && method[i] <= 'Z') method[i] = static_cast<char>(method[i] + 32);
  }
  return method;
}

OutgoingCall CallOf(const httplib::ClientImpl& client, const httplib::Request& request,
                    const std::string& method) {
  const CallSite& site = CurrentCallSite();
  OutgoingCall call;
  call.module = "httplib";
  call.method = method.c_str();
  call.target = std::to_string(client.port_) + request.path;
  call.file = site.file.c_str();
  call.line = site.line;
  call.stack = site.stack;
  call.timeout = TimeoutOf(client);
  call.ssl = client.is_ssl();
  return call;
}

void AddHeaders(const Injection& injection, httplib::Request* request) {
  for (const auto& [name, value] : injection.headers()) {
    request->headers.erase(name);
    request->headers.emplace(name, value);
  }
}

// A HEAD request's is not, and a redirection that is followed is another request's.
bool IsHandled(const httplib::ClientImpl& client, const httplib::Request& request, int status) {
  const bool is_followed = client.follow_location_ && status > 300 && status < 400;
  return request.response_handler && request.method != "HEAD" && status != 204 && !is_followed;
}

// Whether the call ends with a response. Who handles and logs responses gets to see it.
bool Fail(const InjectedFault& fault, httplib::Error planned, const httplib::ClientImpl& client,
          const httplib::Request& request, httplib::Response* response, httplib::Error* error) {
  *error = planned;
  if (fault.status == 0) return false;
  *response = httplib::Response();
  response->version = "HTTP/1.1";
  response->status = fault.status;
  response->reason = ReasonOf(fault.status);
  response->headers.emplace("Content-Length", "0");
  if (IsHandled(client, request, fault.status) && !request.response_handler(*response)) {
    *error = httplib::Error::Canceled;
    return false;
  }
  if (client.logger_) client.logger_(request, *response);
  return true;
}

// Nullopt if httplib knows no such error.
std::optional<httplib::Error> ErrorOf(const InjectedFault& fault) {
  if (fault.status != 0) return httplib::Error::Success;
  for (const auto& entry : filibuster_httplib::kErrorNames) {
    if (entry.name == fault.exception) return entry.error;
  }
  return std::nullopt;
}

// A redirection, or an answer to a demand for authorization, is part of the call that it is for.
bool IsPartOfCall(const httplib::Request& request) {
  return request.redirect_count_ != CPPHTTPLIB_REDIRECT_MAX_COUNT ||
         request.authorization_count_ != 0;
}

}  // namespace
}  // namespace filibuster

namespace httplib {

bool ClientImpl::send(Request& request, Response& response, Error& error) {
  using Send = bool(ClientImpl*, Request&, Response&, Error&);
  static const filibuster::Next<Send> next(
      "_ZN7httplib10ClientImpl4sendERNS_7RequestERNS_8ResponseERNS_5ErrorE");
  if (!next.known() || !filibuster::InjectionEnabled() || filibuster::IsPartOfCall(request)) {
    return next.function(this, request, response, error);
  }
  const std::string method = filibuster::MethodOf(request);
  filibuster::Injection injection(filibuster::CallOf(*this, request, method));
  std::optional<Error> planned;
  const bool transforms = injection.fault() && !injection.fault()->transformation.empty();
  if (injection.fault() && !transforms) {
    planned = filibuster::ErrorOf(*injection.fault());
    if (!planned) injection.DropFault("httplib knows no such error");
  }
  filibuster::AddHeaders(injection, &request);
  tcp_nodelay_ = true;  // our headers are more bytes: they shall not wait to be acknowledged
  bool answered = false;
  if (!planned) {
    answered = next.function(this, request, response, error);
  } else {
    if (injection.fault()->call_first) {
      Response unseen;
      Error ignored = Error::Success;
      next.function(this, request, unseen, ignored);
    }
    answered = filibuster::Fail(*injection.fault(), *planned, *this, request, &response, &error);
  }
  if (answered && transforms) filibuster_httplib::Transform(&injection, &response);
  if (answered) {
    injection.Returned(response.status, response.body);
  } else {
    injection.Failed(filibuster_httplib::NameOf(error));
  }
  return answered;
}

bool Server::routing(Request& request, Response& response, Stream& stream) {
  using Routing = bool(Server*, Request&, Response&, Stream&);
  static const filibuster::Next<Routing> next(
      "_ZN7httplib6Server7routingERNS_7RequestERNS_8ResponseERNS_6StreamE");
  if (!next.known() || !filibuster::InjectionEnabled()) {
    return next.function(this, request, response, stream);
  }
  filibuster_httplib::Receive(request);
  const filibuster::ContextScope scope(filibuster_httplib::RequestOfThread());
  return next.function(this, request, response, stream);
}

// Runs once for each server, when it has all its handlers.
bool Server::listen_internal() {
  using Listen = bool(Server*);
  static const filibuster::Next<Listen> next("_ZN7httplib6Server15listen_internalEv");
  if (next.known() && filibuster::InjectionEnabled()) {
    post_routing_handler_ = [handler = std::move(post_routing_handler_)](const Request& request,
                                                                         Response& response) {
      if (handler) handler(request, response);
      filibuster_httplib::Answer(response);
    };
  }
  return next.function(this);
}

}  // namespace httplib
