// A server that fails in every way in which a callee can fail, for tests that compare an injected
// fault with the real one. Made of sockets.
#pragma once

#include <netinet/in.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/unique_fd.h"

namespace filibuster {

class MisbehavingServer {
 public:
  enum class Way {
    kDoNotListen,  // the port is taken, and nobody listens
    kDoNotAccept,  // connections are never made: the queue is full
    kStaySilent,   // takes the request, and says nothing
    kClose,        // takes the request, and closes
    kReset,        // takes the request, and resets the connection
    kAnswer,       // answers, and keeps the connection
    kAnswerAndClose,
    kSleepAsTold,  // answers after as many seconds as X-Filibuster-Forced-Sleep says
  };

  // On loopback, on a port of the kernel's choice.
  explicit MisbehavingServer(Way way, std::string answer = "");
  ~MisbehavingServer();

  // The same port; no request was seen yet.
  void Restart(Way way, std::string answer = "");

  int port() const { return port_; }
  // As they came.
  std::vector<std::string> requests() const;

 private:
  void Start(Way way, std::string answer);
  void Stop();
  void Serve(Way way, const std::string& answer);

  int port_ = 0;          // before what is bound to it
  UniqueFd reservation_;  // bound, never listens: keeps the port for us
  UniqueFd listener_;
  UniqueFd filler_;
  UniqueFd stop_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;  // guarded by mutex_
};

// "HTTP/1.1 200 OK" with this body.
std::string Ok(const std::string& body);

}  // namespace filibuster
