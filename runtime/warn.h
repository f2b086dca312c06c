// One line on standard error, as the tool's own log lines look. Services have no other logger of
// ours, and nothing is written while injection is off.
#pragma once

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <string>

namespace filibuster {

// Nobody may read a service's standard error any more: that is not to end the service.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    ::sigemptyset(&sigpipe_);
    ::sigaddset(&sigpipe_, SIGPIPE);
    sigset_t pending;
    ::sigpending(&pending);
    is_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~WithoutSigpipe() {
    const timespec at_once{};
    if (!is_pending_) ::sigtimedwait(&sigpipe_, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = errno_;
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t sigpipe_;
  sigset_t before_;
  bool is_pending_;  // another's
  const int errno_ = errno;
};

inline void Tell(const char* level, const std::string& text) {
  const std::string line = std::string("[FILIBUSTER] [") + level + "]: " + text + "\n";
  const WithoutSigpipe without_sigpipe;
  std::fwrite(line.data(), 1, line.size(), stderr);
}

inline void Warn(const std::string& text) { Tell("WARNING", text); }
inline void Notice(const std::string& text) { Tell("NOTICE", text); }

}  // namespace filibuster
