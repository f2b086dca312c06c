#include "runtime/health_check.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "runtime/unique_fd.h"

namespace filibuster {
namespace {

constexpr char kHost[] = "127.0.0.1";
// Longer than a service that is well takes on a busy machine.
constexpr std::chrono::seconds kTimeout(5);

}  // namespace

bool IsListening(const Service& service) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(service.port));
  ::inet_pton(AF_INET, kHost, &address.sin_addr);
  // One that accepts no connection any more, because it hangs, listens all the same.
  const timeval timeout{kTimeout.count(), 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return errno == EINPROGRESS;
  }
  // Where nobody listens, the kernel may choose that very port as ours: TCP then connects us to
  // ourselves.
  sockaddr_in own{};
  socklen_t size = sizeof own;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0) return false;
  if (own.sin_port != address.sin_port) return true;
  const linger abort{1, 0};  // or the port would stay taken for a while
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  return false;
}

HealthReport CheckHealth(const Service& service) {
  const HealthReport down{Health::kDown, "nothing listens"};
  if (service.health_check == "tcp") {
    return IsListening(service) ? HealthReport{Health::kHealthy, ""} : down;
  }
  httplib::Client client(kHost, service.port);
  client.set_connection_timeout(kTimeout);
  client.set_read_timeout(kTimeout);
  client.set_write_timeout(kTimeout);
  const httplib::Result result = client.Get(service.health_check);
  if (!result) {
    if (result.error() == httplib::Error::Connection || !IsListening(service)) return down;
    return {Health::kUnhealthy,
            fmt::format("no HTTP answer ({} error)", httplib::to_string(result.error()))};
  }
  if (result->status != 200) {
    return {Health::kUnhealthy, fmt::format("status {}", result->status)};
  }
  return {Health::kHealthy, ""};
}

}  // namespace filibuster
