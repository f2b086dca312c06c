#include <clang/AST/Expr.h>

#include "analyzer/lowering.h"

namespace filibuster {
namespace {

// Whether a mutable lambda may have changed what it captured when it is called again. Not what was
// moved into it, to be used once (a promise, a request), nor a pointer, plain or smart.
bool KeepsChanges(const clang::LambdaExpr& lambda, const clang::Expr* value) {
  if (!lambda.isMutable() || value == nullptr) return false;
  const clang::QualType type = value->getType();
  if (type->isArithmeticType() || type->isEnumeralType()) return true;
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(value->IgnoreImplicit());
  const bool is_moved = made != nullptr && made->getConstructor()->isMoveConstructor();
  return record != nullptr && !record->isInStdNamespace() && !is_moved;
}

// `held = object`, where `held` is a std::optional of a std::reference_wrapper or the like.
bool BecomesReference(const clang::CXXOperatorCallExpr& call) {
  const clang::QualType to = call.getArg(0)->getType().getCanonicalType().getUnqualifiedType();
  const clang::QualType from = call.getArg(1)->getType().getCanonicalType().getUnqualifiedType();
  const auto* made =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(to->getAsCXXRecordDecl());
  if (made == nullptr || !made->isInStdNamespace() || to == from) return false;
  return llvm::any_of(made->getTemplateArgs().asArray(), [](const clang::TemplateArgument& one) {
    const clang::CXXRecordDecl* record = one.getKind() == clang::TemplateArgument::Type
                                             ? one.getAsType()->getAsCXXRecordDecl()
                                             : nullptr;
    return record != nullptr && record->isInStdNamespace() && record->getIdentifier() != nullptr &&
           record->getName() == "reference_wrapper";
  });
}

bool IsExceptionPointer(const clang::CXXRecordDecl& record) {
  return record.getIdentifier() != nullptr && record.getName() == "exception_ptr";
}

}  // namespace

Node Lowering::Call(const clang::CallExpr& call) {
  if (corrected_.contains(call.getCallee()->getExprLoc())) return Unknown(call, kNoCode);
  const clang::FunctionDecl* callee = call.getDirectCallee();
  if (callee == nullptr) {
    if (call.containsErrors()) return Unknown(call, kNoCode);
    if (call.isTypeDependent()) {
      const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(&call);
      const bool is_call = operation == nullptr || operation->getOperator() == clang::OO_Call;
      return Unknown(call, is_call ? kTemplateCall : kTemplateOperator);
    }
    Node node = New(Op::kCallValue, call);
    const auto* through = llvm::dyn_cast<clang::BinaryOperator>(call.getCallee()->IgnoreParens());
    if (through != nullptr && through->isPtrMemOp()) {
      // `(object.*method)(…)`: the object comes before the arguments.
      node.kids = {Expression(through->getRHS()), Expression(through->getLHS())};
    } else {
      node.kids.push_back(Expression(call.getCallee()));
    }
    AddKids(node, call.getArgs(), call.getNumArgs());
    return node;
  }
  if (callee->getBuiltinID() != 0) {
    // __builtin_expect(x, y) is x; of the others some are constants.
    const std::string name = callee->getNameAsString();
    if (name == "__builtin_expect") return Expression(call.getArg(0));
  }
  // A lambda as a pointer to a function is the lambda.
  if (const auto* conversion = llvm::dyn_cast<clang::CXXConversionDecl>(callee);
      conversion != nullptr && conversion->getParent()->isLambda()) {
    const auto& member = *llvm::cast<clang::CXXMemberCallExpr>(&call);
    return Expression(member.getImplicitObjectArgument());
  }
  if (std::optional<Node> made = MakeSmartPointer(call, *callee)) return *std::move(made);
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(&call)) {
    return OperatorCall(*operation, *callee);
  }
  const auto* assignment = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  if (assignment != nullptr && call.getNumArgs() == 1 &&
      (assignment->isCopyAssignmentOperator() || assignment->isMoveAssignmentOperator()) &&
      !IsFollowed(*assignment)) {
    // As the compiler writes it for a member.
    return Assign(call, *llvm::cast<clang::CXXMemberCallExpr>(call).getImplicitObjectArgument(),
                  *call.getArg(0), assignment->isMoveAssignmentOperator());
  }
  const auto* named = llvm::dyn_cast<clang::MemberExpr>(call.getCallee()->IgnoreParens());
  Node node = New(Op::kCall, call);
  node.number = AddCallee(*callee, named == nullptr || !named->hasQualifier());
  if (const auto* literal = llvm::dyn_cast<clang::UserDefinedLiteral>(&call)) {
    AddDigits(node, *literal, *callee);
  }
  if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(&call)) {
    if (const clang::Expr* object = member->getImplicitObjectArgument();
        object != nullptr && facts_.callees[static_cast<std::size_t>(node.number)].is_method) {
      node.kids.push_back(Object(*object));
    }
  }
  AddArguments(node, llvm::ArrayRef(call.getArgs(), call.getNumArgs()), *callee);
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
  constexpr unsigned kMaxDigits = 18;
  if (arguments->get(0).pack_size() > kMaxDigits) return;
  Node number = New(Op::kInt, literal);
  for (const clang::TemplateArgument& digit : arguments->get(0).pack_elements()) {
    const std::int64_t character = digit.getAsIntegral().getExtValue();
    if (character < '0' || character > '9') return;
    number.number = number.number * 10 + (character - '0');
  }
  node.kids.push_back(std::move(number));
}

// An assignment that keeps a copy of what is on the right, as far as anybody may see.
Node Lowering::Assign(const clang::CallExpr& call, const clang::Expr& left,
                      const clang::Expr& right, bool moves) {
  Node node = New(Op::kAssign, call);
  if (ClassName(left.getType()) == kReferenceWrapper) node.type = "&";
  const clang::CXXRecordDecl* record = left.getType()->getAsCXXRecordDecl();
  const bool is_owner = IsOwner(left.getType());
  const clang::Expr& made = *right.IgnoreImplicit();
  // What is made for it becomes what it is.
  const bool is_given = is_owner && made.isPRValue() &&
                        context_.hasSameUnqualifiedType(made.getType(), left.getType());
  if (is_given) MarkKept(&right);
  node.kids = {Object(left), is_given ? Expression(&right)
                             : moves  ? Moved(right)
                                      : Expression(&right)};
  if (record != nullptr && record->isInStdNamespace() && record->getName() == "weak_ptr") {
    Node observed = New(Op::kUnary, call);
    observed.text = kObserved;
    observed.kids.push_back(std::move(node.kids[1]));
    node.kids[1] = std::move(observed);
  }
  if (IsDestroyed(left.getType())) node.kids.push_back(Destroy(left.getType(), ""));
  if (record == nullptr || !right.isXValue() || !IsExceptionPointer(*record)) return node;
  // What is moved from one leaves it in a state that is not known, as its constructor says.
  for (const clang::CXXConstructorDecl* constructor : record->ctors()) {
    if (!constructor->isMoveConstructor()) continue;
    Node moved = New(Op::kConstruct, call);
    moved.number = AddCallee(*constructor);
    moved.type = AddClass(*record);
    moved.kids.push_back(std::move(node.kids[1]));
    node.kids[1] = std::move(moved);
    break;
  }
  return node;
}

Node Lowering::OperatorCall(const clang::CXXOperatorCallExpr& call,
                            const clang::FunctionDecl& callee) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&callee);
  // What is assigned to a temporary is for its class to know: it may stand for something else.
  const bool is_temporary =
      call.getArg(0)->IgnoreImplicit()->isPRValue() && !callee.isInStdNamespace();
  if (call.getOperator() == clang::OO_Equal && call.getNumArgs() == 2 && !is_temporary &&
      (method == nullptr || !IsFollowed(*method))) {
    if (BecomesReference(call)) {
      // What it refers to from now on is not followed.
      Node node = New(Op::kAssign, call);
      if (ClassName(call.getArg(0)->getType()) == kReferenceWrapper) node.type = "&";
      node.kids = {Expression(call.getArg(0)), Unknown(call, "a reference that is kept")};
      Node address = New(Op::kAddress, call);
      address.kids.push_back(Expression(call.getArg(1)));
      node.kids[1].kids = {std::move(address)};
      return node;
    }
    const bool moves = method != nullptr && method->isMoveAssignmentOperator();
    return Assign(call, *call.getArg(0), *call.getArg(1), moves);
  }
  Node node = New(Op::kCall, call);
  node.number = AddCallee(callee);
  unsigned first = 0;
  // The object of a static operator() does not count as an argument.
  if (method != nullptr && method->isStatic()) first = 1;
  AddKids(node, call.getArgs() + first, call.getNumArgs() - first);
  return node;
}

Node Lowering::Construct(const clang::CXXConstructExpr& construct) {
  const clang::CXXConstructorDecl& constructor = *construct.getConstructor();
  const clang::CXXRecordDecl& record = *constructor.getParent();
  const bool is_moved_pointer = constructor.isMoveConstructor() && construct.getNumArgs() == 1 &&
                                construct.getArg(0)->isXValue() && IsExceptionPointer(record);
  const bool is_copy = constructor.isCopyOrMoveConstructor() && construct.getNumArgs() >= 1;
  if (is_copy && !construct.isElidable() &&
      RunsCopies(construct.getType(), constructor.isMoveConstructor())) {
    // Which of them run code of the service's is not followed.
    return Unknown(construct, "a copy of what has copies of its own");
  }
  if (is_copy && !is_moved_pointer && (construct.isElidable() || !IsFollowed(constructor))) {
    Node copied = constructor.isMoveConstructor() ? Moved(*construct.getArg(0))
                                                  : Expression(construct.getArg(0));
    // Of an object whose class is not known to be this one.
    const bool may_cut = record.isPolymorphic() && construct.getArg(0)->isGLValue() &&
                         !construct.getArg(0)->isXValue();
    if (!may_cut) return copied;
    Node copy = New(Op::kCopy, construct);
    copy.type = AddClass(record);
    copy.kids.push_back(std::move(copied));
    return copy;
  }
  if (constructor.isDefaultConstructor() && !constructor.isUserProvided() && !IsSystem(record) &&
      record.getNumBases() == 0 && !record.isUnion()) {
    return DefaultMembers(construct, record);
  }
  Node node = New(Op::kConstruct, construct);
  node.number = AddCallee(constructor);
  node.type = AddClass(record);
  AddArguments(node, llvm::ArrayRef(construct.getArgs(), construct.getNumArgs()), constructor);
  return node;
}

// Containers, texts, owning pointers and what has some are other ones after they were moved from.
Node Lowering::Moved(const clang::Expr& from) {
  const auto* call = llvm::dyn_cast<clang::CallExpr>(from.IgnoreImplicit());
  const clang::FunctionDecl* callee = call != nullptr ? call->getDirectCallee() : nullptr;
  const clang::CXXRecordDecl* record = from.getType()->getAsCXXRecordDecl();
  const bool is_move = callee != nullptr && callee->isInStdNamespace() &&
                       callee->getDeclName().isIdentifier() && callee->getName() == "move";
  static const llvm::StringRef kMoved[] = {"basic_string", "function",      "map",   "shared_ptr",
                                           "unique_ptr",   "unordered_map", "vector"};
  if (record != nullptr && from.isXValue() && IsDestroyed(from.getType())) {
    Node node = New(Op::kUnary, from);
    node.text = kMovedFrom;
    node.type = TypeKey(from.getType());
    node.kids.push_back(Expression(&from));
    return node;
  }
  if (!is_move || record == nullptr || call->getNumArgs() != 1) return Expression(&from);
  const bool changes = record->isInStdNamespace()
                           ? llvm::is_contained(kMoved, record->getName())
                           : !IsSystem(*record) && !record->isTriviallyCopyable();
  if (!changes) return Expression(&from);
  Node node = New(Op::kUnary, from);
  node.text = kMovedFrom;
  const bool is_null = record->getName().ends_with("_ptr") || record->getName() == "function";
  if (is_null) node.type = kOwningPointer;
  node.kids.push_back(Expression(call->getArg(0)));
  return node;
}

// A constructor that the compiler makes: the members have the values that they are declared with,
// or that their own constructors give them.
Node Lowering::DefaultMembers(const clang::CXXConstructExpr& construct,
                              const clang::CXXRecordDecl& record) {
  Node node = New(Op::kAggregate, construct);
  node.type = AddClass(record);
  for (const clang::FieldDecl* field : record.fields()) {
    const clang::Expr* value = field->getInClassInitializer();
    if (value != nullptr && value->isValueDependent()) continue;
    Node init = New(Op::kInit, construct);
    init.text = field->getNameAsString();
    if (field->getType()->isReferenceType()) init.type = "&";
    if (value != nullptr) {
      init.kids.push_back(Initial(value));
    } else if (auto made = DefaultConstruct(construct, field->getType())) {
      init.kids.push_back(*std::move(made));
    } else {
      continue;
    }
    if (IsDestroyed(field->getType())) init.kids.push_back(Destroy(field->getType(), init.text));
    node.kids.push_back(std::move(init));
  }
  return node;
}

// An object of a class with a default constructor that somebody has written; of others the members
// have no values that anybody may ask for.
std::optional<Node> Lowering::DefaultConstruct(const clang::Expr& from, clang::QualType type) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition()) return std::nullopt;
  for (const clang::CXXConstructorDecl* constructor : record->ctors()) {
    if (!constructor->isDefaultConstructor()) continue;
    if (!constructor->isUserProvided() && !IsOwner(type)) continue;
    if (constructor->getNumParams() > 0 || constructor->isDeleted()) continue;
    Node node = New(Op::kConstruct, from);
    node.number = AddCallee(*constructor);
    node.type = AddClass(*record);
    return node;
  }
  return std::nullopt;
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
  // Nothing that is read calls it.
  if (body->isDependentContext()) EnqueueTemplate(*body, body);
  node.text = facts_.callees[static_cast<std::size_t>(node.number)].usr;
  auto init = lambda.capture_init_begin();
  for (const clang::LambdaCapture& capture : lambda.captures()) {
    const clang::Expr* value = init != lambda.capture_init_end() ? *init++ : nullptr;
    Node kid{.op = Op::kCapture, .position = PositionOf(capture.getLocation())};
    kid.text = capture.getCaptureKind() == clang::LCK_ByRef ? "ref"
               : KeepsChanges(lambda, value)                ? "kept"
                                                            : "copy";
    if (capture.capturesThis()) {
      kid.number = kThisVariable;
      Node self{.op = Op::kThis, .position = kid.position};
      kid.kids.push_back(std::move(self));
    } else if (capture.capturesVariable()) {
      kid.number = Variable(capture.getCapturedVar());
      kid.kids.push_back(Initial(value));
    } else {
      continue;
    }
    node.kids.push_back(std::move(kid));
  }
  return node;
}

// A function of a template that is not instantiated, with the body that the template has.
void Lowering::EnqueueTemplate(const clang::FunctionDecl& function,
                               const clang::FunctionDecl* pattern) {
  const clang::FunctionDecl* body = pattern != nullptr ? pattern->getDefinition() : nullptr;
  if (body == nullptr || !body->hasBody() || IsSystem(*body)) return;
  if (queued_.insert(&function).second) queue_.emplace_back(&function, body);
}

}  // namespace filibuster
