#include "runner/gtest/watchdog.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace filibuster {
namespace {

// Whether it becomes readable in time.
bool WaitFor(int fd, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() < 0) return false;
    constexpr std::chrono::milliseconds kHour = std::chrono::hours(1);
    pollfd waiting{fd, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::min(left, kHour).count())) > 0) return true;
  }
}

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds limit, std::function<void()> tell)
    : done_(::eventfd(0, EFD_CLOEXEC)), thread_([this, limit, tell = std::move(tell)] {
        if (WaitFor(done_.get(), limit)) return;
        tell();
        std::_Exit(1);  // destructors would wait for what hangs
      }) {}

Watchdog::~Watchdog() {
  ::eventfd_write(done_.get(), 1);
  thread_.join();
}

}  // namespace filibuster
