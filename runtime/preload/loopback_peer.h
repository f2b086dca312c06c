// a way to fail => a peer on loopback that makes an HTTP client fail in that way
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>

#include "runtime/unique_fd.h"

namespace filibuster {

class LoopbackPeer {
 public:
  enum class Way {
    kRefuse,      // nobody listens
    kStaySilent,  // takes the request, and says nothing
    kClose,       // takes the request, and closes
    kAnswer,      // answers
  };

  LoopbackPeer(Way way, std::string answer)
      : way_(way),
        answer_(std::move(answer)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(listener_.get(), at, size) != 0 ||
        (way != Way::kRefuse && ::listen(listener_.get(), 1) != 0) ||
        ::getsockname(listener_.get(), at, &size) != 0) {
      return;
    }
    port_ = ntohs(address.sin_port);
  }

  int port() const { return port_; }  // 0: there is none to be had
  bool listens() const { return way_ != Way::kRefuse; }

  // Once. Waits until the client has connected, for as long as that takes on a loaded machine.
  void Speak() {
    if ((way_ != Way::kClose && way_ != Way::kAnswer) || connection_) return;
    pollfd wait{listener_.get(), POLLIN, 0};
    int ready = 0;
    do {
      ready = ::poll(&wait, 1, kPatienceMs);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) return;  // it has been cancelled
    connection_ = UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ::send(connection_.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    if (way_ == Way::kClose) ::shutdown(connection_.get(), SHUT_WR);
  }

 private:
  static constexpr int kPatienceMs = 10'000;

  const Way way_;
  const std::string answer_;
  const UniqueFd listener_;  // or what holds a port on which nobody listens
  UniqueFd connection_;
  int port_ = 0;
};

}  // namespace filibuster
