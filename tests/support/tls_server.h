// client => TLS, with a certificate of our own making => a server without it.
#pragma once

#include <openssl/ssl.h>

#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/unique_fd.h"
#include "tests/support/reserved_port.h"

namespace filibuster {

class TlsServer {
 public:
  // On loopback, on a port of the kernel's choice. Says goodbye and closes when the server closes.
  explicit TlsServer(int server_port);
  ~TlsServer() { Stop(); }

  int port() const { return port_.number(); }
  std::string certificate() const;  // PEM
  // Nobody listens from Stop() to Start().
  void Stop();
  void Start();

 private:
  void Run();
  void Serve(int client);

  const ReservedPort port_;
  const int server_port_;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  UniqueFd listener_;
  std::list<UniqueFd> clients_;  // of the thread, and then of Stop()
  std::vector<std::thread> servers_;
  std::thread thread_;
};

}  // namespace filibuster
