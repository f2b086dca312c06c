// name => the function that would have been called if we were not preloaded.
#pragma once

#include <dlfcn.h>

#include <string_view>

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
// `library` names the file, to the version that counts.
template <typename Function>
struct KnownFunction {
  Function* function;
  bool known;

  KnownFunction(const char* name, std::string_view library)
      : function(NextFunction<Function>(name, library.data())), known(IsOf(library)) {}

  bool IsOf(std::string_view library) const {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(function), &info) == 0) return false;
    const std::string_view path = info.dli_fname;
    const std::string_view file = path.substr(path.rfind('/') + 1);
    if (file.substr(0, library.size()) != library) return false;
    return file.size() == library.size() || file[library.size()] == '.';
  }
};

}  // namespace filibuster
