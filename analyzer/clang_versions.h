// What LLVM's versions differ in, as far as it shows in our code.
#pragma once

#include <clang/AST/ASTContext.h>
#include <llvm/Config/llvm-config.h>

#if LLVM_VERSION_MAJOR >= 22
#include <clang/Options/Options.h>
#else
#include <clang/Driver/Options.h>
namespace clang {
using driver::getDriverOptTable;
}  // namespace clang
#endif

namespace filibuster {

inline clang::CanQualType CanonicalTypeOf(const clang::RecordDecl& record) {
  const clang::ASTContext& context = record.getASTContext();
#if LLVM_VERSION_MAJOR >= 22
  return context.getCanonicalTagType(&record);
#else
  return context.getCanonicalType(context.getRecordType(&record)).getUnqualifiedType();
#endif
}

}  // namespace filibuster
