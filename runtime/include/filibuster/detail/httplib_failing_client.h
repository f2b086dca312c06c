// (client, fault) => a client that is set like it, and whose requests fail so. Part of
// filibuster/httplib.h.
//
// All of it is httplib's own: which headers the request gets, which content providers, receivers,
// handlers and loggers are called, and what they may end. Only there is no connection.
#pragma once

#include <httplib.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>

#include "filibuster/detail/httplib_failing_stream.h"
#include "filibuster/injector.h"

namespace filibuster_httplib {

using ClientImpl = ::httplib::ClientImpl;

// An explicit instantiation may name what is private: what a Client is behind its interface.
struct ImplOfClient {
  using Member = std::unique_ptr<ClientImpl>(::httplib::Client::*);
  friend Member MemberOf(ImplOfClient);
};
template <typename File, ImplOfClient::Member kMember>
struct RevealImpl {
  friend ImplOfClient::Member MemberOf(ImplOfClient) { return kMember; }
};
namespace {
struct ThisFile;  // each that includes this has an instantiation of its own
}  // namespace
template struct RevealImpl<ThisFile, &::httplib::Client::cli_>;

inline const ClientImpl& ImplOf(const ::httplib::Client& client) {
  return *(client.*MemberOf(ImplOfClient()));
}
inline const ClientImpl& ImplOf(const ClientImpl& client) { return client; }  // an SSLClient

class FailingClient : public ClientImpl {
 public:
  // `is_ssl`: of `like`. This one has no TLS, and what is to be seen of that is added.
  FailingClient(const ClientImpl& like, bool is_ssl, const filibuster::InjectedFault& fault,
                ::httplib::Error planned)
      : ClientImpl(like.*&FailingClient::host_, like.*&FailingClient::port_),
        stream_(fault, planned),
        planned_(planned),
        has_connection_(like.is_socket_open()) {
    copy_settings(like);
    default_headers_ = like.*&FailingClient::default_headers_;
    if (!is_ssl) return;
    proxy_host_.clear();
    if (default_headers_.find("Host") == default_headers_.end()) {
      default_headers_.emplace("Host", port_ == 443 ? host_ : host_and_port_);
    }
  }

 private:
  bool create_and_connect_socket(Socket& socket, ::httplib::Error& error) override {
    error_ = &error;
    socket.sock = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket.sock != INVALID_SOCKET && socket_options_ && !has_connection_) {
      socket_options_(socket.sock);
    }
    if (socket.sock != INVALID_SOCKET && !IsOfConnecting(planned_)) return true;
    close_socket(socket);
    error = planned_;
    return false;
  }

  bool process_socket(const Socket&,
                      std::function<bool(::httplib::Stream& stream)> handle) override {
    const bool is_answered = handle(stream_);
    if (!is_answered) *error_ = Ended(*error_, planned_);
    return is_answered;
  }

  FailingStream stream_;
  const ::httplib::Error planned_;  // Success: a status
  const bool has_connection_;       // which the socket options were for
  ::httplib::Error* error_ = nullptr;
};

}  // namespace filibuster_httplib
