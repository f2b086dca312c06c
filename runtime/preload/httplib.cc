// cpp-httplib's clients and servers, where its compiled library is used: in front of the one
// function that every request of a client passes, and of those that route a server's requests and
// prepare it to listen.
//
// Nothing of httplib is linked; what is needed of its classes is inline in the header. Compiled
// with -fno-access-control: where a client's requests go is nobody's business otherwise.
#include <httplib.h>
#include <sys/socket.h>

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "filibuster/call_site.h"
#include "filibuster/context.h"
#include "filibuster/detail/httplib_failing_stream.h"
#include "filibuster/detail/httplib_request.h"
#include "filibuster/detail/httplib_values.h"
#include "filibuster/injector.h"
#include "runtime/preload/next_function.h"
#include "runtime/unique_fd.h"

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

// What httplib does with a request and its answer, over whatever stream. False without the library.
bool Handle(httplib::ClientImpl& client, httplib::Stream& stream, httplib::Request& request,
            httplib::Response& response, httplib::Error& error) {
  using HandleRequest = bool(httplib::ClientImpl*, httplib::Stream&, httplib::Request&,
                             httplib::Response&, bool, httplib::Error&);
  static const Next<HandleRequest> next(
      "_ZN7httplib10ClientImpl14handle_requestERNS_6StreamERNS_7RequestERNS_8ResponseEbRNS_"
      "5ErrorE");
  return next.known() &&
         next.function(&client, stream, request, response, !client.keep_alive_, error);
}

// As for a new connection, if one would be made.
void SetSocketOptions(httplib::ClientImpl& client) {
  if (!client.socket_options_) return;
  {
    const std::lock_guard<std::mutex> lock(client.socket_mutex_);
    if (client.socket_.is_open()) return;
  }
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket) client.socket_options_(socket.get());
}

// As httplib's send(), but for the connection. Whether the call ends with a response.
bool Fail(const InjectedFault& fault, httplib::Error planned, httplib::ClientImpl& client,
          httplib::Request& request, httplib::Response& response, httplib::Error& error) {
  error = planned;
  if (filibuster_httplib::IsOfArguments(planned)) return false;
  const std::lock_guard<std::recursive_mutex> lock(client.request_mutex_);
  SetSocketOptions(client);
  if (filibuster_httplib::IsOfConnecting(planned)) return false;
  for (const auto& header : client.default_headers_) {
    if (request.headers.find(header.first) == request.headers.end()) request.headers.insert(header);
  }
  filibuster_httplib::FailingStream stream(fault, planned);
  error = httplib::Error::Success;
  if (Handle(client, stream, request, response, error)) return true;
  error = filibuster_httplib::Ended(error, planned);
  if (error == httplib::Error::Success) error = httplib::Error::Unknown;
  return false;
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
    planned = filibuster_httplib::ErrorOf(*injection.fault());
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
    answered = filibuster::Fail(*injection.fault(), *planned, *this, request, response, error);
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
