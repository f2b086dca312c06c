// Classes: what they derive from, and what goes with an object of theirs.
#include <clang/AST/CXXInheritance.h>
#include <clang/Index/USRGeneration.h>
#include <llvm/ADT/SmallString.h>

#include <algorithm>
#include <utility>

#include "analyzer/clang_versions.h"
#include "analyzer/lowering.h"

namespace filibuster {
std::string Lowering::Usr(const clang::Decl& declaration) {
  llvm::SmallString<128> usr;
  if (clang::index::generateUSRForDecl(&declaration, usr)) return {};
  return std::string(usr);
}

void Lowering::AddVirtualMethods(const clang::CXXRecordDecl& record) {
  for (const clang::CXXMethodDecl* method : record.methods()) {
    if (method->isVirtual()) Enqueue(method);
  }
}

// What is handed an object of the class may call it, in code that is not read: so that nothing may
// have instantiated its templates.
void Lowering::AddCallOperators(const clang::CXXRecordDecl& record) {
  if (record.isLambda()) return;
  for (const clang::NamedDecl* found :
       record.lookup(context_.DeclarationNames.getCXXOperatorName(clang::OO_Call))) {
    if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(found)) {
      const bool is_instantiated = method->getDefinition() != nullptr;
      if (is_instantiated) Enqueue(method);
      if (!is_instantiated) EnqueueTemplate(*method, method->getTemplateInstantiationPattern());
    } else if (const auto* any = llvm::dyn_cast<clang::FunctionTemplateDecl>(found)) {
      // Any one of its uses does what all do.
      const clang::FunctionDecl* used = nullptr;
      for (const clang::FunctionDecl* use : any->specializations()) {
        if (used == nullptr && use->hasBody()) used = use;
      }
      const clang::FunctionTemplateDecl* pattern = any;
      while (pattern->getInstantiatedFromMemberTemplate() != nullptr) {
        pattern = pattern->getInstantiatedFromMemberTemplate();
      }
      if (used != nullptr) Enqueue(used);
      if (used == nullptr) EnqueueTemplate(*any->getTemplatedDecl(), pattern->getTemplatedDecl());
    }
  }
}

std::string Lowering::AddClass(const clang::CXXRecordDecl& declaration) {
  const clang::CXXRecordDecl* definition = declaration.getDefinition();
  const clang::CXXRecordDecl& record = definition != nullptr ? *definition : declaration;
  std::string usr = UsrOf(record);
  if (!classes_.insert(&record).second) return usr;
  ClassFacts facts{.usr = usr, .name = QualifiedName(record)};
  if (definition != nullptr && !record.isDependentContext()) {
    for (const clang::CXXBaseSpecifier& base : record.bases()) {
      if (const clang::CXXRecordDecl* base_record = base.getType()->getAsCXXRecordDecl()) {
        facts.bases.push_back(AddClass(*base_record));
      }
    }
    AddHiddenBases(record, facts);
    if (!IsSystem(record)) {
      AddVirtualMethods(record);
      AddCallOperators(record);
      if (!record.isLambda()) AddDestructor(record, facts);
    }
    AddOwned(record, facts);
    if (!record.isInStdNamespace()) {
      for (const clang::FieldDecl* field : record.fields()) {
        facts.fields.push_back(field->getNameAsString());
      }
    }
  }
  facts_.classes.push_back(std::move(facts));
  return usr;
}

void Lowering::AddHiddenBases(const clang::CXXRecordDecl& record, ClassFacts& facts) {
  if (IsSystem(record)) return;
  record.forallBases([&](const clang::CXXRecordDecl* base) {
    clang::CXXBasePaths paths(/*FindAmbiguities=*/true, /*RecordPaths=*/true,
                              /*DetectVirtual=*/false);
    if (!record.isDerivedFrom(base, paths)) return true;
    const bool is_public = std::ranges::any_of(
        paths, [](const clang::CXXBasePath& path) { return path.Access == clang::AS_public; });
    const bool is_ambiguous = paths.isAmbiguous(CanonicalTypeOf(*base));
    if (!is_public || is_ambiguous) facts.hidden_bases.push_back(AddClass(*base));
    return true;
  });
}

}  // namespace filibuster
