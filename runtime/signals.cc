#include "runtime/signals.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>

namespace filibuster {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

// For the handler, which can reach nothing else.
std::atomic<int> event_fd{-1};
std::atomic<int> first_signal{0};

void OnSignal(int signal) {
  const int saved_errno = errno;
  int none = 0;
  first_signal.compare_exchange_strong(none, signal);
  const uint64_t one = 1;
  // Fails only if it is readable for ever already.
  [[maybe_unused]] const ssize_t written = ::write(event_fd, &one, sizeof one);
  errno = saved_errno;
}

}  // namespace

StopSignals::StopSignals() {
  first_signal = 0;
  event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action{};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
}

StopSignals::~StopSignals() {
  for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  ::close(event_fd.exchange(-1));
}

int StopSignals::fd() const { return event_fd; }
int StopSignals::received() const { return first_signal; }

}  // namespace filibuster
