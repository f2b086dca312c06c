#include "tests/support/fake_control_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

namespace filibuster {
namespace {

// Reads one request: the header up to an empty line, then Content-Length bytes.
std::optional<FakeControlServer::Message> ReadRequest(int connection, std::string* buffer) {
  const auto more = [&] {
    char block[4096];
    const ssize_t size = ::recv(connection, block, sizeof block, 0);
    if (size > 0) buffer->append(block, static_cast<size_t>(size));
    return size > 0;
  };
  size_t head_end;
  while ((head_end = buffer->find("\r\n\r\n")) == buffer->npos) {
    if (!more()) return std::nullopt;
  }
  const std::string head = buffer->substr(0, head_end);
  const auto header = [&](const std::string& name) {
    const size_t begin = head.find("\r\n" + name + ": ");
    if (begin == head.npos) return std::string();
    const size_t value = begin + name.size() + 4;
    return head.substr(value, head.find("\r\n", value) - value);
  };
  const size_t length = std::strtoul(header("Content-Length").c_str(), nullptr, 10);
  while (buffer->size() < head_end + 4 + length) {
    if (!more()) return std::nullopt;
  }
  FakeControlServer::Message message;
  const size_t space = head.find(' ');
  message.method = head.substr(0, space);
  message.path = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
  message.token = header("X-Filibuster-Token");
  const std::string body = buffer->substr(head_end + 4, length);
  if (!body.empty()) message.body = nlohmann::json::parse(body, nullptr, false);
  buffer->erase(0, head_end + 4 + length);
  return message;
}

}  // namespace

FakeControlServer::FakeControlServer() { Start(); }

void FakeControlServer::Start() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port_));
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 128) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  acceptor_ = std::thread([this] { Listen(); });
}

void FakeControlServer::Stop() {
  if (listener_ < 0) return;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  listener_ = -1;
  std::unique_lock<std::mutex> lock(mutex_);
  for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
  closed_.wait(lock, [this] { return connections_.empty(); });
}

void FakeControlServer::Reset() {
  std::unique_lock<std::mutex> lock(mutex_);
  WaitUntilAllIsRead(lock);
  messages_.clear();
  on_create_ = nullptr;
  new_execution_ = true;
  next_id_ = 0;
  proper_ = true;
}

void FakeControlServer::OnCreate(std::function<Json(const Json& body)> fault) {
  std::unique_lock<std::mutex> lock(mutex_);
  WaitUntilAllIsRead(lock);
  on_create_ = std::move(fault);
}

void FakeControlServer::AnswerWith(std::string bytes) {
  std::unique_lock<std::mutex> lock(mutex_);
  WaitUntilAllIsRead(lock);
  proper_ = false;
  raw_ = std::move(bytes);
}

void FakeControlServer::AnswerProperly() {
  const std::lock_guard<std::mutex> lock(mutex_);
  proper_ = true;
}

int FakeControlServer::accepted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return accepted_;
}

std::vector<FakeControlServer::Message> FakeControlServer::messages() const {
  std::unique_lock<std::mutex> lock(mutex_);
  WaitUntilAllIsRead(lock);
  return messages_;
}

void FakeControlServer::WaitUntilAllIsRead(std::unique_lock<std::mutex>& lock) const {
  const auto has_unread = [](int connection) {
    int bytes = 0;
    return ::ioctl(connection, FIONREAD, &bytes) == 0 && bytes > 0;
  };
  while (std::any_of(connections_.begin(), connections_.end(), has_unread)) {
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
  }
}

std::vector<FakeControlServer::Json> FakeControlServer::Bodies(const std::string& type) const {
  std::unique_lock<std::mutex> lock(mutex_);
  WaitUntilAllIsRead(lock);
  std::vector<Json> bodies;
  for (const Message& message : messages_) {
    if (message.body.is_object() && message.body.value("instrumentation_type", "") == type) {
      bodies.push_back(message.body);
    }
  }
  return bodies;
}

void FakeControlServer::Listen() {
  while (true) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    const int on = 1;
    ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      connections_.insert(connection);
      ++accepted_;
    }
    std::thread([this, connection] { Serve(connection); }).detach();
  }
}

void FakeControlServer::Serve(int connection) {
  std::string buffer;
  while (true) {
    pollfd readable{connection, POLLIN, 0};
    ::poll(&readable, 1, -1);
    std::string answer;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      std::optional<Message> message;
      do {  // all of them: a client sends the next before the last is answered
        message = ReadRequest(connection, &buffer);
        if (!message) break;
        messages_.push_back(*message);
        answer += Answer(*message);
      } while (!buffer.empty());
      if (!message) break;
    }
    if (!answer.empty()) ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  ::close(connection);
  connections_.erase(connection);
  closed_.notify_all();
}

std::string FakeControlServer::Answer(const Message& message) {
  if (!proper_) return raw_;
  Json answer = Json::object();
  if (message.path.rfind("/filibuster/new-test-execution/", 0) == 0) {
    answer["new-test-execution"] = std::exchange(new_execution_, false);
  } else if (message.path == "/filibuster/create") {
    if (on_create_) answer = on_create_(message.body);
    if (!answer.is_null()) {  // else it says nothing, and the call is made without headers
      answer["generated_id"] = next_id_++;
      answer["execution_index"] = message.body.value("execution_index", "");
    }
  } else if (message.path.rfind("/filibuster/fault-injected", 0) == 0) {
    answer["result"] = message.path == "/filibuster/fault-injected/bar";
  }
  const std::string body = (answer.is_null() ? Json::object() : answer).dump();
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace filibuster
