#include <clang/AST/Stmt.h>
#include <clang/AST/StmtOpenMP.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/lowering.h"

namespace filibuster {
namespace {

// Variables that one statement declares together live as long as the block around it.
void AddTo(Node& block, Node node, const clang::Stmt* statement) {
  if (statement == nullptr || !llvm::isa<clang::DeclStmt>(statement) || node.op != Op::kBlock) {
    block.kids.push_back(std::move(node));
    return;
  }
  for (Node& variable : node.kids) block.kids.push_back(std::move(variable));
}

// A variable that is declared where no block is goes with that statement all the same.
Node AsBody(Node node, const clang::Stmt* statement) {
  if (statement == nullptr || !llvm::isa<clang::DeclStmt>(statement)) return node;
  Node block{.op = Op::kBlock, .position = node.position};
  AddTo(block, std::move(node), statement);
  return block;
}

// As in Node::text of a clause.
std::string HowCaught(clang::QualType type) {
  if (type->isPointerType()) return type->getPointeeType().isConstQualified() ? "" : kToChange;
  if (!type->isReferenceType()) return kByValue;
  return type->getPointeeType().isConstQualified() ? "" : kToChange;
}

}  // namespace

Node Lowering::Statement(const clang::Stmt* statement) {
  if (statement == nullptr) return {.op = Op::kBlock};
  if (const auto* expression = llvm::dyn_cast<clang::Expr>(statement)) {
    return Expression(expression);
  }
  const Nesting nesting(depth_);
  if (depth_ > kMaxNesting) return TooDeep(*statement);
  using clang::Stmt;
  switch (statement->getStmtClass()) {
    case Stmt::CompoundStmtClass:
      return Block(*statement);
    case Stmt::NullStmtClass:
      return New(Op::kBlock, *statement);
    case Stmt::DeclStmtClass:
      return Declare(*llvm::cast<clang::DeclStmt>(statement));
    case Stmt::IfStmtClass:
      return If(*llvm::cast<clang::IfStmt>(statement));
    case Stmt::SwitchStmtClass:
      return Switch(*llvm::cast<clang::SwitchStmt>(statement));
    case Stmt::CXXForRangeStmtClass:
      return ForEach(*llvm::cast<clang::CXXForRangeStmt>(statement));
    case Stmt::CXXTryStmtClass:
      return Try(*llvm::cast<clang::CXXTryStmt>(statement), /*is_constructor=*/false);
    case Stmt::BreakStmtClass:
      return New(Op::kBreak, *statement);
    case Stmt::ContinueStmtClass:
      return New(Op::kContinue, *statement);
    case Stmt::LabelStmtClass: {
      const auto* label = llvm::cast<clang::LabelStmt>(statement);
      Node node = New(Op::kLabel, *statement);
      node.text = label->getName();
      node.kids.push_back(Statement(label->getSubStmt()));
      return node;
    }
    case Stmt::GotoStmtClass: {
      Node node = New(Op::kGoto, *statement);
      node.text = llvm::cast<clang::GotoStmt>(statement)->getLabel()->getName();
      return node;
    }
    case Stmt::AttributedStmtClass:
      return Statement(llvm::cast<clang::AttributedStmt>(statement)->getSubStmt());
    case Stmt::ReturnStmtClass: {
      Node node = New(Op::kReturn, *statement);
      const auto* value = llvm::cast<clang::ReturnStmt>(statement)->getRetValue();
      const clang::VarDecl* named = llvm::cast<clang::ReturnStmt>(statement)->getNRVOCandidate();
      if (named != nullptr && named->isNRVOVariable()) {
        // It is made where the caller has it.
        Node returned = New(Op::kLocal, *statement);
        returned.number = Variable(named);
        node.kids.push_back(std::move(returned));
      } else if (value != nullptr) {
        node.kids.push_back(Initial(value));
      }
      return node;
    }
    case Stmt::CoreturnStmtClass: {
      Node node = New(Op::kReturn, *statement);
      const auto* value = llvm::cast<clang::CoreturnStmt>(statement)->getOperand();
      if (value != nullptr) node.kids.push_back(Expression(value));
      return node;
    }
    case Stmt::CoroutineBodyStmtClass:
      return Statement(llvm::cast<clang::CoroutineBodyStmt>(statement)->getBody());
    case Stmt::WhileStmtClass: {
      const auto* loop = llvm::cast<clang::WhileStmt>(statement);
      Node node = New(Op::kLoop, *statement);
      node.text = "while";
      if (const clang::VarDecl* variable = loop->getConditionVariable();
          variable != nullptr && IsDestroyed(variable->getType())) {
        return LoopWith(node, *variable, *loop->getCond(), *loop->getBody());
      } else if (variable != nullptr) {
        // The variable is made anew each time: as an expression that declares it first.
        Node condition = New(Op::kBlock, *statement);
        condition.text = kCondition;
        condition.kids = {DeclareVariable(*variable), Expression(loop->getCond())};
        node.kids.push_back(std::move(condition));
      } else {
        node.kids.push_back(Expression(loop->getCond()));
      }
      node.kids.push_back(AsBody(Statement(loop->getBody()), loop->getBody()));
      node.kids.push_back({.op = Op::kBlock});
      return node;
    }
    case Stmt::DoStmtClass: {
      const auto* loop = llvm::cast<clang::DoStmt>(statement);
      Node node = New(Op::kLoop, *statement);
      node.text = "do";
      node.kids = {Expression(loop->getCond()),
                   AsBody(Statement(loop->getBody()), loop->getBody()),
                   {.op = Op::kBlock}};
      return node;
    }
    case Stmt::ForStmtClass: {
      const auto* loop = llvm::cast<clang::ForStmt>(statement);
      Node node = New(Op::kLoop, *statement);
      node.text = "while";
      if (const clang::VarDecl* variable = loop->getConditionVariable()) {
        // Its end comes after the step's, which is not followed.
        return loop->getInc() != nullptr || loop->getInit() != nullptr
                   ? Unknown(*statement, kConditionVariable)
                   : LoopWith(node, *variable, *loop->getCond(), *loop->getBody());
      }
      Node forever{.op = Op::kInt, .number = 1};
      node.kids.push_back(loop->getCond() != nullptr ? Expression(loop->getCond())
                                                     : std::move(forever));
      node.kids.push_back(AsBody(Statement(loop->getBody()), loop->getBody()));
      node.kids.push_back(Statement(loop->getInc()));
      if (loop->getInit() == nullptr) return node;
      Node block = New(Op::kBlock, *statement);
      AddTo(block, Statement(loop->getInit()), loop->getInit());
      block.kids.push_back(std::move(node));
      return block;
    }
    case Stmt::CaseStmtClass:
    case Stmt::DefaultStmtClass:
      has_inner_label_ = true;
      return Statement(llvm::cast<clang::SwitchCase>(statement)->getSubStmt());
    default:
      break;
  }
  // What `#pragma omp` stands before runs, on however many threads.
  const auto* directive = llvm::dyn_cast<clang::OMPExecutableDirective>(statement);
  if (directive != nullptr && directive->hasAssociatedStmt() &&
      !directive->isStandaloneDirective()) {
    return Statement(directive->getInnermostCapturedStmt()->getCapturedStmt());
  }
  return Unknown(*statement, statement->getStmtClassName());
}

// `while (T x = f()) …` of what has a destructor: it is made anew, and destroyed, in each round.
Node Lowering::LoopWith(Node loop, const clang::VarDecl& variable, const clang::Expr& condition,
                        const clang::Stmt& body) {
  Node goes_on = New(Op::kIf, condition);
  goes_on.kids = {Expression(&condition), {.op = Op::kBlock}, New(Op::kBreak, condition)};
  Node round = New(Op::kBlock, body);
  round.kids = {DeclareVariable(variable), std::move(goes_on), AsBody(Statement(&body), &body)};
  loop.kids = {{.op = Op::kInt, .number = 1}, std::move(round), {.op = Op::kBlock}};
  return loop;
}

Node Lowering::Block(const clang::Stmt& statement) {
  Node block = New(Op::kBlock, statement);
  for (const clang::Stmt* kid : statement.children()) AddTo(block, Statement(kid), kid);
  return block;
}

Node Lowering::Declare(const clang::DeclStmt& declaration) {
  Node block = New(Op::kBlock, declaration);
  for (const clang::Decl* kid : declaration.decls()) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(kid);
    if (variable != nullptr && !variable->hasGlobalStorage()) {
      block.kids.push_back(DeclareVariable(*variable));
    }
  }
  if (block.kids.size() == 1) return std::move(block.kids.front());
  return block;
}

Node Lowering::DeclareVariable(const clang::VarDecl& variable) {
  Node node{.op = Op::kDeclare,
            .position = PositionOf(variable.getLocation()),
            .number = Variable(&variable),
            .text = variable.getNameAsString()};
  if (IsReference(variable.getType())) node.type = "&";
  AddInitial(variable, node);
  return node;
}

Node Lowering::If(const clang::IfStmt& statement) {
  Node node = New(Op::kIf, statement);
  node.kids = {Expression(statement.getCond()),
               AsBody(Statement(statement.getThen()), statement.getThen()),
               AsBody(Statement(statement.getElse()), statement.getElse())};
  if (statement.isConsteval()) node.kids[0] = {.op = Op::kInt, .position = node.position};
  if (statement.getInit() == nullptr && statement.getConditionVariable() == nullptr) return node;
  Node block = New(Op::kBlock, statement);
  if (const clang::Stmt* init = statement.getInit()) AddTo(block, Statement(init), init);
  if (const clang::VarDecl* variable = statement.getConditionVariable()) {
    block.kids.push_back(DeclareVariable(*variable));
  }
  block.kids.push_back(std::move(node));
  return block;
}

Node Lowering::Switch(const clang::SwitchStmt& statement) {
  Node node = New(Op::kSwitch, statement);
  Node body = New(Op::kBlock, statement);
  const bool outer = std::exchange(has_inner_label_, false);
  AddSwitchBody(body, statement.getBody());
  const bool has_inner_label = std::exchange(has_inner_label_, outer);
  node.kids = {Expression(statement.getCond()), std::move(body)};
  Node block = New(Op::kBlock, statement);
  if (has_inner_label) block.kids.push_back(Unknown(statement, kInnerLabel));
  if (const clang::Stmt* init = statement.getInit()) AddTo(block, Statement(init), init);
  if (const clang::VarDecl* variable = statement.getConditionVariable()) {
    block.kids.push_back(DeclareVariable(*variable));
  }
  if (block.kids.empty()) return node;
  block.kids.push_back(std::move(node));
  return block;
}

// Labels become statements of the block, each before what it labels.
void Lowering::AddSwitchBody(Node& block, const clang::Stmt* statement) {
  if (statement == nullptr) return;
  if (const auto* compound = llvm::dyn_cast<clang::CompoundStmt>(statement)) {
    for (const clang::Stmt* kid : compound->body()) {
      if (llvm::isa<clang::SwitchCase>(kid)) {
        AddSwitchBody(block, kid);
      } else {
        AddTo(block, Statement(kid), kid);
      }
    }
  } else if (const auto* label = llvm::dyn_cast<clang::CaseStmt>(statement)) {
    Node node = New(Op::kCase, *label);
    node.kids.push_back(Expression(label->getLHS()));
    if (label->getRHS() != nullptr) node.kids.push_back(Expression(label->getRHS()));
    block.kids.push_back(std::move(node));
    AddSwitchBody(block, label->getSubStmt());
  } else if (const auto* otherwise = llvm::dyn_cast<clang::DefaultStmt>(statement)) {
    block.kids.push_back(New(Op::kDefault, *otherwise));
    AddSwitchBody(block, otherwise->getSubStmt());
  } else {
    block.kids.push_back(Statement(statement));
  }
}

Node Lowering::ForEach(const clang::CXXForRangeStmt& statement) {
  Node node = New(Op::kForEach, statement);
  node.number = Variable(statement.getLoopVariable());
  if (statement.getLoopVariable()->getType()->isReferenceType()) node.type = "&";
  node.kids = {{}, AsBody(Statement(statement.getBody()), statement.getBody())};
  Node block = New(Op::kBlock, statement);
  if (const clang::Stmt* init = statement.getInit()) AddTo(block, Statement(init), init);
  Node range{.op = Op::kDeclare, .position = node.position, .type = "&"};
  range.number =
      Variable(statement.getRangeStmt() != nullptr
                   ? llvm::cast<clang::VarDecl>(statement.getRangeStmt()->getSingleDecl())
                   : statement.getLoopVariable());
  std::vector<Node> outer = std::exchange(extended_, {});
  range.kids.push_back(Expression(statement.getRangeInit()));
  std::ranges::move(std::exchange(extended_, std::move(outer)), std::back_inserter(range.kids));
  if (range.kids.size() == 1) {
    node.kids[0] = std::move(range.kids[0]);
  } else {
    // What the range is made of lives as long as the loop.
    node.kids[0] = {.op = Op::kLocal, .position = node.position, .number = range.number};
    block.kids.push_back(std::move(range));
  }
  if (block.kids.empty()) return node;
  block.kids.push_back(std::move(node));
  return block;
}

Node Lowering::Try(const clang::CXXTryStmt& statement, bool is_constructor) {
  Node node = New(Op::kTry, statement);
  node.kids.push_back(Statement(statement.getTryBlock()));
  for (unsigned i = 0; i < statement.getNumHandlers(); ++i) {
    const clang::CXXCatchStmt& handler = *statement.getHandler(i);
    Node clause = New(Op::kCatch, handler);
    clause.number = kNoVariable;
    if (const clang::QualType caught = handler.getCaughtType(); !caught.isNull()) {
      clause.type = TypeKey(caught);
      clause.text = HowCaught(caught);
    }
    const clang::VarDecl* variable = handler.getExceptionDecl();
    const bool is_read = variable == nullptr ||
                         (!variable->isInvalidDecl() && !variable->getType()->isDependentType());
    if (!is_read) {
      // Of a type that was not understood: it takes everything, and what then happens is not known.
      clause.type.clear();
      clause.kids.push_back(Unknown(handler, kUnreadClause));
    } else {
      if (variable != nullptr) clause.number = Variable(variable);
      clause.kids.push_back(Statement(handler.getHandlerBlock()));
      if (variable != nullptr) AddCaught(*variable, clause);
      if (is_constructor) {
        // It goes on with the exception at its end.
        Node rethrow = New(Op::kThrow, *handler.getHandlerBlock());
        clause.kids[0].kids.push_back(std::move(rethrow));
      }
    }
    node.kids.push_back(std::move(clause));
  }
  return node;
}

}  // namespace filibuster
