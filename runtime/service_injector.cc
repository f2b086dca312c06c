#include "runtime/service_injector.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cstdlib>

#include "filibuster/injector.h"
#include "filibuster/service.h"
#include "runtime/digest.h"
#include "runtime/guarded.h"
#include "runtime/warn.h"

namespace filibuster {
namespace {

// How many InOurs this thread is in.
thread_local volatile int in_ours = 0;

// By a runtime that is not this one. It sees the calls that our headers see: were both to inject,
// each call would be two.
bool InjectedByPreload() {
  void* const library = ::dlopen("libfilibuster-preload.so", RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return false;
  return ::dlsym(library, "_ZN10filibuster16InjectionEnabledEv") !=
         reinterpret_cast<void*>(&InjectionEnabled);
}

// Null if injection is off.
Injector* MakeInjector() {
  std::string error;
  auto control = ControlClient::FromEnvironment(&error);
  auto replay = OfflineReplay::FromEnvironment(&error);
  if (!error.empty()) Warn(error + "; no fault will be injected");
  if (replay == nullptr && control == nullptr) return nullptr;
  if (InjectedByPreload()) {
    Warn(
        "this service is instrumented twice, in its sources and by preload; calls and requests "
        "are those that the preloaded libraries see");
    return nullptr;
  }
  Md5("");        // which looks for it once,
  ServiceName();  // as this does
  return replay != nullptr ? new Injector(std::move(replay)) : new Injector(std::move(control));
}

// A fork waits until it is made: with the guard of a local static variable the child would wait for
// a thread that it does not have.
ForkMutex making_injector;
std::atomic<bool> injector_is_made{false};
Injector* the_injector = nullptr;  // guarded by making_injector until it is made

void AfterFork() {
  if (the_injector != nullptr) the_injector->AfterFork();
  making_injector.AfterFork();
}

// Before any thread: whoever asks for the injector may be doing so at the fork.
[[maybe_unused]] const int follows_forks = ::pthread_atfork(
    [] {
      making_injector.BeforeFork();
      if (the_injector != nullptr) the_injector->BeforeFork();
    },
    AfterFork, AfterFork);

}  // namespace

// Never destroyed: calls may still be made while the program ends.
std::string& ServiceName() {
  static auto& name = *new std::string([] {
    const char* given = std::getenv("FILIBUSTER_SERVICE_NAME");
    return given != nullptr ? given : "";
  }());
  return name;
}

bool HasServiceName() {
  if (!ServiceName().empty()) return true;
  static std::atomic<bool> warned{false};
  if (!warned.exchange(true)) {
    Warn(
        "no FILIBUSTER_SERVICE(\"name\") in this program, and no FILIBUSTER_SERVICE_NAME in its "
        "environment; no fault will be injected");
  }
  return false;
}

InOurs::InOurs() { in_ours = in_ours + 1; }
InOurs::~InOurs() { in_ours = in_ours - 1; }

Injector* TheInjector() {
  const bool is_made = injector_is_made.load(std::memory_order_acquire);
  if (is_made && the_injector == nullptr) return nullptr;
  if (in_ours != 0 || ForkMutex::IsAnyOfThisThread()) return nullptr;
  if (is_made) return the_injector;
  Injector* injector = nullptr;
  Guarded([&] {
    const InOurs in;
    const std::lock_guard<ForkMutex> lock(making_injector);
    if (!injector_is_made) {
      the_injector = MakeInjector();
      injector_is_made.store(true, std::memory_order_release);
    }
    injector = the_injector;
  });
  return injector;
}

void SetServiceName(std::string name) { ServiceName() = std::move(name); }

bool InjectionEnabled() noexcept { return TheInjector() != nullptr; }

}  // namespace filibuster
