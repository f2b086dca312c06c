// Objects that functions of the library make of what they are given.
#include <utility>

#include "analyzer/lowering.h"

namespace filibuster {

// std::make_unique<T>(…) as `new T(…)`: its own body, which would say so, is not read. Of several
// constructors that could be meant none is chosen.
std::optional<Node> Lowering::MakeSmartPointer(const clang::CallExpr& call,
                                               const clang::FunctionDecl& callee) {
  const std::string name = QualifiedName(callee);
  if (name != "std::make_unique" && name != "std::make_shared") return std::nullopt;
  const clang::TemplateArgumentList* arguments = callee.getTemplateSpecializationArgs();
  if (arguments == nullptr || arguments->size() == 0 ||
      arguments->get(0).getKind() != clang::TemplateArgument::Type) {
    return std::nullopt;
  }
  Complete(arguments->get(0).getAsType());
  const clang::CXXRecordDecl* record = arguments->get(0).getAsType()->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition()) return std::nullopt;
  std::optional<Node> made =
      MakeObject(call, *record, llvm::ArrayRef(call.getArgs(), call.getNumArgs()));
  if (!made) return std::nullopt;
  Node node = New(Op::kNew, call);
  if (IsDestroyed(call.getType())) node.text = name;
  node.kids.push_back(*std::move(made));
  return node;
}

// An object that a function of the library makes of what it is given.
std::optional<Node> Lowering::MakeObject(const clang::Expr& from,
                                         const clang::CXXRecordDecl& record,
                                         llvm::ArrayRef<const clang::Expr*> given) {
  const auto could_take = [&](const clang::CXXConstructorDecl& constructor) {
    for (unsigned i = 0; i < given.size(); ++i) {
      const clang::QualType type = given[i]->getType();
      const clang::QualType taken = constructor.getParamDecl(i)->getType().getNonReferenceType();
      if (type->isArithmeticType() != taken->isArithmeticType() && !type->isRecordType() &&
          !type->isEnumeralType() && !taken->isDependentType()) {
        return false;
      }
      if (type->isRecordType() && taken->isArithmeticType()) return false;
    }
    return true;
  };
  const clang::CXXConstructorDecl* chosen = nullptr;
  for (const clang::CXXConstructorDecl* constructor : record.ctors()) {
    const bool fits = given.size() >= constructor->getMinRequiredArguments() &&
                      given.size() <= constructor->getNumParams();
    if (!fits || constructor->isDeleted() || constructor->isCopyOrMoveConstructor()) continue;
    if (!could_take(*constructor)) continue;
    if (chosen != nullptr) return std::nullopt;
    chosen = constructor;
  }
  if (chosen == nullptr) {
    const bool is_implicit = given.empty() && record.needsImplicitDefaultConstructor();
    if (!is_implicit) return std::nullopt;
    // A constructor that nobody has written: the fields are what their initialisers say.
    Node made = New(Op::kAggregate, from);
    made.type = AddClass(record);
    for (const clang::FieldDecl* field : record.fields()) {
      if (field->getInClassInitializer() == nullptr) continue;
      Node init = New(Op::kInit, from);
      init.text = field->getNameAsString();
      init.kids.push_back(Initial(field->getInClassInitializer()));
      if (IsDestroyed(field->getType())) init.kids.push_back(Destroy(field->getType(), init.text));
      made.kids.push_back(std::move(init));
    }
    return made;
  }
  Instantiate(*chosen);
  Node made = New(Op::kConstruct, from);
  made.number = AddCallee(*chosen);
  made.type = AddClass(record);
  for (unsigned i = 0; i < given.size(); ++i) {
    made.kids.push_back(Passed(*given[i], chosen->getParamDecl(i)->getType()));
  }
  for (auto i = static_cast<unsigned>(given.size()); i < chosen->getNumParams(); ++i) {
    const clang::ParmVarDecl* parameter = chosen->getParamDecl(i);
    made.kids.push_back(parameter->hasUninstantiatedDefaultArg()
                            ? Unknown(from, "a default argument")
                            : Expression(parameter->getDefaultArg()));
  }
  return made;
}

}  // namespace filibuster
