// A time limit => the end of this process, once it is over: nothing else ends a thread that hangs.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "runtime/unique_fd.h"

namespace filibuster {

class Watchdog {
 public:
  // `tell` is called, on another thread, before the process ends with exit code 1.
  Watchdog(std::chrono::milliseconds limit, std::function<void()> tell);
  ~Watchdog();  // in time
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  const UniqueFd done_;
  std::thread thread_;
};

}  // namespace filibuster
