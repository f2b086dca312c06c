#include "filibuster/detail/served_requests.h"

#include <pthread.h>

#include <map>
#include <mutex>
#include <utility>

#include "runtime/forks.h"

namespace filibuster {
namespace {

using Contexts = std::map<const void*, ContextHandle>;

ForkMutex mutex;
Contexts* contexts = nullptr;  // guarded by mutex; never destroyed: servers may outlive main()

[[maybe_unused]] const int follows_forks = ::pthread_atfork(
    [] { mutex.BeforeFork(); }, [] { mutex.AfterFork(); }, [] { mutex.AfterFork(); });

// The mutex is held.
Contexts& TheContexts() {
  if (contexts == nullptr) contexts = new Contexts;
  return *contexts;
}

}  // namespace

void KeepServed(const void* request, ContextHandle context) {
  const std::lock_guard<ForkMutex> lock(mutex);
  std::swap(TheContexts()[request], context);  // what was there dies outside of the lock
}

void DropServed(const void* request) {
  ContextHandle dropped;  // dies outside of the lock
  const std::lock_guard<ForkMutex> lock(mutex);
  const auto found = TheContexts().find(request);
  if (found == contexts->end()) return;
  dropped = std::move(found->second);
  contexts->erase(found);
}

ContextHandle FindServed(const void* request) {
  const std::lock_guard<ForkMutex> lock(mutex);
  const auto found = TheContexts().find(request);
  return found == contexts->end() ? nullptr : found->second;
}

}  // namespace filibuster
