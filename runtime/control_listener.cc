#include "runtime/control_listener.h"

#include <fmt/format.h>

#include <boost/system/error_code.hpp>

namespace filibuster {

namespace asio = boost::asio;
using asio::ip::tcp;

std::expected<void, Error> ControlListener::Open(const ControlServerOptions& options) {
  const std::string where = fmt::format("port {} on {}", options.port, options.host);
  if (options.port < 0 || options.port > 65535) {
    return std::unexpected(Error{fmt::format("port {}: expected 0 to 65535", options.port)});
  }
  boost::system::error_code error;
  tcp::resolver resolver(acceptor.get_executor());
  const auto found =
      resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return std::unexpected(Error{fmt::format("host {}: {}", options.host, error.message())});
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  if (!endpoint.address().is_loopback() && options.token.empty()) {
    return std::unexpected(Error{fmt::format(
        "host {} is not loopback: set FILIBUSTER_TOKEN here and for the services, so that nobody "
        "else can fail their calls",
        options.host)});
  }
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return std::unexpected(Error{where + " is in use; stop the other filibuster or choose --port"});
  }
  if (error) return std::unexpected(Error{where + ": " + error.message()});
  const tcp::endpoint local = acceptor.local_endpoint();
  port = local.port();
  // A server on all addresses is reached through loopback.
  const std::string address =
      local.address().is_unspecified() ? "127.0.0.1" : local.address().to_string();
  url = local.address().is_v6() && !local.address().is_unspecified()
            ? fmt::format("http://[{}]:{}", address, port)
            : fmt::format("http://{}:{}", address, port);
  return {};
}

}  // namespace filibuster
