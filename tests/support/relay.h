// client => us => a server: the same bytes both ways, until the test breaks the connection.
#pragma once

#include <list>
#include <mutex>
#include <thread>

#include "runtime/unique_fd.h"

namespace filibuster {

class Relay {
 public:
  // On loopback, on a port of the kernel's choice; what connects to it reaches `server_port`.
  explicit Relay(int server_port);
  ~Relay();

  int port() const { return port_; }
  // Ends what is connected, as the kernel does when the server's process dies.
  void Break();

 private:
  struct End {
    UniqueFd socket;
    bool is_open = true;  // bytes may come from it
  };
  struct Connection {
    End client;
    End server;
  };

  void Run();
  void Accept();

  const int server_port_;
  int port_ = 0;
  UniqueFd listener_;
  std::mutex mutex_;
  std::list<Connection> connections_;  // guarded by mutex_; only the thread changes the list
  std::thread thread_;
};

}  // namespace filibuster
