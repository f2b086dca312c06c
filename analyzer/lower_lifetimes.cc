// When objects go: temporaries with their expression, variables with their block, parts with the
// whole.
#include <clang/AST/Attr.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/clang_versions.h"
#include "analyzer/lowering.h"

namespace filibuster {
namespace {

const clang::CXXRecordDecl* RecordOf(clang::QualType type) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  return record != nullptr && record->hasDefinition() ? record->getDefinition() : nullptr;
}

// The conversions that give the same object.
bool KeepsObject(clang::CastKind kind) {
  return kind == clang::CK_NoOp || kind == clang::CK_ConstructorConversion ||
         kind == clang::CK_UserDefinedConversion;
}

bool DoesNothing(const clang::CXXDestructorDecl& destructor) {
  const clang::FunctionDecl* definition = destructor.getDefinition();
  const auto* body = definition != nullptr
                         ? llvm::dyn_cast_or_null<clang::CompoundStmt>(definition->getBody())
                         : nullptr;
  return body != nullptr && body->body_empty();
}

}  // namespace

// Whether code of the service's runs when an object of the type goes.
bool Lowering::IsDestroyed(clang::QualType type) {
  const clang::CXXRecordDecl* record = RecordOf(context_.getBaseElementType(type));
  if (record == nullptr || type->isReferenceType() || record->isUnion() ||
      record->isDependentContext()) {
    return false;
  }
  if (ClassName(type) == "std::any") return true;  // of what, its value says
  if (record->isLambda() || IsSystem(*record)) return OwnsDestroyed(*record);
  // Of a class that owns objects of its own what else it has decides.
  const auto [known, is_new] = destroyed_classes_.emplace(record, false);
  if (!is_new) return known->second;
  const clang::CXXDestructorDecl* destructor = DestructorOf(*record);
  if (destructor == nullptr || destructor->isTrivial() || destructor->isDeleted()) return false;
  const auto is_destroyed = [&](const auto& part) { return IsDestroyed(part.getType()); };
  const bool is = (destructor->isUserProvided() && !DoesNothing(*destructor)) ||
                  std::ranges::any_of(record->bases(), is_destroyed) ||
                  std::ranges::any_of(record->fields(),
                                      [&](const auto* field) { return is_destroyed(*field); });
  return destroyed_classes_[record] = is;
}

// Whether a copy or a move runs code of the service's.
bool Lowering::IsFollowed(const clang::CXXConstructorDecl& constructor) const {
  if (IsSystem(*constructor.getParent()) || constructor.isTrivial()) return false;
  if (constructor.isUserProvided()) return true;
  const auto* made = llvm::cast_or_null<clang::CXXConstructorDecl>(constructor.getDefinition());
  if (made == nullptr) return false;
  return std::ranges::any_of(made->inits(), [&](const clang::CXXCtorInitializer* init) {
    const auto* part = llvm::dyn_cast<clang::CXXConstructExpr>(init->getInit()->IgnoreImplicit());
    return part != nullptr && part->getConstructor()->isCopyOrMoveConstructor() &&
           IsFollowed(*part->getConstructor());
  });
}

// … or an assignment.
bool Lowering::IsFollowed(const clang::CXXMethodDecl& assignment) const {
  const clang::CXXRecordDecl& record = *assignment.getParent();
  if (IsSystem(record) || record.isLambda() || assignment.isTrivial()) return false;
  if (assignment.isUserProvided()) return true;
  if (!assignment.hasBody()) return false;
  const auto is_followed = [&](const auto& part) {
    const clang::CXXRecordDecl* of = RecordOf(context_.getBaseElementType(part.getType()));
    return of != nullptr && std::ranges::any_of(of->methods(), [&](const auto* method) {
             return (method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator()) &&
                    IsFollowed(*method);
           });
  };
  return std::ranges::any_of(record.bases(), is_followed) ||
         std::ranges::any_of(record.fields(),
                             [&](const auto* field) { return is_followed(*field); });
}

void Lowering::AddDestructor(const clang::CXXRecordDecl& record, ClassFacts& facts) {
  if (!IsDestroyed(CanonicalTypeOf(record))) return;
  const clang::CXXDestructorDecl* destructor = record.getDestructor();
  Instantiate(*destructor);
  AddCallee(*destructor, /*is_virtual=*/false);
  facts.destructor = UsrOf(*destructor);
  // One that the compiler makes destroys the parts, even where nothing made it yet.
  const bool is_made = !destructor->isUserProvided() && !destructor->hasBody();
  if (is_made && queued_.insert(destructor).second) queue_.emplace_back(destructor, destructor);
}

Node Lowering::Destroy(clang::QualType type, std::string part, std::int64_t variable) {
  return {.op = Op::kDestroy,
          .number = variable,
          .text = std::move(part),
          .type = TypeKey(context_.getBaseElementType(type))};
}

void Lowering::AddParts(const clang::CXXRecordDecl& record, std::vector<Node>& parts) {
  for (const clang::CXXBaseSpecifier& base : record.bases()) {
    if (IsDestroyed(base.getType())) parts.push_back(Destroy(base.getType(), ""));
  }
  for (const clang::FieldDecl* field : record.fields()) {
    // What a std::function has captured is told by its value.
    const bool may_own = ClassName(field->getType()) == "std::function" &&
                         !field->getType()->isReferenceType() && !field->getType()->isPointerType();
    if (field->isUnnamedBitField() || (!may_own && !IsDestroyed(field->getType()))) continue;
    parts.push_back(Destroy(field->getType(), field->getNameAsString()));
  }
}

// The initialiser of what stays after the expression: a variable, a part, what is returned.
Node Lowering::Initial(const clang::Expr* expression) {
  if (expression != nullptr && expression->isPRValue()) MarkKept(expression);
  return Expression(expression);
}

void Lowering::MarkKept(const clang::Expr* expression) {
  while (expression != nullptr) {
    const clang::Expr* inner = nullptr;
    if (const auto* parens = llvm::dyn_cast<clang::ParenExpr>(expression)) {
      inner = parens->getSubExpr();
    } else if (const auto* full = llvm::dyn_cast<clang::FullExpr>(expression)) {
      inner = full->getSubExpr();
    } else if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression)) {
      if (KeepsObject(cast->getCastKind())) inner = cast->getSubExpr();
    } else if (const auto* bind = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(expression)) {
      kept_.insert(bind);
      inner = bind->getSubExpr();
    } else if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression)) {
      if (made->isElidable() && made->getNumArgs() >= 1) inner = made->getArg(0);
    } else if (const auto* kept = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression)) {
      inner = kept->getSubExpr();
    } else if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(expression)) {
      if (list->isTransparent()) inner = list->getInit(0);
    } else if (const auto* init = llvm::dyn_cast<clang::CXXDefaultInitExpr>(expression)) {
      inner = init->getExpr();
    } else if (const auto* either = llvm::dyn_cast<clang::ConditionalOperator>(expression)) {
      MarkKept(either->getTrueExpr());
      inner = either->getFalseExpr();
    } else if (const auto* comma = llvm::dyn_cast<clang::BinaryOperator>(expression)) {
      if (comma->getOpcode() == clang::BO_Comma) inner = comma->getRHS();
    }
    expression = inner;
  }
}

Node Lowering::Full(const clang::ExprWithCleanups& full) {
  std::vector<Node> outer = std::exchange(temporaries_, {});
  Node node = Expression(full.getSubExpr());
  std::vector<Node> destroyed = std::exchange(temporaries_, std::move(outer));
  if (destroyed.empty()) return node;
  Node whole = New(Op::kFull, full);
  whole.kids.push_back(std::move(node));
  std::ranges::move(destroyed, std::back_inserter(whole.kids));
  return whole;
}

Node Lowering::Temporary(const clang::CXXBindTemporaryExpr& bind) {
  if (kept_.contains(&bind) || !IsDestroyed(bind.getType())) return Expression(bind.getSubExpr());
  return Temporary(*bind.getSubExpr(), temporaries_);
}

Node Lowering::Temporary(const clang::Expr& made, std::vector<Node>& destroyed) {
  Node node = New(Op::kTemporary, made);
  node.number = kFirstTemporary + temporary_count_++;
  node.kids.push_back(Initial(&made));
  destroyed.push_back(Destroy(made.getType(), "", node.number));
  return node;
}

// One that a reference is bound to lives as long as that.
Node Lowering::Materialized(const clang::MaterializeTemporaryExpr& made) {
  const auto* extending = llvm::dyn_cast_or_null<clang::VarDecl>(made.getExtendingDecl());
  const bool is_extended = extending != nullptr && !extending->hasGlobalStorage();
  // The elements of an initializer list.
  if (made.getType()->isArrayType() && !is_extended && IsDestroyed(made.getType())) {
    return Temporary(*made.getSubExpr(), temporaries_);
  }
  if (!is_extended || !IsDestroyed(made.getType())) return Expression(made.getSubExpr());
  return Temporary(*made.getSubExpr(), extended_);
}

// Its initialiser, and what goes with it.
void Lowering::AddInitial(const clang::VarDecl& variable, Node& declare) {
  if (variable.getInit() == nullptr) return;
  std::vector<Node> outer = std::exchange(extended_, {});
  declare.kids.push_back(Initial(variable.getInit()));
  std::ranges::move(std::exchange(extended_, std::move(outer)), std::back_inserter(declare.kids));
  if (!IsDestroyed(variable.getType())) return;
  declare.kids.push_back(Destroy(variable.getType(),
                                 variable.isNRVOVariable() ? kUnlessReturned : "", declare.number));
}

// A variable of a clause that is a copy of what the clause takes, if that copy, or its end,
// runs code.
void Lowering::AddCaught(const clang::VarDecl& variable, Node& clause) {
  const auto* copy =
      variable.getInit() != nullptr
          ? llvm::dyn_cast<clang::CXXConstructExpr>(variable.getInit()->IgnoreImplicit())
          : nullptr;
  const bool is_followed = copy != nullptr && IsFollowed(*copy->getConstructor());
  if (!is_followed && !IsDestroyed(variable.getType())) return;
  Node taken{.op = Op::kLocal, .position = clause.position};
  taken.number = kFirstTemporary + temporary_count_++;
  Node made = taken;
  if (is_followed) {
    made = New(Op::kConstruct, *copy);
    made.number = AddCallee(*copy->getConstructor());
    made.type = AddClass(*copy->getConstructor()->getParent());
    made.kids.push_back(taken);
  }
  Node declare{.op = Op::kDeclare, .position = clause.position, .number = clause.number};
  declare.kids.push_back(std::move(made));
  if (IsDestroyed(variable.getType())) {
    declare.kids.push_back(Destroy(variable.getType(), "", declare.number));
  }
  clause.number = taken.number;
  Node& block = clause.kids[0];
  block.kids.insert(block.kids.begin(), std::move(declare));
}

// One object that is made, as so many of an array.
Node Lowering::Elements(clang::QualType type, Node element) {
  constexpr std::uint64_t kMaxElements = 16;
  const clang::ConstantArrayType* array = context_.getAsConstantArrayType(type);
  if (array == nullptr || !IsDestroyed(type)) return element;
  const std::uint64_t count = array->getZExtSize();
  Node list{.op = count > kMaxElements ? Op::kUnknown : Op::kList, .position = element.position};
  list.text = count > kMaxElements ? "an array" : "";
  list.type = Destroy(type, "").type;
  list.kids.assign(count > kMaxElements ? 1 : count, element);
  return list;
}

}  // namespace filibuster
