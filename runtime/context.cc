#include "runtime/context.h"

#include <pthread.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "runtime/forks.h"
#include "runtime/message_text.h"

namespace filibuster {
namespace {

// Reached through functions of this file alone: a coroutine may resume on another thread, and code
// inlined into it would keep the address of the first thread's variable.
thread_local ContextHandle current_context;
thread_local std::weak_ptr<Context> inherited_context;

// Each for some of the objects, which are locked for a moment.
std::array<ForkMutex, 16> mutexes;

ForkMutex& MutexOf(const void* object) {
  constexpr std::size_t kBytesBetween = 64;
  return mutexes[reinterpret_cast<std::uintptr_t>(object) / kBytesBetween % mutexes.size()];
}

[[maybe_unused]] const int follows_forks = ::pthread_atfork(
    [] {
      for (ForkMutex& mutex : mutexes) mutex.BeforeFork();
    },
    [] {
      for (ForkMutex& mutex : mutexes) mutex.AfterFork();
    },
    [] {
      for (ForkMutex& mutex : mutexes) mutex.AfterFork();
    });

std::string BeginOfIndexesUnder(const ExecutionIndex& parent) {
  std::string text = ExecutionIndexText(parent);
  text.pop_back();
  return parent.empty() ? text : text + ", ";
}

}  // namespace

ContextHandle CurrentContext() {
  return current_context != nullptr ? current_context : inherited_context.lock();
}

void InheritContext(std::weak_ptr<Context> context) { inherited_context = std::move(context); }

ContextScope::ContextScope(ContextHandle context)
    : previous_(std::exchange(current_context, std::move(context))),
      previously_inherited_(std::exchange(inherited_context, {})) {}

ContextScope::~ContextScope() {
  current_context = std::move(previous_);
  inherited_context = std::move(previously_inherited_);
}

Parent::Stamp Parent::Next(const std::string& signature, const std::string& service) {
  const std::lock_guard<ForkMutex> lock(MutexOf(this));
  if (index_begin_.empty()) index_begin_ = BeginOfIndexesUnder(index_);
  std::string index;
  index.reserve(index_begin_.size() + 2 * signature.size() + 20);
  index.append(index_begin_).append("[");
  AppendQuoted(signature, &index);
  index.append(", ").append(std::to_string(++counts_[signature])).append("]]");
  ++vclock_[service];
  return {std::move(index), vclock_};
}

std::shared_ptr<Parent> Context::parent(const std::function<std::shared_ptr<Parent>()>& find_root) {
  {
    const std::lock_guard<ForkMutex> lock(MutexOf(this));
    if (parent_ != nullptr) return parent_;
  }
  // Without the lock: it waits for an answer, and a fork for that alone.
  auto root = find_root();
  const std::lock_guard<ForkMutex> lock(MutexOf(this));
  if (parent_ == nullptr) parent_ = std::move(root);
  return parent_;
}

void Context::AnswerIsWanted(int generated_id) {
  const std::lock_guard<ForkMutex> lock(MutexOf(this));
  wanted_for_.push_back(generated_id);
}

std::vector<int> Context::TakeWanted() {
  const std::lock_guard<ForkMutex> lock(MutexOf(this));
  return std::exchange(wanted_for_, {});
}

}  // namespace filibuster
