#include <clang/AST/Expr.h>

#include "analyzer/lowering.h"

namespace filibuster {
namespace {

constexpr char kNoCode[] = "code that does not compile";

// What decides nothing about the value: parentheses, implicit conversions, lifetimes.
const clang::Expr* Strip(const clang::Expr* expression) {
  using clang::Stmt;
  while (true) {
    switch (expression->getStmtClass()) {
      case Stmt::ParenExprClass:
        expression = llvm::cast<clang::ParenExpr>(expression)->getSubExpr();
        break;
      case Stmt::ExprWithCleanupsClass:
      case Stmt::ConstantExprClass:
        expression = llvm::cast<clang::FullExpr>(expression)->getSubExpr();
        break;
      case Stmt::MaterializeTemporaryExprClass:
        expression = llvm::cast<clang::MaterializeTemporaryExpr>(expression)->getSubExpr();
        break;
      case Stmt::CXXBindTemporaryExprClass:
        expression = llvm::cast<clang::CXXBindTemporaryExpr>(expression)->getSubExpr();
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

}  // namespace

Node Lowering::Unknown(const clang::Stmt& statement, std::string what) {
  Node node = New(Op::kUnknown, statement);
  node.text = std::move(what);
  for (const clang::Stmt* kid : statement.children()) {
    if (kid != nullptr) node.kids.push_back(Statement(kid));
  }
  return node;
}

Node Lowering::Constant(const clang::Expr& expression, Node otherwise) {
  if (expression.isValueDependent() || !expression.getType()->isIntegralOrEnumerationType()) {
    return otherwise;
  }
  clang::Expr::EvalResult result;
  if (!expression.EvaluateAsInt(result, context_)) return otherwise;
  Node node = New(Op::kInt, expression);
  node.number = result.Val.getInt().getExtValue();
  return node;
}

void Lowering::AddKids(Node& node, const clang::Expr* const* begin, unsigned count) {
  for (unsigned i = 0; i < count; ++i) node.kids.push_back(Expression(begin[i]));
}

Node Lowering::Expression(const clang::Expr* expression) {
  if (expression == nullptr) return {.op = Op::kUnknown, .text = "nothing"};
  expression = Strip(expression);
  using clang::Stmt;
  if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression)) {
    if (cast->getCastKind() == clang::CK_NullToPointer) return New(Op::kNull, *cast);
    if (cast->getCastKind() == clang::CK_Dynamic) {
      Node node = New(Op::kDynamicCast, *cast);
      node.type = TypeKey(cast->getType()->getPointeeType());
      node.kids.push_back(Expression(cast->getSubExpr()));
      return node;
    }
    return Expression(cast->getSubExpr());
  }
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) return Call(*call);
  switch (expression->getStmtClass()) {
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
      return Construct(*llvm::cast<clang::CXXConstructExpr>(expression));
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
      Node node = New(Op::kIndex, *expression);
      node.kids = {Expression(subscript->getBase()), Expression(subscript->getIdx())};
      return node;
    }
    case Stmt::CXXThrowExprClass: {
      const auto* thrown = llvm::cast<clang::CXXThrowExpr>(expression)->getSubExpr();
      Node node = New(Op::kThrow, *expression);
      if (thrown != nullptr) {
        node.type = TypeKey(thrown->getType());
        node.kids.push_back(Expression(thrown));
      }
      return node;
    }
    case Stmt::CXXNewExprClass: {
      Node node = New(Op::kNew, *expression);
      const auto* made = llvm::cast<clang::CXXNewExpr>(expression);
      node.kids.push_back(made->getInitializer() != nullptr ? Expression(made->getInitializer())
                                                            : New(Op::kUnknown, *expression));
      return node;
    }
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

Node Lowering::Call(const clang::CallExpr& call) {
  if (corrected_.contains(call.getCallee()->getExprLoc())) return Unknown(call, kNoCode);
  const clang::FunctionDecl* callee = call.getDirectCallee();
  if (callee == nullptr) {
    if (call.isTypeDependent()) return Unknown(call, "a call in a template");
    Node node = New(Op::kCallValue, call);
    node.kids.push_back(Expression(call.getCallee()));
    AddKids(node, call.getArgs(), call.getNumArgs());
    return node;
  }
  if (callee->getBuiltinID() != 0) {
    // __builtin_expect(x, y) is x; of the others some are constants.
    const std::string name = callee->getNameAsString();
    if (name == "__builtin_expect") return Expression(call.getArg(0));
  }
  if (std::optional<Node> made = MakeSmartPointer(call, *callee)) return *std::move(made);
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(&call)) {
    return OperatorCall(*operation, *callee);
  }
  Node node = New(Op::kCall, call);
  node.number = AddCallee(*callee);
  if (const auto* literal = llvm::dyn_cast<clang::UserDefinedLiteral>(&call)) {
    AddDigits(node, *literal, *callee);
  }
  if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(&call)) {
    if (const clang::Expr* object = member->getImplicitObjectArgument();
        object != nullptr && facts_.callees[static_cast<std::size_t>(node.number)].is_method) {
      node.kids.push_back(Object(*object));
    }
  }
  AddKids(node, call.getArgs(), call.getNumArgs());
  return node;
}

// The digits of `10s` are template arguments: as the argument that they stand for.
void Lowering::AddDigits(Node& node, const clang::UserDefinedLiteral& literal,
                         const clang::FunctionDecl& callee) {
  const clang::TemplateArgumentList* arguments = callee.getTemplateSpecializationArgs();
  if (literal.getLiteralOperatorKind() != clang::UserDefinedLiteral::LOK_Template ||
      arguments == nullptr || arguments->size() != 1 ||
      arguments->get(0).getKind() != clang::TemplateArgument::Pack) {
    return;
  }
  Node number = New(Op::kInt, literal);
  for (const clang::TemplateArgument& digit : arguments->get(0).pack_elements()) {
    const std::int64_t character = digit.getAsIntegral().getExtValue();
    if (character < '0' || character > '9') return;
    number.number = number.number * 10 + (character - '0');
  }
  node.kids.push_back(std::move(number));
}

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
  const clang::CXXRecordDecl* record = arguments->get(0).getAsType()->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition()) return std::nullopt;
  const clang::CXXConstructorDecl* chosen = nullptr;
  for (const clang::CXXConstructorDecl* constructor : record->ctors()) {
    const bool fits = call.getNumArgs() >= constructor->getMinRequiredArguments() &&
                      call.getNumArgs() <= constructor->getNumParams();
    if (!fits || constructor->isDeleted() || constructor->isCopyOrMoveConstructor()) continue;
    if (chosen != nullptr) return std::nullopt;
    chosen = constructor;
  }
  if (chosen == nullptr) return std::nullopt;
  Node made = New(Op::kConstruct, call);
  made.number = AddCallee(*chosen);
  made.type = AddClass(*record);
  AddKids(made, call.getArgs(), call.getNumArgs());
  for (unsigned i = call.getNumArgs(); i < chosen->getNumParams(); ++i) {
    const clang::ParmVarDecl* parameter = chosen->getParamDecl(i);
    made.kids.push_back(parameter->hasUninstantiatedDefaultArg()
                            ? Unknown(call, "a default argument")
                            : Expression(parameter->getDefaultArg()));
  }
  Node node = New(Op::kNew, call);
  node.kids.push_back(std::move(made));
  return node;
}

Node Lowering::OperatorCall(const clang::CXXOperatorCallExpr& call,
                            const clang::FunctionDecl& callee) {
  if (call.getOperator() == clang::OO_Equal && call.getNumArgs() == 2) {
    Node node = New(Op::kAssign, call);
    AddKids(node, call.getArgs(), 2);
    return node;
  }
  Node node = New(Op::kCall, call);
  node.number = AddCallee(callee);
  unsigned first = 0;
  // The object of a static operator() does not count as an argument.
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&callee);
  if (method != nullptr && method->isStatic()) first = 1;
  AddKids(node, call.getArgs() + first, call.getNumArgs() - first);
  return node;
}

Node Lowering::Construct(const clang::CXXConstructExpr& construct) {
  const clang::CXXConstructorDecl& constructor = *construct.getConstructor();
  if (constructor.isCopyOrMoveConstructor() && construct.getNumArgs() >= 1) {
    return Expression(construct.getArg(0));
  }
  Node node = New(Op::kConstruct, construct);
  node.number = AddCallee(constructor);
  node.type = AddClass(*constructor.getParent());
  AddKids(node, construct.getArgs(), construct.getNumArgs());
  return node;
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
    AddKids(node, list.getInits(), list.getNumInits());
    return node;
  }
  Node node = New(Op::kAggregate, list);
  node.type = AddClass(*record);
  unsigned next = 0;
  const auto add = [&](std::string field, bool is_reference) {
    if (next >= list.getNumInits()) return;
    Node init = New(Op::kInit, list);
    init.text = std::move(field);
    if (is_reference) init.type = "&";
    init.kids.push_back(Expression(list.getInit(next++)));
    node.kids.push_back(std::move(init));
  };
  for (unsigned i = 0; i < record->getNumBases(); ++i) add("", false);
  for (const clang::FieldDecl* field : record->fields()) {
    if (field->isUnnamedBitField()) continue;
    add(field->getNameAsString(), field->getType()->isReferenceType());
  }
  return node;
}

Node Lowering::Lambda(const clang::LambdaExpr& lambda) {
  const clang::CXXMethodDecl* body = lambda.getCallOperator();
  if (const auto* generic = lambda.getDependentCallOperator()) {
    // Of a lambda with auto parameters the first use is the one that is looked into.
    for (const clang::FunctionDecl* use : generic->specializations()) {
      if (use->hasBody()) {
        body = llvm::cast<clang::CXXMethodDecl>(use);
        break;
      }
    }
  }
  Node node = New(Op::kLambda, lambda);
  node.number = AddCallee(*body);
  node.text = facts_.callees[static_cast<std::size_t>(node.number)].usr;
  auto init = lambda.capture_init_begin();
  for (const clang::LambdaCapture& capture : lambda.captures()) {
    const clang::Expr* value = init != lambda.capture_init_end() ? *init++ : nullptr;
    Node kid{.op = Op::kCapture, .position = PositionOf(capture.getLocation())};
    kid.text = capture.getCaptureKind() == clang::LCK_ByRef ? "ref" : "copy";
    if (capture.capturesThis()) {
      kid.number = kThisVariable;
      Node self{.op = Op::kThis, .position = kid.position};
      kid.kids.push_back(std::move(self));
    } else if (capture.capturesVariable()) {
      kid.number = Variable(capture.getCapturedVar());
      kid.kids.push_back(Expression(value));
    } else {
      continue;
    }
    node.kids.push_back(std::move(kid));
  }
  return node;
}

Node Lowering::Reference(const clang::DeclRefExpr& reference) {
  const clang::ValueDecl* declaration = reference.getDecl();
  if (const auto* enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(declaration)) {
    Node node = New(Op::kInt, reference);
    node.number = enumerator->getInitVal().getExtValue();
    node.text = QualifiedName(*enumerator);
    return node;
  }
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration)) {
    const bool is_global = variable->hasGlobalStorage() && !variable->isStaticLocal();
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
    Node node = New(Op::kInt, member);
    node.number = enumerator->getInitVal().getExtValue();
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
