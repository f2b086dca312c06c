#include "runtime/forks.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace filibuster {
namespace {

using Number = std::atomic<int>;  // 0: not given yet

Number without_page{1};
std::atomic<Number*> the_number{&without_page};
Number last_given{1};

// A page that the kernel clears in every child that has memory of its own; one that shares its
// parent's is like a thread of it. Linux has it since 4.14.
[[maybe_unused]] const bool has_page = [] {
  const auto size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  void* const page =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  if (::madvise(page, size, MADV_WIPEONFORK) != 0) return ::munmap(page, size) != 0;
  the_number = new (page) Number(without_page.load());
  return true;
}();

[[maybe_unused]] const int follows_forks =
    ::pthread_atfork(nullptr, nullptr, [] { the_number.load()->store(0); });

// How many fork mutexes this thread has, or waits for: of the preloaded libraries together, or two
// forks at a time could wait for each other.
thread_local volatile int fork_mutexes = 0;

}  // namespace

int ProcessNumber() noexcept {
  Number& number = *the_number.load(std::memory_order_acquire);
  int known = number.load(std::memory_order_acquire);
  if (known != 0) return known;
  const int given = last_given.fetch_add(1) + 1;
  return number.compare_exchange_strong(known, given) ? given : known;
}

void ForkMutex::lock() {
  fork_mutexes = fork_mutexes + 1;
  mutex_.lock();
}

void ForkMutex::unlock() {
  mutex_.unlock();
  fork_mutexes = fork_mutexes - 1;
}

bool ForkMutex::IsAnyOfThisThread() noexcept { return fork_mutexes != 0; }

void ForkMutex::BeforeFork() {
  if (fork_mutexes == 0) mutex_.lock();
}

void ForkMutex::AfterFork() {
  if (fork_mutexes == 0) mutex_.unlock();
}

}  // namespace filibuster
