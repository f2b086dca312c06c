// HTTP => ControlHandler, on one thread of its own. Clients that are slow, broken or hostile cost a
// connection and never a run: every connection has deadlines, sizes are limited, and the connection
// that has been quiet longest makes room for a new one.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "runtime/call_log.h"
#include "runtime/load_log.h"
#include "runtime/stable_index.h"

namespace filibuster {

struct ControlServerOptions {
  std::string host = "127.0.0.1";
  int port = 5005;    // 0: the kernel chooses
  std::string token;  // demanded of every request when not empty; a must unless host is loopback
  // From a request's first byte to the end of its answer.
  std::chrono::milliseconds request_timeout = std::chrono::seconds(10);
};

class ControlServer {
 public:
  // Listens when it returns; stops listening when destroyed.
  static std::expected<std::unique_ptr<ControlServer>, Error> Start(
      const ControlServerOptions& options);
  ~ControlServer();

  int port() const;
  std::string url() const;  // for FILIBUSTER_URL: "http://127.0.0.1:5005"

  void BeginTestExecution(std::vector<PlannedFault> faults, const UnstableSites& unstable = {});
  CallLog EndTestExecution();
  // Many at a time: see ControlHandler::BeginLoad. Connections end, before and after: services
  // believe what they are told under load as long as the connection lasts.
  void BeginLoad(std::vector<PlannedFault> faults);
  LoadLog EndLoad();

  // Messages that came while no test execution ran.
  int stray_messages() const;

  static constexpr std::size_t kMaxBodySize = 16 * 1024 * 1024;

 private:
  class Impl;
  explicit ControlServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace filibuster
