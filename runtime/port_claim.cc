#include "runtime/port_claim.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>

namespace filibuster {
namespace {

// A socket in the abstract namespace, which is the network namespace's, as the port is: the kernel
// removes the name when its process ends, however that ends.
struct Name {
  explicit Name(int port) {
    const std::string text = "filibuster-service-" + std::to_string(port);
    address.sun_family = AF_UNIX;
    std::copy(text.begin(), text.end(), address.sun_path + 1);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }

  sockaddr_un address{};
  socklen_t size = 0;
};

UniqueFd Socket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// Nullopt: nobody listens.
std::optional<pid_t> Owner(int port) {
  const UniqueFd socket = Socket();
  const Name name(port);
  if (::connect(socket.get(), name.get(), name.size) != 0) return std::nullopt;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.pid;
}

}  // namespace

std::optional<pid_t> ClaimedByAnother(int port) {
  const auto owner = Owner(port);
  return owner == ::getpid() ? std::nullopt : owner;
}

std::expected<UniqueFd, pid_t> ClaimPort(int port) {
  UniqueFd socket = Socket();
  const Name name(port);
  if (::bind(socket.get(), name.get(), name.size) == 0) {
    ::listen(socket.get(), SOMAXCONN);
    return socket;
  }
  if (const auto other = ClaimedByAnother(port)) return std::unexpected(*other);
  return UniqueFd();
}

}  // namespace filibuster
