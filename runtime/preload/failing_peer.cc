#include "runtime/preload/failing_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace filibuster {
namespace {

UniqueFd Socket(int more = 0) {
  return UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | more, 0));
}

// On a port of the kernel's choice; {} on failure.
sockaddr_in BindToLoopback(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0) return {};
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return address;
}

UniqueFd Accept(int listener) {
  return UniqueFd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
}

// The value of a header; "" without it.
std::string_view Field(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    if (line.size() > name.size() + 1 && line[name.size()] == ':' &&
        ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      return line.substr(name.size() + 2);
    }
  }
  return {};
}

}  // namespace

curl_socket_t FailingPeer::Open(curl_sockaddr* address) noexcept {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->family == AF_INET) {
    const auto& callee = reinterpret_cast<const sockaddr_in&>(address->addr);
    ::inet_ntop(AF_INET, &callee.sin_addr, text, sizeof text);
    port_ = ntohs(callee.sin_port);
  } else if (address->family == AF_INET6) {
    const auto& callee = reinterpret_cast<const sockaddr_in6&>(address->addr);
    ::inet_ntop(AF_INET6, &callee.sin6_addr, text, sizeof text);
    port_ = ntohs(callee.sin6_port);
  }
  ip_ = text;

  listener_ = Socket();
  const sockaddr_in at = BindToLoopback(listener_.get());
  if (at.sin_port == 0) return CURL_SOCKET_BAD;
  const int queue = way_ == Way::kNeverConnect ? 0 : 1;
  if (way_ != Way::kRefuse && ::listen(listener_.get(), queue) != 0) return CURL_SOCKET_BAD;
  if (way_ == Way::kNeverConnect) {  // a full queue: Linux drops what else knocks
    filler_ = Socket(SOCK_NONBLOCK);
    ::connect(filler_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at);
  }
  address->family = AF_INET;
  address->protocol = IPPROTO_TCP;
  address->addrlen = sizeof at;
  std::memcpy(&address->addr, &at, sizeof at);
  return Socket().release();
}

void FailingPeer::HeadSent(std::string_view head) noexcept {
  const std::string_view length = Field(head, "Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), body_left_);
  chunked_ = Field(head, "Transfer-Encoding") == "chunked";
  // Who expects to be told to go on is told how it ends.
  if (!Field(head, "Expect").empty() || (body_left_ == 0 && !chunked_)) Speak();
}

void FailingPeer::BodySent(std::string_view part) noexcept {
  char block[4096];  // makes room for the rest
  if (!connection_) connection_ = Accept(listener_.get());
  while (::recv(connection_.get(), block, sizeof block, MSG_DONTWAIT) > 0) {
  }
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  const bool last_chunk = part.size() >= kLastChunk.size() &&
                          part.substr(part.size() - kLastChunk.size()) == kLastChunk;
  body_left_ -= std::min(body_left_, part.size());
  if (chunked_ ? last_chunk : body_left_ == 0) Speak();
}

void FailingPeer::Speak() noexcept {
  const bool speaks = way_ == Way::kClose || way_ == Way::kReset || way_ == Way::kAnswer ||
                      way_ == Way::kAnswerAndClose;
  if (!speaks || has_spoken_) return;
  has_spoken_ = true;
  if (!connection_) connection_ = Accept(listener_.get());
  if (!answer_.empty()) ::send(connection_.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
  if (way_ == Way::kReset) {
    const linger at_once{1, 0};
    ::setsockopt(connection_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    connection_.reset();
    listener_.reset();
  } else if (way_ == Way::kClose || way_ == Way::kAnswerAndClose) {
    ::shutdown(connection_.get(), SHUT_WR);
  }
}

}  // namespace filibuster
