// a client library that a process has => our library of hooks that is linked with it
//
// What is preloaded knows nothing of the client library: it would bring it along. So there are two:
// the one that stands in front of its functions, and the one that knows its classes, which is
// loaded when the first of these is called. That one finds the client library also where only a
// plugin has it: what is preloaded does not, as the plugin's libraries are not in the global scope.
#pragma once

#include <dlfcn.h>

#include <atomic>
#include <string>

#include "filibuster/injector.h"
#include "runtime/warn.h"

namespace filibuster {

// A static variable of libfilibuster-preload-NAME.so; filibuster_NAME_hooks of
// libfilibuster-preload-NAME-hooks.so beside it is the Hooks.
template <typename Hooks>
class LoadedHooks {
 public:
  constexpr explicit LoadedHooks(const char* name) : name_(name) {}

  // Null if nothing is to be done. `is_known`: whether it is the client library that they are for.
  const Hooks* get(bool is_known) {
    if (!is_known || !InjectionEnabled()) return nullptr;
    // Without a guarded static: a child process would wait for a thread that it does not have.
    if (!is_loaded_.load(std::memory_order_acquire)) {
      hooks_ = Load();
      is_loaded_.store(true, std::memory_order_release);
    }
    return hooks_;
  }

 private:
  const Hooks* Load() const {
    Dl_info info{};
    if (::dladdr(this, &info) == 0) return nullptr;
    const std::string path = info.dli_fname;
    const std::string directory = path.substr(0, path.rfind('/') + 1);
    const std::string file = directory + "libfilibuster-preload-" + name_ + "-hooks.so";
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      Warn(std::string(::dlerror()) + "; no fault will be injected into calls by " + name_);
      return nullptr;
    }
    const std::string symbol = std::string("filibuster_") + name_ + "_hooks";
    return static_cast<const Hooks*>(::dlsym(library, symbol.c_str()));
  }

  const char* const name_;
  std::atomic<bool> is_loaded_{false};
  std::atomic<const Hooks*> hooks_{nullptr};
};

}  // namespace filibuster
