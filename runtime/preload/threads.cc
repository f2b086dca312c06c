// pthread_create() whose thread goes on with the request of the thread that starts it: std::thread,
// std::async and all that is made of them.
//
// Not so one that is started while a static local variable is initialised, such as a pool that the
// first request happens to need: it works for whoever comes. Any other that outlives the request is
// then known to belong to none; until then all that it does counts as that request's, also what
// others give it to do. What a pool is given has to bring its own context (filibuster/context.h).
#include <pthread.h>

#include <atomic>
#include <memory>
#include <new>
#include <utility>

#include "filibuster/context.h"
#include "filibuster/injector.h"
#include "runtime/context.h"
#include "runtime/preload/next_function.h"
#include "runtime/preload/static_initialisation.h"

namespace {

// A sanitizer starts a thread before anything of ours can run.
std::atomic<bool> loaded = false;
[[gnu::constructor]] void SetLoaded() { loaded = true; }

using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

// Without a guarded static, whose guard may be a sanitizer's as well.
Create* NextCreate() {
  static std::atomic<Create*> next = nullptr;
  if (next == nullptr) next = filibuster::NextFunction<Create>("pthread_create", "libc.so.6");
  return next;
}

struct Start {
  void* (*function)(void*);
  void* argument;
  std::weak_ptr<filibuster::Context> context;
};

void* Run(void* data) {
  std::unique_ptr<Start> start(static_cast<Start*>(data));
  const auto function = start->function;
  void* const argument = start->argument;
  filibuster::InheritContext(std::move(start->context));
  start.reset();
  return function(argument);
}

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*function)(void*), void* argument) noexcept {
  Create* const next = NextCreate();
  if (!loaded || filibuster::InStaticInitialisation()) {
    return next(thread, attributes, function, argument);
  }
  const filibuster::ContextHandle context = filibuster::CurrentContext();
  if (context == nullptr) return next(thread, attributes, function, argument);
  std::unique_ptr<Start> start(new (std::nothrow) Start{function, argument, context});
  if (start == nullptr) return next(thread, attributes, function, argument);
  const int result = next(thread, attributes, Run, start.get());
  if (result == 0) (void)start.release();  // Run() has it
  return result;
}
