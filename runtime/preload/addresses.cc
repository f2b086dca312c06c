// connect() that goes nowhere but to some ports on loopback, those of FILIBUSTER_LOAD_PORTS
// ("5000,5001", or "any"): load stays on the application's addresses, whatever a functional test
// has for a URL. Preloaded by filibuster-loadgen into the functional test.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/preload/next_function.h"

namespace {

bool IsAllowedPort(const char* ports, int port) {
  if (::strcmp(ports, "any") == 0) return true;
  while (*ports != '\0') {
    char* end = nullptr;
    if (::strtol(ports, &end, 10) == port) return true;
    if (*end == '\0') return false;
    ports = end + 1;
  }
  return false;
}

// An IP address on loopback with a port of the list; and all that is no IP address.
bool IsAllowed(const char* ports, const sockaddr* address, socklen_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(address);
    const bool loopback = ntohl(ipv4->sin_addr.s_addr) >> 24 == 127;
    return loopback && IsAllowedPort(ports, ntohs(ipv4->sin_port));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(address);
    const in6_addr& ip = ipv6->sin6_addr;
    const bool loopback =
        IN6_IS_ADDR_LOOPBACK(&ip) || (IN6_IS_ADDR_V4MAPPED(&ip) && ip.s6_addr[12] == 127);
    return loopback && IsAllowedPort(ports, ntohs(ipv6->sin6_port));
  }
  return true;
}

void SayWhatIsRefused(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "?";
  int port = 0;
  if (address->sa_family == AF_INET) {
    const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(address);
    ::inet_ntop(AF_INET, &ipv4->sin_addr, text, sizeof text);
    port = ntohs(ipv4->sin_port);
  } else {
    const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(address);
    ::inet_ntop(AF_INET6, &ipv6->sin6_addr, text, sizeof text);
    port = ntohs(ipv6->sin6_port);
  }
  char line[200];
  const int length = ::snprintf(line, sizeof line,
                                "[FILIBUSTER] [FAIL]: no connection to %s, port %d: load stays on "
                                "the addresses that the application names\n",
                                text, port);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line, static_cast<size_t>(length));
}

bool IsTcp(int socket) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

}  // namespace

extern "C" int connect(int socket, const sockaddr* address, socklen_t size) {
  auto* const next =
      filibuster::NextFunction<int(int, const sockaddr*, socklen_t)>("connect", "libc.so.6");
  const char* ports = ::getenv("FILIBUSTER_LOAD_PORTS");
  if (ports == nullptr || address == nullptr || size < sizeof(sa_family_t) || !IsTcp(socket) ||
      IsAllowed(ports, address, size)) {
    return next(socket, address, size);
  }
  SayWhatIsRefused(address);
  errno = EACCES;
  return -1;
}
