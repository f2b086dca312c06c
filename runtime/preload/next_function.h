// name => the function that would have been called if we were not preloaded.
#pragma once

#include <dlfcn.h>

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

}  // namespace filibuster
