// What clang declares or instantiates only when it is used, which code that is not read would do:
// the library's, where it destroys and makes objects of the service's.
#include <clang/Basic/Diagnostic.h>
#include <clang/Sema/Sema.h>

#include "analyzer/lowering.h"

namespace filibuster {
namespace {

// What does not compile there is no error of the source's: nobody instantiates it.
class Quiet {
 public:
  explicit Quiet(clang::DiagnosticsEngine& diagnostics)
      : diagnostics_(diagnostics), was_(diagnostics.getSuppressAllDiagnostics()) {
    diagnostics_.setSuppressAllDiagnostics(true);
  }
  ~Quiet() { diagnostics_.setSuppressAllDiagnostics(was_); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  clang::DiagnosticsEngine& diagnostics_;
  bool was_;
};

}  // namespace

clang::CXXDestructorDecl* Lowering::DestructorOf(const clang::CXXRecordDecl& record) {
  if (!record.needsImplicitDestructor() || record.isInvalidDecl()) return record.getDestructor();
  return sema_.LookupDestructor(const_cast<clang::CXXRecordDecl*>(&record));
}

void Lowering::Complete(clang::QualType type) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  const bool is_instance = llvm::isa_and_nonnull<clang::ClassTemplateSpecializationDecl>(record);
  if (!is_instance || record->hasDefinition() || record->isDependentContext() ||
      IsSystem(*record)) {
    return;
  }
  const Quiet quiet(context_.getDiagnostics());
  sema_.isCompleteType(record->getLocation(), type);
}

void Lowering::Instantiate(const clang::FunctionDecl& function) {
  const clang::FunctionDecl* pattern = function.getTemplateInstantiationPattern();
  if (pattern == nullptr || function.isDefined() || function.isDependentContext() ||
      pattern->getDefinition() == nullptr || IsSystem(function)) {
    return;
  }
  const Quiet quiet(context_.getDiagnostics());
  sema_.InstantiateFunctionDefinition(function.getLocation(),
                                      const_cast<clang::FunctionDecl*>(&function),
                                      /*Recursive=*/true);
}

}  // namespace filibuster
