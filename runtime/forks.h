// fork() => what a process has from its parent is told apart from its own, and nothing of it stays
// locked
#pragma once

#include <mutex>

namespace filibuster {

// The same number again: in the same process. Also after _Fork() and clone(), which call no
// handlers of pthread_atfork().
int ProcessNumber() noexcept;

// To be locked around a fork(), so that the child does not find it locked by a thread of its
// parent's. Not by a signal handler that forks, and has interrupted who has one: that one goes on
// behind it, here and in the child.
class ForkMutex {
 public:
  void lock();
  void unlock();
  void BeforeFork();
  void AfterFork();

  // Whether this thread has one, or waits for one: who asks is a signal handler that has
  // interrupted it there.
  static bool IsAnyOfThisThread() noexcept;

 private:
  std::mutex mutex_;
};

}  // namespace filibuster
