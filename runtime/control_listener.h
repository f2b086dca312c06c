// Host and port => the socket that the control server takes connections from.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <expected>
#include <string>

#include "base/error.h"
#include "runtime/control_server.h"

namespace filibuster {

struct ControlListener {
  explicit ControlListener(boost::asio::io_context& io) : acceptor(io) {}

  // Errors: no such host or port, a port in use, an address beyond loopback without a token.
  std::expected<void, Error> Open(const ControlServerOptions& options);

  boost::asio::ip::tcp::acceptor acceptor;
  int port = 0;
  std::string url;
};

}  // namespace filibuster
