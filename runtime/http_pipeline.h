// address, requests of many threads => an answer to each: one kept-alive HTTP/1.1 connection to the
// control server, which all threads of a process share.
//
// A thread writes its request behind those that are not answered yet (HTTP pipelining), so that the
// server finds several at a time, and handles them in the order in which they were made. Of those
// that wait for answers one reads for all. No thread of ours: a lone caller writes and reads
// itself.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

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

  // Around a fork(), so that the child does not find locked what another thread had locked.
  void BeforeFork() { mutex_.lock(); }
  void AfterFork() { mutex_.unlock(); }

 private:
  struct Waiter;
  struct Stream;
  using Lock = std::unique_lock<std::mutex>;

  std::string Request(std::string_view method, std::string_view path, std::string_view body) const;
  bool IsSilent(HttpFailure* failure) const;
  bool IsOpen();
  bool Send(std::string_view request, Clock::time_point deadline, HttpFailure* failure);
  std::optional<HttpAnswer> ExchangeFirst(std::string_view request, Clock::time_point deadline,
                                          HttpFailure* failure);
  std::optional<HttpAnswer> ExchangeInTurn(Lock& lock, std::string_view request,
                                           Clock::time_point deadline, HttpFailure* failure);
  void ReadForAll(Lock& lock, Stream& stream, const Waiter& own, Clock::time_point deadline);
  void Break(Stream& stream, const HttpFailure& failure);

  const HttpAddress address_;
  const std::string headers_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;  // guards what follows; held while a request is sent, or a connection is new
  std::shared_ptr<Stream> stream_;  // null until the server has shown that it keeps it
  Clock::time_point silent_until_{};
};

}  // namespace filibuster
