// address, requests of many threads => an answer to each: one kept-alive HTTP/1.1 connection to the
// control server, which all threads of a process share.
//
// A thread puts its request behind those that are not answered yet (HTTP pipelining), so that the
// server finds several at a time, and handles them in the order in which they were made. Of those
// that wait for answers one reads for all. No thread of ours, no timer: a lone caller writes and
// reads itself.
//
// While somebody reads, the request of another who is going to wait is not written: the reader does
// it, for all that gathered, when answers have come. So where there are many callers, one write
// carries many requests, at the price of at most one round trip. What nobody waits for (Post) is
// written before the thread goes on, with all that gathered before it: when the functional test has
// ended, the server must find what the test has caused, and the thread may be about to answer it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/forks.h"
#include "runtime/http_connection.h"

namespace filibuster {

class HttpPipeline {
 public:
  using Clock = HttpConnection::Clock;

  // `headers`: lines to send with every request, each with its \r\n. An answer is waited for as
  // long as `patience`; a server that did not answer is left alone for a second.
  HttpPipeline(HttpAddress address, const std::string& headers, std::chrono::milliseconds patience);
  ~HttpPipeline();

  // Connects if need be. On failure nullopt, with *failure set.
  std::optional<HttpAnswer> Exchange(std::string_view method, std::string_view path,
                                     std::string_view body, HttpFailure* failure);

  // Sends over a connection that is open already; the answer will be dropped. False if there is no
  // such connection: nothing was sent.
  bool Post(std::string_view method, std::string_view path, std::string_view body);

  // The number of the connection, if it is open still; 0 if there is none.
  std::uint64_t OpenConnection();

  // Around a fork(), so that the child does not find locked what another thread had locked.
  void BeforeFork() { mutex_.BeforeFork(); }
  void AfterFork() { mutex_.AfterFork(); }

 private:
  struct Waiter;
  struct Stream;
  using Lock = std::unique_lock<ForkMutex>;

  std::optional<HttpAnswer> Exchange(Lock& lock, std::string_view method, std::string_view path,
                                     std::string_view body, Clock::time_point deadline,
                                     HttpFailure* failure);
  void AppendRequest(std::string_view method, std::string_view path, std::string_view body,
                     std::string* requests) const;
  bool IsSilent(HttpFailure* failure) const;
  bool IsOpen();
  bool WriteWhatGathered(Stream& stream, Clock::time_point deadline, HttpFailure* failure);
  std::optional<HttpAnswer> ExchangeFirst(std::string_view request, Clock::time_point deadline,
                                          HttpFailure* failure);
  std::optional<HttpAnswer> ExchangeInTurn(Lock& lock, Clock::time_point deadline,
                                           HttpFailure* failure);
  void ReadForAll(Lock& lock, Stream& stream, const Waiter& own, Clock::time_point deadline);
  void Break(Stream& stream, const HttpFailure& failure);
  void BreakWithoutMemory();

  const HttpAddress address_;
  const std::string headers_;
  const std::chrono::milliseconds patience_;
  // Guards what follows; held while requests are written, or a connection is new.
  ForkMutex mutex_;
  std::shared_ptr<Stream> stream_;  // null until the server has shown that it keeps it
  std::uint64_t connections_ = 0;   // so far
  Clock::time_point silent_until_{};
};

}  // namespace filibuster
