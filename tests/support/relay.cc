#include "tests/support/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>
#include <vector>

#include "tests/support/loopback.h"

namespace filibuster {
namespace {

// False at the end of what comes. What cannot be sent is lost, but read: a socket that is closed
// with unread bytes resets its connection, and that is another failure.
bool Forward(int from, int to) {
  char bytes[16384];
  const ssize_t size = ::recv(from, bytes, sizeof bytes, 0);
  for (ssize_t sent = 0; sent < size;) {
    const ssize_t now = ::send(to, bytes + sent, static_cast<size_t>(size - sent), MSG_NOSIGNAL);
    if (now < 0) break;
    sent += now;
  }
  if (size <= 0) ::shutdown(to, SHUT_WR);
  return size > 0;
}

}  // namespace

Relay::Relay(int server_port)
    : server_port_(server_port), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 16) != 0) {
    std::perror("listen");
    std::abort();
  }
  ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

Relay::~Relay() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  Break();
  thread_.join();
}

void Relay::Break() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Connection& connection : connections_) {
    ::shutdown(connection.client.socket.get(), SHUT_WR);
    ::shutdown(connection.server.socket.get(), SHUT_WR);
  }
}

void Relay::Accept() {
  UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(server_port_);
  if (!client ||
      ::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  connections_.push_back({{std::move(client)}, {std::move(server)}});
}

void Relay::Run() {
  while (true) {
    std::vector<pollfd> polled = {{listener_.get(), POLLIN, 0}};
    for (const Connection& connection : connections_) {
      for (const End* end : {&connection.client, &connection.server}) {
        polled.push_back({end->is_open ? end->socket.get() : -1, POLLIN, 0});
      }
    }
    ::poll(polled.data(), polled.size(), -1);
    if ((polled[0].revents & POLLHUP) != 0) return;
    auto at = polled.begin();
    for (auto it = connections_.begin(); it != connections_.end();) {
      End& client = it->client;
      End& server = it->server;
      if ((++at)->revents != 0) client.is_open = Forward(client.socket.get(), server.socket.get());
      if ((++at)->revents != 0) server.is_open = Forward(server.socket.get(), client.socket.get());
      const std::lock_guard<std::mutex> lock(mutex_);
      it = client.is_open || server.is_open ? std::next(it) : connections_.erase(it);
    }
    if (polled[0].revents != 0) Accept();
  }
}

}  // namespace filibuster
