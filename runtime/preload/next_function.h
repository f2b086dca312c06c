// name => the function that would have been called if we were not preloaded.
#pragma once

#include <dlfcn.h>

#include <atomic>
#include <string_view>
#include <utility>

namespace filibuster {

// `library`: where to look when the function is not in the global scope, because a plugin that was
// loaded for itself brought the library along. Null if nobody has it.
template <typename Function>
Function* NextFunction(const char* name, const char* library) {
  void* found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    if (void* const loaded = ::dlopen(library, RTLD_LAZY | RTLD_NOLOAD)) {
      found = ::dlsym(loaded, name);
    }
  }
  return reinterpret_cast<Function*>(found);
}

// The next function, and whether it is that of the library whose classes look as the header says:
// `library` names the file, to the version that counts. Looked up at its first use, by each thread
// that comes: in a child process nobody waits for one that did when the parent forked.
template <typename Function>
class KnownFunction {
 public:
  constexpr KnownFunction(const char* name, std::string_view library)
      : name_(name), library_(library) {}

  Function* get() const {
    Function* found = found_.load(std::memory_order_acquire);
    if (found == nullptr) {
      found = NextFunction<Function>(name_, library_.data());
      is_known_.store(IsOfLibrary(found), std::memory_order_relaxed);
      found_.store(found, std::memory_order_release);
    }
    return found;
  }
  bool known() const {
    get();
    return is_known_.load(std::memory_order_relaxed);
  }
  template <typename... Args>
  decltype(auto) function(Args&&... args) const {
    return get()(std::forward<Args>(args)...);
  }

 private:
  bool IsOfLibrary(Function* function) const {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(function), &info) == 0) return false;
    const std::string_view path = info.dli_fname;
    const std::string_view file = path.substr(path.rfind('/') + 1);
    if (file.substr(0, library_.size()) != library_) return false;
    return file.size() == library_.size() || file[library_.size()] == '.';
  }

  const char* const name_;
  const std::string_view library_;
  mutable std::atomic<Function*> found_ = nullptr;
  mutable std::atomic<bool> is_known_ = false;
};

}  // namespace filibuster
