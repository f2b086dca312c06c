#include "tests/support/misbehaving_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "tests/support/loopback.h"

namespace filibuster {
namespace {

// With SO_REUSEADDR, after the port is chosen: whoever listens on it later is still let in.
UniqueFd Bind(int* port) {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (*port != 0) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = Loopback(*port);
  socklen_t size = sizeof address;
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) {
    std::perror("bind");
    std::abort();
  }
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  *port = ntohs(address.sin_port);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return socket;
}

UniqueFd ConnectTo(int port) {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in address = Loopback(port);
  ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return socket;
}

using Clock = std::chrono::steady_clock;

struct Connection {
  UniqueFd socket;
  std::string bytes;
  std::optional<Clock::time_point> answer_at;
};

// When what was asked now is to be answered.
Clock::time_point AnswerAt(const std::string& request) {
  constexpr std::string_view kSleep = "X-Filibuster-Forced-Sleep:";
  const size_t at = request.find(kSleep);
  const double seconds = at == request.npos ? 0 : std::stod(request.substr(at + kSleep.size()));
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// For poll(), rounded up.
int MillisecondsUntilNextAnswer(const std::vector<Connection>& connections) {
  std::optional<Clock::time_point> next;
  for (const Connection& it : connections) {
    if (it.answer_at && (!next || *it.answer_at < *next)) next = it.answer_at;
  }
  if (!next) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

// Whether the head has come, and the body that it announces.
bool IsWhole(const std::string& request) {
  const size_t end = request.find("\r\n\r\n");
  if (end == request.npos) return false;
  if (const size_t chunked = request.find("Transfer-Encoding: chunked"); chunked < end) {
    constexpr std::string_view kLastChunk = "\r\n0\r\n\r\n";
    return request.find(kLastChunk, end) != request.npos;
  }
  constexpr std::string_view kLength = "Content-Length:";  // then white space, or none
  const size_t length = request.find(kLength);
  return length > end ||
         request.size() - end - 4 >= std::stoul(request.substr(length + kLength.size()));
}

}  // namespace

MisbehavingServer::MisbehavingServer(Way way, std::string answer) : reservation_(Bind(&port_)) {
  Start(way, std::move(answer));
}

MisbehavingServer::~MisbehavingServer() { Stop(); }

void MisbehavingServer::Restart(Way way, std::string answer) {
  Stop();
  requests_.clear();
  Start(way, std::move(answer));
}

std::vector<std::string> MisbehavingServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void MisbehavingServer::Start(Way way, std::string answer) {
  if (way == Way::kDoNotListen) return;
  listener_ = Bind(&port_);
  ::listen(listener_.get(), way == Way::kDoNotAccept ? 0 : 64);
  if (way == Way::kDoNotAccept) {
    filler_ = ConnectTo(port_);
    return;
  }
  stop_ = UniqueFd(::eventfd(0, EFD_CLOEXEC));
  thread_ = std::thread([this, way, answer = std::move(answer)] { Serve(way, answer); });
}

void MisbehavingServer::Stop() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) != sizeof one) std::abort();
    thread_.join();
  }
  listener_.reset();
  filler_.reset();
}

void MisbehavingServer::Serve(Way way, const std::string& answer) {
  std::vector<Connection> connections;
  while (true) {
    std::vector<pollfd> polled = {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const Connection& it : connections) polled.push_back({it.socket.get(), POLLIN, 0});
    ::poll(polled.data(), polled.size(), MillisecondsUntilNextAnswer(connections));
    if (polled[0].revents != 0) return;
    for (Connection& it : connections) {
      if (!it.answer_at || Clock::now() < *it.answer_at) continue;
      it.answer_at.reset();
      ::send(it.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    for (size_t i = connections.size(); i-- > 0;) {
      if (polled[i + 2].revents == 0) continue;
      Connection& connection = connections[i];
      char block[65536];
      const ssize_t size = ::recv(connection.socket.get(), block, sizeof block, 0);
      bool done = size <= 0;
      if (!done) connection.bytes.append(block, static_cast<size_t>(size));
      if (!done && IsWhole(connection.bytes)) {
        {
          const std::lock_guard<std::mutex> lock(mutex_);
          requests_.push_back(connection.bytes);
        }
        if (way == Way::kSleepAsTold) connection.answer_at = AnswerAt(connection.bytes);
        connection.bytes.clear();
        if (way == Way::kAnswer || way == Way::kAnswerAndClose) {
          ::send(connection.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
        }
        done = way == Way::kClose || way == Way::kReset || way == Way::kAnswerAndClose;
        const linger at_once{1, 0};
        if (way == Way::kReset) {
          ::setsockopt(connection.socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
      }
      if (done) connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (polled[1].revents != 0) {
      connections.push_back(
          {UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)), "", {}});
    }
  }
}

std::string Ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace filibuster
