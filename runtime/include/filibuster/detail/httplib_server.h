// httplib's servers with every request reported, and its handlers run in its context. Part of
// filibuster/httplib.h.
#pragma once

#include <httplib.h>

#include <functional>
#include <string>
#include <utility>

#include "filibuster/detail/httplib_request.h"
#include "filibuster/injector.h"

namespace filibuster_httplib {

// Functions that return the server return this one, so that a chain of them stays instrumented.
#define FILIBUSTER_ROUTE(method)                              \
  Self& method(const std::string& pattern, Handler handler) { \
    Base::method(pattern, InRequest(std::move(handler)));     \
    return self();                                            \
  }
#define FILIBUSTER_ROUTE_WITH_BODY(method)                                     \
  FILIBUSTER_ROUTE(method)                                                     \
  Self& method(const std::string& pattern, HandlerWithContentReader handler) { \
    Base::method(pattern, InRequest(std::move(handler)));                      \
    return self();                                                             \
  }
#define FILIBUSTER_SETTING(name)             \
  template <typename... Args>                \
  Self& name(Args&&... args) {               \
    Base::name(std::forward<Args>(args)...); \
    return self();                           \
  }

template <typename Self, typename Base>
class InstrumentedServer : public Base {
  using Handler = ::httplib::Server::Handler;
  using HandlerWithContentReader = ::httplib::Server::HandlerWithContentReader;
  using HandlerWithResponse = ::httplib::Server::HandlerWithResponse;

 public:
  using Base::Base;

  FILIBUSTER_ROUTE(Get)
  FILIBUSTER_ROUTE_WITH_BODY(Post)
  FILIBUSTER_ROUTE_WITH_BODY(Put)
  FILIBUSTER_ROUTE_WITH_BODY(Patch)
  FILIBUSTER_ROUTE_WITH_BODY(Delete)
  FILIBUSTER_ROUTE(Options)

  Self& set_file_request_handler(Handler handler) {
    Base::set_file_request_handler(InRequest(std::move(handler)));
    return self();
  }
  Self& set_exception_handler(::httplib::Server::ExceptionHandler handler) {
    Base::set_exception_handler(InRequest(std::move(handler)));
    return self();
  }

  // Runs for every request, whether a handler is found for it or not.
  Self& set_pre_routing_handler(HandlerWithResponse handler) {
    if (filibuster::InjectionEnabled()) {
      ReceiveThenCall(InRequest(std::move(handler)));
    } else {
      Base::set_pre_routing_handler(std::move(handler));
    }
    return self();
  }

  // Runs for every answer, before it is written.
  Self& set_post_routing_handler(Handler handler) {
    if (filibuster::InjectionEnabled()) {
      CallThenAnswer(InRequest(std::move(handler)));
    } else {
      Base::set_post_routing_handler(std::move(handler));
    }
    return self();
  }

  FILIBUSTER_SETTING(set_address_family)
  FILIBUSTER_SETTING(set_error_handler)
  FILIBUSTER_SETTING(set_expect_100_continue_handler)
  FILIBUSTER_SETTING(set_file_extension_and_mimetype_mapping)
  FILIBUSTER_SETTING(set_idle_interval)
  FILIBUSTER_SETTING(set_keep_alive_max_count)
  FILIBUSTER_SETTING(set_keep_alive_timeout)
  FILIBUSTER_SETTING(set_logger)
  FILIBUSTER_SETTING(set_payload_max_length)
  FILIBUSTER_SETTING(set_read_timeout)
  FILIBUSTER_SETTING(set_socket_options)
  FILIBUSTER_SETTING(set_tcp_nodelay)
  FILIBUSTER_SETTING(set_write_timeout)

  Self& set_default_headers(::httplib::Headers headers) {
    Base::set_default_headers(std::move(headers));
    return self();
  }

 private:
  Self& self() { return static_cast<Self&>(*this); }

  void ReceiveThenCall(HandlerWithResponse handler) {
    Base::set_pre_routing_handler([handler = std::move(handler)](const ::httplib::Request& request,
                                                                 ::httplib::Response& response) {
      Receive(request);
      return handler ? handler(request, response) : ::httplib::Server::HandlerResponse::Unhandled;
    });
  }

  void CallThenAnswer(Handler handler) {
    Base::set_post_routing_handler([handler = std::move(handler)](const ::httplib::Request& request,
                                                                  ::httplib::Response& response) {
      if (handler) handler(request, response);
      Answer(response);
    });
  }

  // Runs in every constructor, also in those taken over from Base.
  bool Instrument() {
    if (!filibuster::InjectionEnabled()) return false;
    ReceiveThenCall(nullptr);
    CallThenAnswer(nullptr);
    Base::set_tcp_nodelay(true);  // our messages wait for these answers
    return true;
  }

  const bool instrumented_ = Instrument();
};

#undef FILIBUSTER_ROUTE
#undef FILIBUSTER_ROUTE_WITH_BODY
#undef FILIBUSTER_SETTING

class Server : public InstrumentedServer<Server, ::httplib::Server> {
 public:
  using InstrumentedServer::InstrumentedServer;
};

#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
class SSLServer : public InstrumentedServer<SSLServer, ::httplib::SSLServer> {
 public:
  using InstrumentedServer::InstrumentedServer;
};
#endif

}  // namespace filibuster_httplib
