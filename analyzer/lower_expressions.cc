#include <clang/AST/Expr.h>

#include "analyzer/lowering.h"

namespace filibuster {
namespace {

// What decides nothing about the value: parentheses, implicit conversions, lifetimes.
const clang::Expr* Strip(const clang::Expr* expression) {
  using clang::Stmt;
  while (true) {
    switch (expression->getStmtClass()) {
      case Stmt::ParenExprClass:
        expression = llvm::cast<clang::ParenExpr>(expression)->getSubExpr();
        break;
      case Stmt::ConstantExprClass:
        expression = llvm::cast<clang::ConstantExpr>(expression)->getSubExpr();
        break;
      case Stmt::SubstNonTypeTemplateParmExprClass:
        expression = llvm::cast<clang::SubstNonTypeTemplateParmExpr>(expression)->getReplacement();
        break;
      case Stmt::CXXDefaultArgExprClass:
        expression = llvm::cast<clang::CXXDefaultArgExpr>(expression)->getExpr();
        break;
      case Stmt::CXXDefaultInitExprClass:
        expression = llvm::cast<clang::CXXDefaultInitExpr>(expression)->getExpr();
        break;
      case Stmt::OpaqueValueExprClass:
        if (const auto* source = llvm::cast<clang::OpaqueValueExpr>(expression)->getSourceExpr()) {
          expression = source;
          break;
        }
        return expression;
      case Stmt::CXXStdInitializerListExprClass:
        expression = llvm::cast<clang::CXXStdInitializerListExpr>(expression)->getSubExpr();
        break;
      default:
        return expression;
    }
  }
}

// An array of what is no text, which can be written to through a pointer.
bool IsArrayVariable(const clang::CastExpr& decay) {
  const clang::Expr& array = *decay.getSubExpr()->IgnoreParens();
  const clang::QualType element = decay.getType()->getPointeeType();
  return !element->isAnyCharacterType() && !element.isConstQualified() &&
         (llvm::isa<clang::DeclRefExpr>(array) || llvm::isa<clang::MemberExpr>(array));
}

}  // namespace

// What an array is as a pointer: `&array[0]`.
Node Lowering::FirstElement(const clang::CastExpr& decay) {
  Node element = New(Op::kIndex, decay);
  element.type = kArrayElement;
  element.kids = {Expression(decay.getSubExpr()), New(Op::kInt, decay)};
  Node node = New(Op::kAddress, decay);
  node.kids.push_back(std::move(element));
  return node;
}

Node Lowering::Unknown(const clang::Stmt& statement, std::string what) {
  Node node = New(Op::kUnknown, statement);
  node.text = std::move(what);
  for (const clang::Stmt* kid : statement.children()) {
    if (kid != nullptr) node.kids.push_back(Statement(kid));
  }
  return node;
}

Node Lowering::TooDeep(const clang::Stmt& statement) {
  Node node = New(Op::kUnknown, statement);
  node.text = kTooDeep;
  return node;
}

Node Lowering::Constant(const clang::Expr& expression, Node otherwise) {
  if (expression.isValueDependent() || !expression.getType()->isIntegralOrEnumerationType()) {
    return otherwise;
  }
  clang::Expr::EvalResult result;
  if (!expression.EvaluateAsInt(result, context_)) return otherwise;
  return Integer(expression, result.Val.getInt());
}

// What std::int64_t cannot hold, such as std::string::npos, is not known.
Node Lowering::Integer(const clang::Expr& expression, const llvm::APSInt& number) {
  const std::optional<std::int64_t> value = number.tryExtValue();
  Node node = New(value ? Op::kInt : Op::kUnknown, expression);
  if (value) node.number = *value;
  if (!value) node.text = "a number of more than 63 bits";
  return node;
}

void Lowering::AddKids(Node& node, const clang::Expr* const* begin, unsigned count) {
  for (unsigned i = 0; i < count; ++i) node.kids.push_back(Expression(begin[i]));
}

Node Lowering::Expression(const clang::Expr* expression) {
  if (expression == nullptr) return {.op = Op::kUnknown, .text = "nothing"};
  expression = Strip(expression);
  const Nesting nesting(depth_);
  if (depth_ > kMaxNesting) return TooDeep(*expression);
  using clang::Stmt;
  if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression)) {
    if (cast->getCastKind() == clang::CK_NullToPointer) return New(Op::kNull, *cast);
    if (cast->getCastKind() == clang::CK_Dynamic) {
      Node node = New(Op::kDynamicCast, *cast);
      const bool is_pointer = cast->getType()->isPointerType();
      node.type = TypeKey(is_pointer ? cast->getType()->getPointeeType() : cast->getType());
      if (!is_pointer) node.text = "&";
      node.kids.push_back(Expression(cast->getSubExpr()));
      return node;
    }
    if (cast->getCastKind() == clang::CK_ArrayToPointerDecay && IsArrayVariable(*cast)) {
      return FirstElement(*cast);
    }
    return Expression(cast->getSubExpr());
  }
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) return Call(*call);
  switch (expression->getStmtClass()) {
    case Stmt::ExprWithCleanupsClass:
      return Full(*llvm::cast<clang::ExprWithCleanups>(expression));
    case Stmt::MaterializeTemporaryExprClass:
      return Materialized(*llvm::cast<clang::MaterializeTemporaryExpr>(expression));
    case Stmt::CXXBindTemporaryExprClass:
      return Temporary(*llvm::cast<clang::CXXBindTemporaryExpr>(expression));
    case Stmt::IntegerLiteralClass:
    case Stmt::CharacterLiteralClass:
    case Stmt::CXXBoolLiteralExprClass:
    case Stmt::UnaryExprOrTypeTraitExprClass:
    case Stmt::TypeTraitExprClass:
    case Stmt::CXXNoexceptExprClass:
    case Stmt::RequiresExprClass:
    case Stmt::ConceptSpecializationExprClass:
      return Constant(*expression, New(Op::kUnknown, *expression));
    case Stmt::StringLiteralClass: {
      Node node = New(Op::kString, *expression);
      const auto* literal = llvm::cast<clang::StringLiteral>(expression);
      if (literal->getCharByteWidth() == 1) node.text = literal->getString();
      return node;
    }
    case Stmt::PredefinedExprClass:
      return Expression(llvm::cast<clang::PredefinedExpr>(expression)->getFunctionName());
    case Stmt::CXXNullPtrLiteralExprClass:
    case Stmt::GNUNullExprClass:
      return New(Op::kNull, *expression);
    case Stmt::DeclRefExprClass:
      if (corrected_.contains(expression->getExprLoc())) return Unknown(*expression, kNoCode);
      return Reference(*llvm::cast<clang::DeclRefExpr>(expression));
    case Stmt::MemberExprClass:
      if (corrected_.contains(expression->getExprLoc())) return Unknown(*expression, kNoCode);
      return Member(*llvm::cast<clang::MemberExpr>(expression));
    case Stmt::CXXThisExprClass:
      return New(Op::kThis, *expression);
    case Stmt::CXXConstructExprClass:
    case Stmt::CXXTemporaryObjectExprClass:
      return Elements(expression->getType(),
                      Construct(*llvm::cast<clang::CXXConstructExpr>(expression)));
    case Stmt::CXXInheritedCtorInitExprClass: {
      const auto* inherited = llvm::cast<clang::CXXInheritedCtorInitExpr>(expression);
      const clang::CXXConstructorDecl& constructor = *inherited->getConstructor();
      Node node = New(Op::kConstruct, *expression);
      node.number = AddCallee(constructor);
      node.type = AddClass(*constructor.getParent());
      return node;
    }
    case Stmt::CXXScalarValueInitExprClass:
    case Stmt::ImplicitValueInitExprClass: {
      const clang::QualType type = expression->getType();
      if (type->isPointerType() || type->isNullPtrType()) return New(Op::kNull, *expression);
      if (type->isIntegralOrEnumerationType()) return New(Op::kInt, *expression);
      return New(Op::kUnknown, *expression);
    }
    case Stmt::InitListExprClass:
      return InitList(*llvm::cast<clang::InitListExpr>(expression));
    case Stmt::LambdaExprClass:
      return Lambda(*llvm::cast<clang::LambdaExpr>(expression));
    case Stmt::BinaryOperatorClass:
    case Stmt::CompoundAssignOperatorClass:
      return Binary(*llvm::cast<clang::BinaryOperator>(expression));
    case Stmt::CXXRewrittenBinaryOperatorClass:
      return Expression(
          llvm::cast<clang::CXXRewrittenBinaryOperator>(expression)->getSemanticForm());
    case Stmt::UnaryOperatorClass:
      return Unary(*llvm::cast<clang::UnaryOperator>(expression));
    case Stmt::ConditionalOperatorClass: {
      const auto* conditional = llvm::cast<clang::ConditionalOperator>(expression);
      Node node = New(Op::kConditional, *expression);
      node.kids = {Expression(conditional->getCond()), Expression(conditional->getTrueExpr()),
                   Expression(conditional->getFalseExpr())};
      return node;
    }
    case Stmt::ArraySubscriptExprClass: {
      const auto* subscript = llvm::cast<clang::ArraySubscriptExpr>(expression);
      const clang::Expr* base = subscript->getBase()->IgnoreParenImpCasts();
      Node node = New(Op::kIndex, *expression);
      if (base->getType()->isArrayType()) node.type = kArrayElement;
      node.kids = {Expression(base), Expression(subscript->getIdx())};
      return node;
    }
    case Stmt::CXXThrowExprClass: {
      const auto* thrown = llvm::cast<clang::CXXThrowExpr>(expression)->getSubExpr();
      Node node = New(Op::kThrow, *expression);
      if (thrown != nullptr && thrown->isTypeDependent()) return Unknown(*thrown, kTemplateThrow);
      if (thrown != nullptr) {
        node.type = TypeKey(thrown->getType());
        node.kids.push_back(Initial(thrown));
        if (IsDestroyed(thrown->getType())) node.kids.push_back(Destroy(thrown->getType(), ""));
      }
      return node;
    }
    case Stmt::CXXNewExprClass: {
      Node node = New(Op::kNew, *expression);
      const auto* made = llvm::cast<clang::CXXNewExpr>(expression);
      node.kids.push_back(made->getInitializer() != nullptr ? Initial(made->getInitializer())
                                                            : New(Op::kUnknown, *expression));
      if (made->getNumPlacementArgs() == 1 &&
          made->getPlacementArg(0)->getType()->isPointerType()) {
        node.kids.push_back(Expression(made->getPlacementArg(0)));
      }
      return node;
    }
    case Stmt::CXXDeleteExprClass:
      return Delete(*llvm::cast<clang::CXXDeleteExpr>(expression));
    case Stmt::CoawaitExprClass:
    case Stmt::CoyieldExprClass:
      return Expression(llvm::cast<clang::CoroutineSuspendExpr>(expression)->getOperand());
    case Stmt::RecoveryExprClass:
      return Unknown(*expression, kNoCode);
    default:
      return Unknown(*expression, expression->getStmtClassName());
  }
}

Node Lowering::Object(const clang::Expr& object) {
  Node node = Expression(&object);
  if (!object.getType()->isPointerType()) return node;
  Node pointed = New(Op::kDeref, object);
  pointed.kids.push_back(std::move(node));
  return pointed;
}

Node Lowering::InitList(const clang::InitListExpr& given) {
  const clang::InitListExpr& list = given.isSemanticForm() || given.getSemanticForm() == nullptr
                                        ? given
                                        : *given.getSemanticForm();
  if (list.isTransparent()) return Expression(list.getInit(0));
  const clang::CXXRecordDecl* record = list.getType()->getAsCXXRecordDecl();
  if (record == nullptr || record->isUnion()) {
    if (record == nullptr && list.getType()->isScalarType() && list.getNumInits() == 1) {
      return Expression(list.getInit(0));
    }
    Node node = New(Op::kList, list);
    for (const clang::Expr* element : list.inits()) node.kids.push_back(Initial(element));
    if (IsDestroyed(list.getType())) node.type = Destroy(list.getType(), "").type;
    return node;
  }
  Node node = New(Op::kAggregate, list);
  node.type = AddClass(*record);
  unsigned next = 0;
  const auto add = [&](std::string field, clang::QualType type) {
    if (next >= list.getNumInits()) return;
    Node init = New(Op::kInit, list);
    init.text = std::move(field);
    if (type->isReferenceType()) init.type = "&";
    init.kids.push_back(Initial(list.getInit(next++)));
    if (IsDestroyed(type)) init.kids.push_back(Destroy(type, init.text));
    node.kids.push_back(std::move(init));
  };
  for (const clang::CXXBaseSpecifier& base : record->bases()) add("", base.getType());
  for (const clang::FieldDecl* field : record->fields()) {
    if (!field->isUnnamedBitField()) add(field->getNameAsString(), field->getType());
  }
  return node;
}

Node Lowering::Reference(const clang::DeclRefExpr& reference) {
  const clang::ValueDecl* declaration = reference.getDecl();
  if (const auto* enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(declaration)) {
    Node node = Integer(reference, enumerator->getInitVal());
    node.text = QualifiedName(*enumerator);
    return node;
  }
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration)) {
    const bool is_global = variable->hasGlobalStorage();
    Node node = New(is_global ? Op::kGlobal : Op::kLocal, reference);
    if (is_global) {
      node.text = AddGlobal(*variable);
    } else {
      node.number = Variable(variable);
    }
    const bool is_constant =
        variable->getType().isConstQualified() && variable->getType()->isIntegerType();
    return is_constant ? Constant(reference, std::move(node)) : node;
  }
  if (const auto* binding = llvm::dyn_cast<clang::BindingDecl>(declaration)) {
    if (binding->getHoldingVar() != nullptr) return TupleElement(reference, *binding);
    if (binding->getBinding() != nullptr) return Expression(binding->getBinding());
  }
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
    Node node = New(Op::kFunction, reference);
    node.number = AddCallee(*function);
    return node;
  }
  return Constant(reference, Unknown(reference, "a name"));
}

// A name bound to an element of a std::pair or std::tuple, as a field of it.
Node Lowering::TupleElement(const clang::DeclRefExpr& reference,
                            const clang::BindingDecl& binding) {
  const auto* whole = llvm::dyn_cast_or_null<clang::DecompositionDecl>(binding.getDecomposedDecl());
  if (whole == nullptr) return Unknown(reference, "a structured binding");
  std::size_t index = 0;
  while (index < whole->bindings().size() && whole->bindings()[index] != &binding) ++index;
  const clang::CXXRecordDecl* record = whole->getType().getNonReferenceType()->getAsCXXRecordDecl();
  const bool is_pair = record != nullptr && QualifiedName(*record) == "std::pair";
  Node object = New(Op::kLocal, reference);
  object.number = Variable(whole);
  Node node = New(Op::kField, reference);
  node.text = is_pair ? (index == 0 ? "first" : "second") : std::to_string(index);
  node.kids.push_back(std::move(object));
  return node;
}

Node Lowering::Member(const clang::MemberExpr& member) {
  const clang::ValueDecl* declaration = member.getMemberDecl();
  if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(declaration)) {
    // What one member is set to, others are read as. Of a library's message its kind tells which.
    if (field->getParent()->isUnion() && !IsSystem(*field)) {
      return Unknown(member, "a member of a union");
    }
    Node node = New(Op::kField, member);
    node.text = field->getNameAsString();
    node.type = QualifiedName(*field);
    node.kids.push_back(Object(*member.getBase()));
    return node;
  }
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration)) {
    Node node = New(Op::kGlobal, member);
    node.text = AddGlobal(*variable);
    return Constant(member, std::move(node));
  }
  if (const auto* enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(declaration)) {
    Node node = Integer(member, enumerator->getInitVal());
    node.text = QualifiedName(*enumerator);
    return node;
  }
  return Unknown(member, "a member");
}

Node Lowering::Binary(const clang::BinaryOperator& binary) {
  Op op = Op::kBinary;
  std::string text = binary.getOpcodeStr().str();
  if (binary.getOpcode() == clang::BO_LAnd) op = Op::kAnd;
  if (binary.getOpcode() == clang::BO_LOr) op = Op::kOr;
  if (binary.isAssignmentOp()) {
    op = Op::kAssign;
    text = binary.isCompoundAssignmentOp() ? text.substr(0, text.size() - 1) : "";
  }
  Node node = New(op, binary);
  node.text = op == Op::kBinary || op == Op::kAssign ? text : "";
  node.kids = {Expression(binary.getLHS()), Expression(binary.getRHS())};
  const clang::QualType compared = binary.getLHS()->getType();
  if (binary.isRelationalOp() && compared->isUnsignedIntegerType()) {
    node.number = static_cast<std::int64_t>(context_.getTypeSize(compared));
  }
  return node;
}

Node Lowering::Unary(const clang::UnaryOperator& unary) {
  Op op = Op::kUnary;
  std::string text;
  switch (unary.getOpcode()) {
    case clang::UO_LNot:
      op = Op::kNot;
      break;
    case clang::UO_Deref:
      op = Op::kDeref;
      break;
    case clang::UO_AddrOf:
      op = Op::kAddress;
      break;
    case clang::UO_Plus:
    case clang::UO_Extension:
      return Expression(unary.getSubExpr());
    default:
      text = clang::UnaryOperator::getOpcodeStr(unary.getOpcode()).str();
      if (unary.isPostfix()) text += "post";
  }
  Node node = New(op, unary);
  node.text = std::move(text);
  node.kids.push_back(Expression(unary.getSubExpr()));
  return node;
}

}  // namespace filibuster
