// What the tests of an instrumented service share: the control server that FILIBUSTER_URL names,
// and an instrumented HTTP server to call.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "filibuster/httplib.h"
#include "tests/support/fake_control_server.h"

namespace filibuster {

// One for the whole program: a service reads FILIBUSTER_URL once.
FakeControlServer& ControlServer();

// Listens on loopback, on a port of the kernel's choice, from Start() on.
class TestServer {
 public:
  ~TestServer() { Stop(); }

  int Start() {
    const int port = server.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
    return port;
  }

  void Stop() {
    if (!thread_.joinable()) return;
    server.stop();
    thread_.join();
  }

  httplib::Server server;

 private:
  std::thread thread_;
};

}  // namespace filibuster
