// bytes => HTTP/1.1 answers, and the connection that the bytes come over.
//
// Sockets and nothing else, so that a service gets from us no HTTP library (the one under test,
// perhaps, in another version) and no SIGPIPE.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/forks.h"

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
  size_t size = 0;               // of the bytes that it was read from
  std::uint64_t connection = 0;  // that it came over: HttpPipeline numbers them from 1
};

// How far the bytes received so far go. `at_end`: the peer has closed, nothing follows.
enum class AnswerState { kIncomplete, kComplete, kMalformed };
AnswerState ParseHttpAnswer(std::string_view bytes, bool at_end, HttpAnswer* answer);

struct HttpFailure {
  std::string reason;
  bool timed_out = false;
};

// Every wait ends at its deadline; on failure false, with *failure set.
class HttpConnection {
 public:
  using Clock = std::chrono::steady_clock;

  HttpConnection() = default;
  ~HttpConnection() { Close(); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  bool Connect(const HttpAddress& address, Clock::time_point deadline, HttpFailure* failure);
  bool Send(std::string_view bytes, Clock::time_point deadline, HttpFailure* failure);
  // Appends to *bytes what has arrived, and waits for it. The end of the connection is a failure.
  bool Receive(std::string* bytes, Clock::time_point deadline, HttpFailure* failure);
  // The same without waiting: there may be nothing.
  bool ReceiveWhatArrived(std::string* bytes, HttpFailure* failure);
  // One answer, off the front of *bytes and what follows them.
  bool ReceiveAnswer(std::string* bytes, HttpAnswer* answer, Clock::time_point deadline,
                     HttpFailure* failure);
  void Abort();  // what other threads wait for fails
  void Close();
  // A child process has the sockets of its parent, too, and must not use them.
  bool IsOfThisProcess() const { return process_ == ProcessNumber(); }

 private:
  enum class Arrival { kSome, kNone, kEnd, kError };
  Arrival ReceiveSome(std::string* bytes, HttpFailure* failure);
  bool Wait(short events, Clock::time_point deadline, HttpFailure* failure) const;

  int socket_ = -1;
  int process_ = ProcessNumber();
};

}  // namespace filibuster
