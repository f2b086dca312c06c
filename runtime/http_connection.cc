#include "runtime/http_connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>

namespace filibuster {
namespace {

constexpr size_t kMaxAnswer = size_t{16} << 20;
constexpr int kKeepAliveSeconds = 5;
constexpr int kKeepAliveProbes = 3;

void SetOption(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof value);
}

// strerror() is not thread safe.
std::string ErrorText(int code) { return std::generic_category().message(code); }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text, int base = 10) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, base);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

// Takes the line that `rest` begins with, without its end; nullopt if there is no whole line.
std::optional<std::string_view> TakeLine(std::string_view* rest) {
  const size_t end = rest->find("\r\n");
  if (end == rest->npos) return std::nullopt;
  const std::string_view line = rest->substr(0, end);
  rest->remove_prefix(end + 2);
  return line;
}

AnswerState ParseChunks(std::string_view* remaining, std::string* body) {
  std::string_view& rest = *remaining;
  body->clear();
  while (true) {
    const auto size_line = TakeLine(&rest);
    if (!size_line) return AnswerState::kIncomplete;
    const auto size = ParseNumber<size_t>(Trim(size_line->substr(0, size_line->find(';'))), 16);
    if (!size || *size > kMaxAnswer) return AnswerState::kMalformed;
    if (*size == 0) break;
    if (rest.size() < *size + 2) return AnswerState::kIncomplete;
    body->append(rest.substr(0, *size));
    if (rest.substr(*size, 2) != "\r\n") return AnswerState::kMalformed;
    rest.remove_prefix(*size + 2);
  }
  while (true) {  // trailers, up to an empty line
    const auto line = TakeLine(&rest);
    if (!line) return AnswerState::kIncomplete;
    if (line->empty()) return AnswerState::kComplete;
  }
}

}  // namespace

std::optional<HttpAddress> ParseHttpUrl(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (url.substr(0, kScheme.size()) != kScheme) return std::nullopt;
  url.remove_prefix(kScheme.size());
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);

  HttpAddress address;
  size_t host_end = url.find(':');
  if (!url.empty() && url.front() == '[') {  // IPv6
    const size_t bracket = url.find(']');
    if (bracket == url.npos) return std::nullopt;
    address.host = url.substr(1, bracket - 1);
    host_end = bracket + 1;
  } else {
    address.host = url.substr(0, host_end);
  }
  url.remove_prefix(std::min(host_end, url.size()));
  if (address.host.empty() || address.host.find_first_of("/?#@ ") != address.host.npos) {
    return std::nullopt;
  }
  if (url.empty()) return address;
  const auto port = ParseNumber<int>(url.substr(1));
  if (url.front() != ':' || !port || *port < 1 || *port > 65535) return std::nullopt;
  address.port = *port;
  return address;
}

AnswerState ParseHttpAnswer(std::string_view bytes, bool at_end, HttpAnswer* answer) {
  const AnswerState incomplete = at_end ? AnswerState::kMalformed : AnswerState::kIncomplete;
  if (bytes.size() > kMaxAnswer) return AnswerState::kMalformed;
  const size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == bytes.npos) return incomplete;
  std::string_view head = bytes.substr(0, head_end + 2);
  std::string_view rest = bytes.substr(head_end + 4);

  const std::string_view status_line = *TakeLine(&head);  // HTTP/1.1 200 OK
  const auto status =
      ParseNumber<int>(status_line.substr(std::min<size_t>(9, status_line.size()), 3));
  if (status_line.substr(0, 7) != "HTTP/1." || !status) return AnswerState::kMalformed;
  answer->status = *status;
  answer->keep_alive = status_line.substr(0, 8) == "HTTP/1.1";

  std::optional<size_t> length;
  bool chunked = false;
  while (const auto line = TakeLine(&head)) {
    const size_t colon = std::min(line->find(':'), line->size());
    const std::string_view name = line->substr(0, colon);
    const std::string_view value = Trim(line->substr(std::min(colon + 1, line->size())));
    if (EqualsIgnoringCase(name, "Content-Length")) {
      length = ParseNumber<size_t>(value);
      if (!length || *length > kMaxAnswer) return AnswerState::kMalformed;
    } else if (EqualsIgnoringCase(name, "Transfer-Encoding")) {
      chunked = EqualsIgnoringCase(value, "chunked");
    } else if (EqualsIgnoringCase(name, "Connection")) {
      answer->keep_alive = EqualsIgnoringCase(value, "keep-alive") ||
                           (answer->keep_alive && !EqualsIgnoringCase(value, "close"));
    }
  }
  if (chunked) {
    const AnswerState state = ParseChunks(&rest, &answer->body);
    answer->size = bytes.size() - rest.size();
    return state == AnswerState::kIncomplete ? incomplete : state;
  }
  if (!length) {  // the body ends with the connection
    if (!at_end) return AnswerState::kIncomplete;
    answer->keep_alive = false;
  } else if (rest.size() < *length) {
    return incomplete;
  }
  answer->body = rest.substr(0, length.value_or(rest.size()));
  answer->size = head_end + 4 + answer->body.size();
  return AnswerState::kComplete;
}

bool HttpConnection::Connect(const HttpAddress& address, Clock::time_point deadline,
                             HttpFailure* failure) {
  Close();
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (const int code = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found)) {
    *failure = {::gai_strerror(code)};
    return false;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
  for (const addrinfo* it = found; it != nullptr; it = it->ai_next) {
    socket_ = ::socket(it->ai_family, it->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) {
      *failure = {ErrorText(errno)};
      continue;
    }
    SetOption(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
    // Of a server that is gone without a word, nobody hears who sends nothing, as under load.
    SetOption(socket_, SOL_SOCKET, SO_KEEPALIVE, 1);
    SetOption(socket_, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveSeconds);
    SetOption(socket_, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveSeconds);
    SetOption(socket_, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
    int error = ::connect(socket_, it->ai_addr, it->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS && Wait(POLLOUT, deadline, failure)) {
      socklen_t size = sizeof error;
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) return true;
    if (error != EINPROGRESS) *failure = {ErrorText(error)};
    Close();
  }
  return false;
}

bool HttpConnection::Wait(short events, Clock::time_point deadline, HttpFailure* failure) const {
  while (true) {
    if (!IsOfThisProcess()) {  // a signal handler forked, and the child went on here
      *failure = {"the process was forked"};
      return false;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd poll{socket_, events, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(std::max<long>(0, left.count())));
    if (ready > 0) return true;
    if (ready == 0) {
      *failure = {"no answer in time", true};
      return false;
    }
    if (errno != EINTR) {
      *failure = {ErrorText(errno)};
      return false;
    }
  }
}

bool HttpConnection::Send(std::string_view bytes, Clock::time_point deadline,
                          HttpFailure* failure) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!Wait(POLLOUT, deadline, failure)) return false;
    } else if (errno != EINTR) {
      *failure = {ErrorText(errno)};
      return false;
    }
  }
  return true;
}

HttpConnection::Arrival HttpConnection::ReceiveSome(std::string* bytes, HttpFailure* failure) {
  char block[4096];
  while (true) {
    const ssize_t received = ::recv(socket_, block, sizeof block, 0);
    if (received > 0) {
      bytes->append(block, static_cast<size_t>(received));
      return Arrival::kSome;
    }
    if (received < 0 && errno == EINTR) continue;
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Arrival::kNone;
    *failure = {received == 0 ? "the connection was closed" : ErrorText(errno)};
    return received == 0 ? Arrival::kEnd : Arrival::kError;
  }
}

bool HttpConnection::Receive(std::string* bytes, Clock::time_point deadline, HttpFailure* failure) {
  while (Wait(POLLIN, deadline, failure)) {
    const Arrival arrival = ReceiveSome(bytes, failure);
    if (arrival != Arrival::kNone) return arrival == Arrival::kSome;
  }
  return false;
}

bool HttpConnection::ReceiveWhatArrived(std::string* bytes, HttpFailure* failure) {
  while (true) {
    const Arrival arrival = ReceiveSome(bytes, failure);
    if (arrival != Arrival::kSome) return arrival == Arrival::kNone;
  }
}

bool HttpConnection::ReceiveAnswer(std::string* bytes, HttpAnswer* answer,
                                   Clock::time_point deadline, HttpFailure* failure) {
  while (Wait(POLLIN, deadline, failure)) {
    const Arrival arrival = ReceiveSome(bytes, failure);
    if (arrival == Arrival::kError) return false;
    const AnswerState state = ParseHttpAnswer(*bytes, arrival == Arrival::kEnd, answer);
    if (state == AnswerState::kMalformed) {
      if (!bytes->empty()) *failure = {"the answer is not HTTP/1.1"};
      return false;
    }
    if (state == AnswerState::kComplete) {
      bytes->erase(0, answer->size);
      return true;
    }
  }
  return false;
}

void HttpConnection::Abort() {
  if (IsOfThisProcess()) ::shutdown(socket_, SHUT_RDWR);
}

void HttpConnection::Close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

}  // namespace filibuster
