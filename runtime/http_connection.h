// address, request => answer: one kept-alive HTTP/1.1 connection to the control server.
//
// Sockets and nothing else, so that a service gets from us no HTTP library (the one under test,
// perhaps, in another version) and no SIGPIPE. A request is one write: a header and a body in two
// would make Nagle's algorithm wait for a delayed acknowledgement.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace filibuster {

struct HttpAddress {
  std::string host;
  int port = 80;

  friend bool operator==(const HttpAddress& a, const HttpAddress& b) {
    return a.host == b.host && a.port == b.port;
  }
};

// `http://HOST[:PORT][/]`; nullopt for anything else.
std::optional<HttpAddress> ParseHttpUrl(std::string_view url);

struct HttpAnswer {
  int status = 0;
  std::string body;
  bool keep_alive = true;
};

// How far the bytes received so far go. `at_end`: the peer has closed, nothing follows.
enum class AnswerState { kIncomplete, kComplete, kMalformed };
AnswerState ParseHttpAnswer(std::string_view bytes, bool at_end, HttpAnswer* answer);

class HttpConnection {
 public:
  using Clock = std::chrono::steady_clock;

  struct Failure {
    std::string reason;
    bool timed_out = false;
  };

  // `headers`: lines to send with every request, each with its \r\n.
  explicit HttpConnection(HttpAddress address, std::string headers = "")
      : address_(std::move(address)), headers_(std::move(headers)) {}
  ~HttpConnection() { Close(); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Connects if need be; every wait ends at `deadline`. On failure nullopt, with *failure set.
  std::optional<HttpAnswer> Exchange(std::string_view method, std::string_view path,
                                     std::string_view body, Clock::time_point deadline,
                                     Failure* failure);

  // Sends over a connection that is open already, and leaves the answer to be dropped by the next
  // request. False if there is no such connection: nothing was sent.
  bool Post(std::string_view method, std::string_view path, std::string_view body,
            Clock::time_point deadline);

 private:
  std::string Request(std::string_view method, std::string_view path, std::string_view body) const;
  bool StillOpen(Clock::time_point deadline);
  bool Connect(Clock::time_point deadline, Failure* failure);
  bool Wait(short events, Clock::time_point deadline, Failure* failure) const;
  bool Send(std::string_view bytes, Clock::time_point deadline, Failure* failure);
  bool Receive(HttpAnswer* answer, Clock::time_point deadline, Failure* failure);
  void Close();

  const HttpAddress address_;
  const std::string headers_;
  int socket_ = -1;
  bool owes_answer_ = false;  // to a Post
  int process_ = 0;  // that connected: a child process has the socket too, and must not use it
};

}  // namespace filibuster
