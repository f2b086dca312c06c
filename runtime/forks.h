// fork() => what a process has from its parent is told apart from its own, and nothing of it stays
// locked
#pragma once

#include <mutex>

namespace filibuster {

// The same number again: in the same process. Also after _Fork() and clone(), which call no
// handlers of pthread_atfork().
int ProcessNumber() noexcept;

// How many of them this thread has, or waits for.
inline thread_local volatile int fork_mutexes = 0;

// To be locked around a fork(), so that the child does not find it locked by a thread of its
// parent's. Not by a signal handler that forks, and has interrupted who has one: that one goes on
// behind it, here and in the child.
class ForkMutex {
 public:
  void lock() {
    fork_mutexes = fork_mutexes + 1;
    mutex_.lock();
  }
  void unlock() {
    mutex_.unlock();
    fork_mutexes = fork_mutexes - 1;
  }

  void BeforeFork() {
    if (fork_mutexes != 0) return;
    mutex_.lock();
  }
  void AfterFork() {
    if (fork_mutexes != 0) return;
    mutex_.unlock();
  }

 private:
  std::mutex mutex_;
};

}  // namespace filibuster
