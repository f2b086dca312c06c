// A TCP client that sends any bytes, as a hostile or broken client would.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace filibuster {

class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect to port " + std::to_string(port));
    }
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~RawClient() { Close(); }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawClient& operator=(RawClient&&) = delete;

  // How much could be sent: less than all if the server closed the connection.
  size_t Send(std::string_view bytes) {
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t n = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<size_t>(n);
    }
    return sent;
  }

  // Appends what arrives next; false if the server closes.
  bool Read(std::string* all) {
    char buffer[4096];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n > 0) all->append(buffer, static_cast<size_t>(n));
    return n > 0;
  }

  // Everything until the server closes.
  std::string ReadAll() {
    std::string all;
    while (Read(&all)) {
    }
    return all;
  }

  // One answer, whose headers name its length.
  std::string ReadAnswer() {
    std::string all;
    for (;;) {
      const size_t end = all.find("\r\n\r\n");
      const size_t length = all.find("Content-Length: ");
      if (end != all.npos &&
          (length == all.npos || all.size() - end - 4 >= std::stoul(all.substr(length + 16)))) {
        return all;
      }
      if (!Read(&all)) return all;
    }
  }

  void CloseSendingSide() { ::shutdown(fd_, SHUT_WR); }
  // Closes with a reset: what a killed client's kernel does with unread data.
  void Reset() {
    const linger abort{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    Close();
  }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

}  // namespace filibuster
