// What LLVM's versions differ in, as far as it shows in our code.
#pragma once

#include <llvm/Config/llvm-config.h>

#if LLVM_VERSION_MAJOR >= 22
#include <clang/Options/Options.h>
#else
#include <clang/Driver/Options.h>
namespace clang {
using driver::getDriverOptTable;
}  // namespace clang
#endif
