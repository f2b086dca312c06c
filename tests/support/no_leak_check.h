// For a test in which a library must leave memory behind.
#pragma once

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace filibuster {

#ifdef __SANITIZE_ADDRESS__
// What its thread allocates while it is there is not reported as leaked.
using NoLeakCheck = __lsan::ScopedDisabler;
#else
struct NoLeakCheck {
  NoLeakCheck() {}  // so that one that is only declared counts as used
};
#endif

}  // namespace filibuster
