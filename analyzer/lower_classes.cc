// Classes: what they derive from, and what goes with an object of theirs.
#include <clang/AST/CXXInheritance.h>
#include <clang/Index/USRGeneration.h>
#include <llvm/ADT/SmallString.h>

#include <algorithm>
#include <utility>

#include "analyzer/clang_versions.h"
#include "analyzer/lowering.h"

namespace filibuster {
namespace {

const clang::CXXRecordDecl* RecordOf(clang::QualType type) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  return record != nullptr && record->hasDefinition() ? record->getDefinition() : nullptr;
}

}  // namespace

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
  std::string usr = Usr(record);
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
    }
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

// The destructor that goes with an object of the type, if somebody has written it, or that of a
// part.
const clang::CXXDestructorDecl* Lowering::WrittenDestructor(clang::QualType type) const {
  const clang::CXXRecordDecl* record = RecordOf(type);
  if (record == nullptr || IsSystem(*record) || record->isDependentContext()) return nullptr;
  const clang::CXXDestructorDecl* destructor = record->getDestructor();
  if (destructor == nullptr || destructor->isTrivial()) return nullptr;
  if (destructor->isUserProvided()) return destructor;
  const auto is_written = [&](clang::QualType part) { return WrittenDestructor(part) != nullptr; };
  const bool has_written =
      std::ranges::any_of(record->bases(),
                          [&](const auto& base) { return is_written(base.getType()); }) ||
      std::ranges::any_of(record->fields(),
                          [&](const auto* field) { return is_written(field->getType()); });
  return has_written && destructor->hasBody() ? destructor : nullptr;
}

Node Lowering::Destroy(const clang::CXXDestructorDecl& destructor, const Node& object) {
  Node call{.op = Op::kCall, .position = object.position};
  call.number = AddCallee(destructor, /*is_virtual=*/false);
  call.kids.push_back(object);
  return call;
}

// After the body of a destructor its object's parts go, the last first: as variables of a block
// around the body do.
void Lowering::AddDestroyed(const clang::CXXDestructorDecl& destructor, Node& body) {
  const Position position = PositionOf(destructor.getLocation());
  Node self{.op = Op::kThis, .position = position};
  Node whole{.op = Op::kDeref, .position = position};
  whole.kids.push_back(std::move(self));
  Node block{.op = Op::kBlock, .position = position};
  const auto add = [&](const clang::ValueDecl& named, const clang::CXXDestructorDecl& of,
                       Node part) {
    Node declare{.op = Op::kDeclare, .position = position, .number = Variable(&named)};
    declare.type = "&";
    const Node object{.op = Op::kLocal, .position = position, .number = declare.number};
    declare.kids.push_back(std::move(part));
    declare.kids.push_back(Destroy(of, object));
    block.kids.push_back(std::move(declare));
  };
  for (const clang::CXXBaseSpecifier& base : destructor.getParent()->bases()) {
    if (const auto* of = WrittenDestructor(base.getType())) add(*of, *of, whole);
  }
  for (const clang::FieldDecl* field : destructor.getParent()->fields()) {
    const clang::CXXDestructorDecl* of = WrittenDestructor(field->getType());
    if (of == nullptr || field->isUnnamedBitField() || destructor.getParent()->isUnion()) continue;
    Node part{.op = Op::kField, .position = position, .text = field->getNameAsString()};
    part.type = QualifiedName(*field);
    part.kids.push_back(whole);
    add(*field, *of, std::move(part));
  }
  if (block.kids.empty()) return;
  block.kids.push_back(std::move(body));
  body = std::move(block);
}

}  // namespace filibuster
