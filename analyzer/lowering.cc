#include "analyzer/lowering.h"

#include <clang/AST/Attr.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/Support/Path.h>

#include <algorithm>
#include <set>
#include <utility>

namespace filibuster {
namespace {

// What a const method may change: fields that are `mutable`, but for locks.
bool HasMutableFields(const clang::CXXRecordDecl* record) {
  if (record == nullptr || !record->hasDefinition()) return false;
  const clang::SourceManager& sources = record->getASTContext().getSourceManager();
  if (sources.isInSystemHeader(record->getLocation())) return false;
  static const llvm::StringRef kLocks[] = {
      "mutex",     "shared_mutex",          "recursive_mutex", "timed_mutex", "condition_variable",
      "once_flag", "condition_variable_any"};
  const auto may_change = [&](const clang::FieldDecl* field) {
    const clang::CXXRecordDecl* type = field->getType()->getAsCXXRecordDecl();
    const bool is_lock =
        type != nullptr && type->isInStdNamespace() && llvm::is_contained(kLocks, type->getName());
    return (field->isMutable() && !is_lock) || HasMutableFields(type);
  };
  const auto base_may_change = [](const clang::CXXBaseSpecifier& base) {
    return HasMutableFields(base.getType()->getAsCXXRecordDecl());
  };
  return llvm::any_of(record->fields(), may_change) ||
         llvm::any_of(record->bases(), base_may_change);
}

bool CanChange(clang::QualType type) {
  if (!type->isReferenceType() && !type->isPointerType()) return false;
  const clang::QualType object = type->getPointeeType();
  return !object.isConstQualified() || HasMutableFields(object->getAsCXXRecordDecl());
}

bool CannotThrow(const clang::FunctionDecl& function) {
  const auto* type = function.getType()->getAs<clang::FunctionProtoType>();
  if (type == nullptr || clang::isUnresolvedExceptionSpec(type->getExceptionSpecType())) {
    return llvm::isa<clang::CXXDestructorDecl>(function);
  }
  return type->isNothrow();
}

bool IsException(const clang::CXXRecordDecl& record) {
  if (record.isInStdNamespace() && record.getName() == "exception") return true;
  const clang::CXXRecordDecl* definition = record.getDefinition();
  if (definition == nullptr) return false;
  return std::ranges::any_of(definition->bases(), [](const clang::CXXBaseSpecifier& base) {
    const clang::CXXRecordDecl* base_record = base.getType()->getAsCXXRecordDecl();
    return base_record != nullptr && IsException(*base_record);
  });
}

// The Thrift compiler writes a struct Stock_Take_result beside the interface StockIf with a method
// Take: its members are what that returns and the exceptions that it is declared to throw.
const clang::CXXRecordDecl* ThriftResultOf(const clang::CXXMethodDecl& method) {
  llvm::StringRef interface = method.getParent()->getName();
  if (!interface.consume_back("If") || !method.getDeclName().isIdentifier()) return nullptr;
  const std::string name = (interface + "_" + method.getName() + "_result").str();
  clang::ASTContext& context = method.getASTContext();
  for (const clang::NamedDecl* found :
       method.getParent()->getDeclContext()->lookup(&context.Idents.get(name))) {
    const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(found);
    if (record != nullptr && record->getDefinition() != nullptr) return record->getDefinition();
  }
  return nullptr;
}

}  // namespace

void Lowering::Run() {
  AddRoots(*context_.getTranslationUnitDecl());
  while (!queue_.empty()) {
    const auto [function, body] = queue_.front();
    queue_.pop_front();
    in_template_ = body->isDependentContext();
    // Lowering one may queue others, and grows facts_.functions only here.
    FunctionFacts facts = Function(*function, *body);
    facts_.functions.push_back(std::move(facts));
  }
}

void Lowering::AddRoots(const clang::DeclContext& declarations) {
  for (const clang::Decl* declaration : declarations.decls()) AddRoot(*declaration);
}

void Lowering::AddRoot(const clang::Decl& declaration) {
  if (declaration.isImplicit() || IsSystem(declaration)) return;
  if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(&declaration)) {
    return AddRoots(*space);
  }
  if (const auto* linkage = llvm::dyn_cast<clang::LinkageSpecDecl>(&declaration)) {
    return AddRoots(*linkage);
  }
  if (!IsInScope(declaration.getLocation())) return;
  if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(&declaration)) {
    if (!record->isDependentContext()) AddRoots(*record);
  } else if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(&declaration)) {
    if (function->isThisDeclarationADefinition()) Enqueue(function);
  } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(&declaration)) {
    if (!variable->isTemplated() && variable->hasGlobalStorage()) AddGlobal(*variable);
  }
}

void Lowering::Enqueue(const clang::FunctionDecl* function) {
  const clang::FunctionDecl* definition = function->getDefinition();
  if (definition == nullptr || !definition->hasBody() || IsSystem(*definition)) return;
  if (definition->isDependentContext() && !in_template_) return;
  if (queued_.insert(definition).second) queue_.emplace_back(definition, definition);
}

FunctionFacts Lowering::Function(const clang::FunctionDecl& function,
                                 const clang::FunctionDecl& body) {
  FunctionFacts facts{.usr = UsrOf(function),
                      .name = QualifiedName(function),
                      .position = PositionOf(function.getLocation()),
                      .override_names = OverrideNames(function),
                      .return_type = ClassName(function.getReturnType()),
                      .is_noexcept = CannotThrow(function),
                      .returns_reference = function.getReturnType()->isReferenceType()};
  for (const clang::ParmVarDecl* parameter : body.parameters()) {
    facts.parameters.push_back({.variable = Variable(parameter),
                                .name = parameter->getNameAsString(),
                                .is_reference = IsReference(parameter->getType()),
                                .type = ClassName(parameter->getType())});
  }
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function)) {
    const clang::CXXRecordDecl& record = *method->getParent();
    facts.class_usr = record.isLambda() ? Usr(record) : AddClass(record);
    std::vector<const clang::CXXMethodDecl*> overridden(method->begin_overridden_methods(),
                                                        method->end_overridden_methods());
    std::set<const clang::CXXRecordDecl*> results;
    while (!overridden.empty()) {
      const clang::CXXMethodDecl* base = overridden.back();
      overridden.pop_back();
      facts.overrides.push_back(UsrOf(*base));
      if (const clang::CXXRecordDecl* result = ThriftResultOf(*base)) results.insert(result);
      overridden.insert(overridden.end(), base->begin_overridden_methods(),
                        base->end_overridden_methods());
    }
    if (results.size() == 1) AddThrows(**results.begin(), facts);
  }
  if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(&function)) {
    for (const clang::CXXCtorInitializer* init : constructor->inits()) {
      Node node{.op = Op::kInit, .position = PositionOf(init->getSourceLocation())};
      const clang::FieldDecl* field = init->getAnyMember();
      if (field != nullptr) {
        node.text = field->getNameAsString();
        if (field->getType()->isReferenceType()) node.type = "&";
      }
      node.kids.push_back(Initial(init->getInit()));
      if (constructor->isInheritingConstructor() && init->isBaseInitializer()) {
        // `using Base::Base`: the parameters are passed on, which the tree does not say.
        for (const Parameter& parameter : facts.parameters) {
          node.kids[0].kids.push_back({.op = Op::kLocal, .number = parameter.variable});
        }
      }
      const clang::QualType type =
          field != nullptr ? field->getType() : init->getTypeSourceInfo()->getType();
      if (IsDestroyed(type)) node.kids.push_back(Destroy(type, node.text));
      facts.inits.push_back(std::move(node));
    }
  }
  if (llvm::isa<clang::CXXDestructorDecl>(function)) {
    AddParts(*llvm::cast<clang::CXXDestructorDecl>(function).getParent(), facts.inits);
  }
  const auto* all = llvm::dyn_cast_or_null<clang::CXXTryStmt>(body.getBody());
  facts.body = all != nullptr && llvm::isa<clang::CXXConstructorDecl>(function)
                   ? Try(*all, /*is_constructor=*/true)
                   : Statement(body.getBody());
  return facts;
}

// A result that is an exception itself is told from none of those that are declared.
void Lowering::AddThrows(const clang::CXXRecordDecl& result, FunctionFacts& facts) {
  std::vector<std::string> throws;
  for (const clang::FieldDecl* field : result.fields()) {
    const clang::CXXRecordDecl* record = field->getType()->getAsCXXRecordDecl();
    if (record == nullptr || !IsException(*record)) continue;
    if (field->getName() == "success") return;
    throws.push_back(AddClass(*record));
  }
  facts.has_throws = true;
  facts.throws = std::move(throws);
}

std::string Lowering::AddGlobal(const clang::VarDecl& declaration) {
  const clang::VarDecl* definition = declaration.getDefinition();
  const clang::VarDecl& variable = definition != nullptr ? *definition : declaration;
  std::string usr = Usr(variable);
  if (!globals_.insert(&variable).second) return usr;
  GlobalFacts facts{.usr = usr,
                    .name = QualifiedName(variable),
                    .is_const = variable.getType().isConstQualified() || variable.isConstexpr()};
  facts.init.position = PositionOf(variable.getLocation());
  if (variable.getInit() != nullptr && (variable.isStaticLocal() || !IsSystem(variable)) &&
      !variable.getInit()->isValueDependent()) {
    facts.init = Expression(variable.getInit());
  }
  facts_.globals.push_back(std::move(facts));
  return usr;
}

// Instances of a template for different lambdas have the same USR: the second one gets a number.
std::string Lowering::UsrOf(const clang::Decl& declaration) {
  const auto [it, is_new] = usrs_.emplace(declaration.getCanonicalDecl(), std::string());
  if (is_new) {
    it->second = Usr(declaration);
    const int others = usr_counts_[it->second]++;
    if (others > 0) it->second += "#" + std::to_string(others);
  }
  return it->second;
}

int Lowering::AddCallee(const clang::FunctionDecl& function, bool is_virtual) {
  const auto [it, is_new] = callees_.emplace(std::pair(function.getCanonicalDecl(), is_virtual),
                                             static_cast<int>(facts_.callees.size()));
  const int number = it->second;
  if (!is_new) return number;
  facts_.callees.emplace_back();  // its place, before that of its class's destructor
  Callee callee{.usr = UsrOf(function),
                .name = QualifiedName(function),
                .is_noexcept = CannotThrow(function),
                .is_noreturn = function.isNoReturn(),
                .is_system = IsSystem(function) || function.getBuiltinID() != 0,
                .is_bodiless = function.isDefaulted() || function.isPureVirtual(),
                .return_type = ClassName(function.getReturnType()),
                .override_names = OverrideNames(function)};
  const Position declared = PositionOf(function.getLocation());
  callee.declared = facts_.files[static_cast<std::size_t>(declared.file)];
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function)) {
    callee.is_method = !method->isStatic() && !llvm::isa<clang::CXXConstructorDecl>(method);
    callee.is_virtual = is_virtual && method->isVirtual();
    if (callee.is_method) {
      const bool is_const = method->isConst() && !HasMutableFields(method->getParent());
      callee.can_change.push_back(!is_const);
    }
    callee.class_usr = AddClass(*method->getParent());
  }
  for (const clang::ParmVarDecl* parameter : function.parameters()) {
    callee.can_change.push_back(CanChange(parameter->getType()));
    callee.parameter_types.push_back(ClassName(parameter->getType()));
  }
  facts_.callees[static_cast<std::size_t>(number)] = std::move(callee);
  Enqueue(&function);
  return number;
}

int Lowering::Variable(const clang::ValueDecl* variable) {
  return variables_.emplace(variable, static_cast<int>(variables_.size()) + 1).first->second;
}

int Lowering::FileIndex(clang::FileID id) {
  const auto [by_id, is_new] = file_indexes_.emplace(id.getHashValue(), 0);
  if (!is_new) return by_id->second;
  std::string path = "<no file>";
  if (const auto entry = context_.getSourceManager().getFileEntryRefForID(id)) {
    path = entry->getFileEntry().tryGetRealPathName();
    if (path.empty()) path = entry->getName();
  }
  const auto [by_path, is_new_path] =
      path_indexes_.emplace(path, static_cast<int>(facts_.files.size()));
  if (is_new_path) facts_.files.push_back(std::move(path));
  return by_id->second = by_path->second;
}

std::string Lowering::QualifiedName(const clang::NamedDecl& declaration) const {
  std::string name;
  if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(&declaration);
      record != nullptr && record->isLambda()) {
    name = "(lambda)";
  } else if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&declaration);
             method != nullptr && method->getParent()->isLambda()) {
    return QualifiedName(*method->getParent());
  } else if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(&declaration)) {
    name = constructor->getParent()->getNameAsString();
  } else {
    name = declaration.getNameAsString();
  }
  const clang::DeclContext* outer = declaration.getDeclContext();
  for (; outer != nullptr && !outer->isTranslationUnit(); outer = outer->getParent()) {
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(outer)) {
      if (space->isInline() || space->isAnonymousNamespace()) continue;
    } else if (!llvm::isa<clang::RecordDecl, clang::FunctionDecl>(outer)) {
      // A scoped enumeration names its enumerators; the others are in the scope around it.
      const auto* enumeration = llvm::dyn_cast<clang::EnumDecl>(outer);
      if (enumeration == nullptr || !enumeration->isScoped()) continue;
    }
    return QualifiedName(*llvm::cast<clang::NamedDecl>(outer)) + "::" + name;
  }
  return name;
}

std::string Lowering::TypeKey(clang::QualType type) {
  type = type.getNonReferenceType().getUnqualifiedType();
  if (const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl()) return AddClass(*record);
  if (type->isPointerType()) return TypeKey(type->getPointeeType()) + " *";
  return type.getCanonicalType().getUnqualifiedType().getAsString(context_.getPrintingPolicy());
}

bool Lowering::IsReference(clang::QualType type) const {
  return type->isReferenceType() || ClassName(type) == kReferenceWrapper;
}

std::string Lowering::ClassName(clang::QualType type) const {
  while (true) {
    type = type.getNonReferenceType();
    if (type->isPointerType()) {
      type = type->getPointeeType();
      continue;
    }
    if (const auto* enumeration = type->getAs<clang::EnumType>()) {
      return QualifiedName(*enumeration->getDecl());
    }
    const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
    if (record == nullptr) return {};
    std::string name = QualifiedName(*record);
    const auto* instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
    const bool is_smart = name == "std::shared_ptr" || name == "std::unique_ptr";
    if (instance == nullptr || !is_smart) return name;
    type = instance->getTemplateArgs()[0].getAsType();
  }
}

std::vector<std::string> Lowering::OverrideNames(const clang::FunctionDecl& function) const {
  std::vector<std::string> names;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  if (method == nullptr) return names;
  std::vector<const clang::CXXMethodDecl*> overridden(method->begin_overridden_methods(),
                                                      method->end_overridden_methods());
  while (!overridden.empty()) {
    const clang::CXXMethodDecl* base = overridden.back();
    overridden.pop_back();
    names.push_back(QualifiedName(*base));
    overridden.insert(overridden.end(), base->begin_overridden_methods(),
                      base->end_overridden_methods());
  }
  return names;
}

bool Lowering::IsInScope(clang::SourceLocation location) {
  const clang::SourceManager& sources = context_.getSourceManager();
  location = sources.getExpansionLoc(location);
  if (location.isInvalid()) return false;
  const clang::FileID file = sources.getFileID(location);
  if (file == sources.getMainFileID()) return true;
  const std::string& path = facts_.files[static_cast<std::size_t>(FileIndex(file))];
  return path.starts_with(scope_.directory + "/");
}

bool Lowering::IsSystem(const clang::Decl& declaration) const {
  const clang::SourceManager& sources = context_.getSourceManager();
  const clang::SourceLocation location = sources.getExpansionLoc(declaration.getLocation());
  if (location.isInvalid() || sources.isInSystemHeader(location)) return true;
  for (const clang::DeclContext* outer = declaration.getDeclContext(); outer != nullptr;
       outer = outer->getParent()) {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(outer);
    if (space == nullptr || space->isInline() || space->isAnonymousNamespace()) continue;
    const auto [it, is_new] = is_library_.emplace(space->getCanonicalDecl(), false);
    if (is_new) {
      it->second = std::ranges::find(scope_.library_namespaces, QualifiedName(*space)) !=
                   scope_.library_namespaces.end();
    }
    if (it->second) return true;
  }
  return false;
}

Position Lowering::PositionOf(clang::SourceLocation location) {
  const clang::SourceManager& sources = context_.getSourceManager();
  const auto [file, offset] = sources.getDecomposedExpansionLoc(location);
  if (file.isInvalid()) return {.file = FileIndex(sources.getMainFileID())};
  return {.file = FileIndex(file),
          .line = static_cast<int>(sources.getLineNumber(file, offset)),
          .column = static_cast<int>(sources.getColumnNumber(file, offset))};
}

Node Lowering::New(Op op, const clang::Stmt& statement) {
  return {.op = op, .position = PositionOf(statement.getBeginLoc())};
}

}  // namespace filibuster
