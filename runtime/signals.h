// SIGINT, SIGTERM, SIGHUP => a file descriptor that is readable from then on.
#pragma once

#include <signal.h>

#include <array>

namespace filibuster {

// One at a time per process. While it lives, these signals no longer end the process.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  int fd() const;        // for poll, any number of waiters
  int received() const;  // the first signal, or 0

 private:
  std::array<struct sigaction, 3> before_{};
};

}  // namespace filibuster
