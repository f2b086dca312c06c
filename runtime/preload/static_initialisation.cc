#include "runtime/preload/static_initialisation.h"

#include <cxxabi.h>

#include <atomic>

#include "runtime/preload/next_function.h"

namespace {

// How many static variables this thread is initialising.
thread_local int initialising = 0;

// Without a guarded static, which would be looked up by itself.
template <typename Function>
Function* Next(const char* name, std::atomic<Function*>* next) {
  if (*next == nullptr) *next = filibuster::NextFunction<Function>(name, "libstdc++.so.6");
  return *next;
}

std::atomic<decltype(abi::__cxa_guard_acquire)*> next_acquire = nullptr;
std::atomic<decltype(abi::__cxa_guard_release)*> next_release = nullptr;
std::atomic<decltype(abi::__cxa_guard_abort)*> next_abort = nullptr;

}  // namespace

// What a compiler calls around the initialiser of a static local variable.
extern "C" int __cxa_guard_acquire(abi::__guard* guard) {
  const int is_ours = Next("__cxa_guard_acquire", &next_acquire)(guard);
  if (is_ours != 0) ++initialising;
  return is_ours;
}

extern "C" void __cxa_guard_release(abi::__guard* guard) noexcept {
  --initialising;
  Next("__cxa_guard_release", &next_release)(guard);
}

extern "C" void __cxa_guard_abort(abi::__guard* guard) noexcept {
  --initialising;
  Next("__cxa_guard_abort", &next_abort)(guard);
}

namespace filibuster {

bool InStaticInitialisation() noexcept { return initialising > 0; }

}  // namespace filibuster
