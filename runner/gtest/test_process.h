// What the tests of one program share: the control server and the services, from the first test to
// the last.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "runtime/control_server.h"
#include "runtime/services.h"
#include "runtime/unique_fd.h"

namespace filibuster {

class TestProcess {
 public:
  static std::expected<std::unique_ptr<TestProcess>, Error> Start(int port);

  ControlServer& server() { return *server_; }

  // Those of the application file, running. Other programs that use it, such as the other shards of
  // a test, are waited for: their services have the same ports.
  std::expected<Services*, Error> ServicesOf(const std::string& application_file);

 private:
  struct Running {
    UniqueFd lock;
    std::unique_ptr<Services> services;
  };

  explicit TestProcess(std::unique_ptr<ControlServer> server) : server_(std::move(server)) {}

  std::unique_ptr<ControlServer> server_;
  std::map<std::string, Running> running_;  // by absolute path; goes before the server
};

}  // namespace filibuster
