// Runs what is ours within a service.
#pragma once

#include <pthread.h>

#include <cerrno>

namespace filibuster {

// A service's code must not find its errno changed by a call that it did not make; nor may its
// thread, if it is cancelled, end between our frames: it does where the service itself waits.
class Unnoticed {
 public:
  Unnoticed() { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state_); }
  ~Unnoticed() {
    ::pthread_setcancelstate(cancel_state_, nullptr);
    errno = errno_;
  }
  Unnoticed(const Unnoticed&) = delete;
  Unnoticed& operator=(const Unnoticed&) = delete;

 private:
  const int errno_ = errno;
  int cancel_state_ = PTHREAD_CANCEL_ENABLE;
};

// Whether it was done. What goes wrong in it, as when memory runs out, is lost, and the service
// goes on without us. Nothing of the service's may run in it: what that throws, or a thread that
// ends there, must get through.
template <typename Part>
bool Guarded(Part&& part) noexcept {
  const Unnoticed unnoticed;
  try {
    part();
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace filibuster
