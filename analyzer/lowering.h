// clang's declarations and bodies => FileFacts. Included by the sources that know Clang only.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "analyzer/facts.h"
#include "analyzer/lowering_scope.h"
#include "analyzer/nesting.h"

namespace clang {
class Sema;
}

namespace filibuster {

class Lowering {
 public:
  // `corrected`: names that clang took for others, because there are none like them. What they
  // stand for is not known.
  Lowering(clang::ASTContext& context, clang::Sema& sema, const LoweringScope& scope,
           FileFacts& facts, const Places& corrected)
      : context_(context), sema_(sema), scope_(scope), facts_(facts), corrected_(corrected) {}

  // The whole translation unit.
  void Run();

 private:
  // lowering.cc: declarations
  void AddRoots(const clang::DeclContext& declarations);
  void AddRoot(const clang::Decl& declaration);
  void Enqueue(const clang::FunctionDecl* function);
  void EnqueueTemplate(const clang::FunctionDecl& function, const clang::FunctionDecl* pattern);
  FunctionFacts Function(const clang::FunctionDecl& function, const clang::FunctionDecl& body);
  void AddThrows(const clang::CXXRecordDecl& result, FunctionFacts& facts);
  std::string AddGlobal(const clang::VarDecl& variable);
  int AddCallee(const clang::FunctionDecl& function, bool is_virtual = true);  // or as its own
  std::string UsrOf(const clang::Decl& declaration);
  int Variable(const clang::ValueDecl* variable);
  int FileIndex(clang::FileID id);
  std::string QualifiedName(const clang::NamedDecl& declaration) const;
  std::string TypeKey(clang::QualType type);
  std::string ClassName(clang::QualType type) const;
  // It stands for another object: a reference, or a std::reference_wrapper.
  bool IsReference(clang::QualType type) const;
  std::vector<std::string> OverrideNames(const clang::FunctionDecl& function) const;
  bool IsInScope(clang::SourceLocation location);
  bool IsSystem(const clang::Decl& declaration) const;
  Position PositionOf(clang::SourceLocation location);

  // lower_classes.cc
  static std::string Usr(const clang::Decl& declaration);
  void AddVirtualMethods(const clang::CXXRecordDecl& record);
  void AddCallOperators(const clang::CXXRecordDecl& record);
  std::string AddClass(const clang::CXXRecordDecl& record);
  void AddHiddenBases(const clang::CXXRecordDecl& record, ClassFacts& facts);

  // lower_lifetimes.cc
  bool IsDestroyed(clang::QualType type);
  bool IsFollowed(const clang::CXXConstructorDecl& constructor) const;
  bool IsFollowed(const clang::CXXMethodDecl& assignment) const;
  void AddDestructor(const clang::CXXRecordDecl& record, ClassFacts& facts);
  Node Destroy(clang::QualType type, std::string part, std::int64_t variable = kNoVariable);
  void AddParts(const clang::CXXRecordDecl& record, std::vector<Node>& parts);

  // lower_instances.cc: what clang does only when it is used, in code that is not read
  clang::CXXDestructorDecl* DestructorOf(const clang::CXXRecordDecl& record);
  void Complete(clang::QualType type);
  void Instantiate(const clang::FunctionDecl& function);

  // lower_owners.cc: classes of the standard library's that own objects, and lambdas
  bool OwnsDestroyed(const clang::CXXRecordDecl& record);
  void AddOwned(const clang::CXXRecordDecl& record, ClassFacts& facts);
  bool IsOwner(clang::QualType type);
  bool RunsCopies(clang::QualType type, bool moves);
  Node Passed(const clang::Expr& given, clang::QualType taken);
  Node Given(const clang::Expr& given, const clang::FunctionDecl& callee, unsigned index);
  void AddArguments(Node& node, llvm::ArrayRef<const clang::Expr*> given,
                    const clang::FunctionDecl& callee);
  std::optional<Node> Element(llvm::ArrayRef<const clang::Expr*> given,
                              const clang::FunctionDecl& callee);
  Node Delete(const clang::CXXDeleteExpr& expression);
  Node Initial(const clang::Expr* expression);
  void MarkKept(const clang::Expr* expression);
  Node Full(const clang::ExprWithCleanups& full);
  Node Temporary(const clang::CXXBindTemporaryExpr& bind);
  Node Temporary(const clang::Expr& made, std::vector<Node>& destroyed);
  Node Materialized(const clang::MaterializeTemporaryExpr& made);
  void AddInitial(const clang::VarDecl& variable, Node& declare);
  void AddCaught(const clang::VarDecl& variable, Node& clause);
  Node Elements(clang::QualType type, Node element);

  // lower_made.cc
  std::optional<Node> MakeObject(const clang::Expr& from, const clang::CXXRecordDecl& record,
                                 llvm::ArrayRef<const clang::Expr*> given);
  std::optional<Node> MakeSmartPointer(const clang::CallExpr& call,
                                       const clang::FunctionDecl& callee);

  // lower_expressions.cc
  Node Expression(const clang::Expr* expression);
  Node Call(const clang::CallExpr& call);
  void AddDigits(Node& node, const clang::UserDefinedLiteral& literal,
                 const clang::FunctionDecl& callee);
  Node OperatorCall(const clang::CXXOperatorCallExpr& call, const clang::FunctionDecl& callee);
  Node Assign(const clang::CallExpr& call, const clang::Expr& left, const clang::Expr& right,
              bool moves);
  Node Construct(const clang::CXXConstructExpr& construct);
  Node Moved(const clang::Expr& from);
  Node DefaultMembers(const clang::CXXConstructExpr& construct, const clang::CXXRecordDecl& record);
  std::optional<Node> DefaultConstruct(const clang::Expr& from, clang::QualType type);
  Node InitList(const clang::InitListExpr& list);
  Node Lambda(const clang::LambdaExpr& lambda);
  Node Reference(const clang::DeclRefExpr& reference);
  Node TupleElement(const clang::DeclRefExpr& reference, const clang::BindingDecl& binding);
  Node Member(const clang::MemberExpr& member);
  Node Binary(const clang::BinaryOperator& binary);
  Node Unary(const clang::UnaryOperator& unary);
  Node FirstElement(const clang::CastExpr& decay);
  Node Object(const clang::Expr& object);  // of a member; a pointer is followed
  Node Constant(const clang::Expr& expression, Node otherwise);
  Node Integer(const clang::Expr& expression, const llvm::APSInt& number);
  Node Unknown(const clang::Stmt& statement, std::string what);
  Node TooDeep(const clang::Stmt& statement);
  void AddKids(Node& node, const clang::Expr* const* begin, unsigned count);

  // lower_statements.cc
  Node Statement(const clang::Stmt* statement);
  Node LoopWith(Node loop, const clang::VarDecl& variable, const clang::Expr& condition,
                const clang::Stmt& body);
  Node Block(const clang::Stmt& statement);
  Node Declare(const clang::DeclStmt& declaration);
  Node DeclareVariable(const clang::VarDecl& variable);
  Node If(const clang::IfStmt& statement);
  Node Switch(const clang::SwitchStmt& statement);
  void AddSwitchBody(Node& block, const clang::Stmt* statement);
  Node ForEach(const clang::CXXForRangeStmt& statement);
  Node Try(const clang::CXXTryStmt& statement, bool is_constructor);

  Node New(Op op, const clang::Stmt& statement);

  clang::ASTContext& context_;
  clang::Sema& sema_;
  const LoweringScope& scope_;
  FileFacts& facts_;
  const Places& corrected_;
  int depth_ = 0;
  bool has_inner_label_ = false;  // of the switch that is lowered: a label below another statement
  bool in_template_ = false;      // … the function: it is one that is not instantiated
  int temporary_count_ = 0;
  std::vector<Node> temporaries_;  // what the expression that is lowered is to destroy
  std::vector<Node> extended_;     // … and the variable
  std::unordered_set<const clang::Expr*> kept_;
  std::unordered_map<const clang::CXXRecordDecl*, bool> destroyed_classes_;
  std::deque<std::pair<const clang::FunctionDecl*, const clang::FunctionDecl*>> queue_;
  std::unordered_set<const clang::FunctionDecl*> queued_;
  std::unordered_map<const clang::ValueDecl*, int> variables_;
  std::map<std::pair<const clang::FunctionDecl*, bool>, int> callees_;
  std::unordered_map<const clang::Decl*, std::string> usrs_;
  std::unordered_map<std::string, int> usr_counts_;
  std::unordered_set<const clang::CXXRecordDecl*> classes_;
  std::unordered_set<const clang::VarDecl*> globals_;
  mutable std::unordered_map<const clang::NamespaceDecl*, bool> is_library_;
  std::unordered_map<unsigned, int> file_indexes_;  // by the FileID's hash
  std::unordered_map<std::string, int> path_indexes_;
};

}  // namespace filibuster
