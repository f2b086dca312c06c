// Classes of the standard library whose objects own others, and lambdas: what they own, and what
// they are given.
#include <llvm/ADT/StringMap.h>

#include <algorithm>
#include <utility>

#include "analyzer/lowering.h"

namespace filibuster {
namespace {

constexpr unsigned kAll = 64;

// How many of its template's arguments an owner's objects are of.
unsigned HeldArguments(const clang::CXXRecordDecl& record) {
  static const llvm::StringMap<unsigned> kOwners = {
      {"unique_ptr", 2},    {"shared_ptr", 1},
      {"optional", 1},      {"expected", 2},
      {"vector", 1},        {"deque", 1},
      {"list", 1},          {"forward_list", 1},
      {"set", 1},           {"multiset", 1},
      {"unordered_set", 1}, {"map", 2},
      {"multimap", 2},      {"unordered_map", 2},
      {"array", 1},         {"queue", 1},
      {"stack", 1},         {"priority_queue", 1},
      {"pair", 2},          {"tuple", kAll},
      {"variant", kAll},    {"unordered_multimap", 2},
      {"__shared_ptr", 1},
  };
  if (!record.isInStdNamespace() || record.getIdentifier() == nullptr) return 0;
  const auto found = kOwners.find(record.getName());
  return found == kOwners.end() ? 0 : found->second;
}

void AddTypes(const clang::TemplateArgument& argument, std::vector<clang::QualType>& types) {
  if (argument.getKind() == clang::TemplateArgument::Pack) {
    for (const clang::TemplateArgument& one : argument.pack_elements()) AddTypes(one, types);
  } else if (argument.getKind() == clang::TemplateArgument::Type) {
    types.push_back(argument.getAsType());
  }
}

// In the order of an owner's template's arguments, or of a lambda's captures.
std::vector<clang::QualType> HeldBy(const clang::CXXRecordDecl& record) {
  std::vector<clang::QualType> types;
  if (record.isLambda()) {
    for (const clang::FieldDecl* field : record.fields()) types.push_back(field->getType());
    return types;
  }
  const auto* made = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
  const unsigned count = HeldArguments(record);
  if (made == nullptr || count == 0) return types;
  const clang::TemplateArgumentList& arguments = made->getTemplateArgs();
  for (unsigned i = 0; i < std::min(count, arguments.size()); ++i) {
    AddTypes(arguments[i], types);
  }
  return types;
}

bool IsSmartPointer(const clang::CXXRecordDecl& record) {
  return HeldArguments(record) > 0 && record.getName().ends_with("_ptr");
}

// An object of a class that derives from it may be what is pointed to.
bool HasVirtualDestructor(const clang::CXXRecordDecl& record) {
  const clang::CXXDestructorDecl* destructor =
      record.hasDefinition() ? record.getDestructor() : nullptr;
  return destructor != nullptr && destructor->isVirtual();
}

// What takes its arguments as they are, and may keep none.
bool OnlyPassesOn(const clang::FunctionDecl& callee) {
  static constexpr llvm::StringRef kPassing[] = {
      "move", "forward",          "as_const", "get",  "get_if",   "swap",
      "tie",  "forward_as_tuple", "ref",      "cref", "addressof"};
  return callee.getDeclName().isIdentifier() && llvm::is_contained(kPassing, callee.getName());
}

// It makes or takes elements of its class, or of what it returns.
bool TakesElements(const clang::FunctionDecl& callee) {
  static constexpr llvm::StringRef kTaking[] = {
      "push_back",     "push_front",    "push",       "emplace_back",
      "emplace_front", "emplace",       "insert",     "try_emplace",
      "make_pair",     "make_optional", "make_tuple", "insert_or_assign"};
  if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(&callee)) {
    return HeldArguments(*constructor->getParent()) > 0;
  }
  return callee.getDeclName().isIdentifier() && llvm::is_contained(kTaking, callee.getName());
}

}  // namespace

bool Lowering::OwnsDestroyed(const clang::CXXRecordDecl& record) {
  const bool is_pointer = !record.isLambda() && IsSmartPointer(record);
  const std::vector<clang::QualType> types = HeldBy(record);
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i]->isReferenceType() || types[i]->isDependentType()) continue;
    Complete(context_.getBaseElementType(types[i]));
    if (IsDestroyed(types[i])) return true;
    const clang::CXXRecordDecl* held = context_.getBaseElementType(types[i])->getAsCXXRecordDecl();
    if (held == nullptr || !is_pointer || IsSystem(*held)) continue;
    // The second is what deletes.
    if (i == 1 || HasVirtualDestructor(*held)) return true;
  }
  return false;
}

void Lowering::AddOwned(const clang::CXXRecordDecl& record, ClassFacts& facts) {
  if (!record.isLambda() && HeldArguments(record) == 0) return;
  if (!OwnsDestroyed(record)) return;
  const bool is_pointer = !record.isLambda() && IsSmartPointer(record);
  for (const clang::QualType type : HeldBy(record)) {
    const clang::QualType element = context_.getBaseElementType(type);
    const clang::CXXRecordDecl* held = element->getAsCXXRecordDecl();
    const bool is_owned = held != nullptr && !type->isReferenceType() &&
                          (IsDestroyed(type) || (is_pointer && !IsSystem(*held)));
    facts.owned.push_back(is_owned ? AddClass(*held) : "");
  }
}

// An object of a class of the standard's that owns others, or of a lambda's.
bool Lowering::IsOwner(clang::QualType type) {
  const clang::CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record != nullptr && record->hasDefinition() &&
         (record->isLambda() || IsSystem(*record)) && IsDestroyed(type.getNonReferenceType());
}

// Whether to copy an owner copies, by code of theirs, objects that it holds; or to move it.
bool Lowering::RunsCopies(clang::QualType type, bool moves) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition() || !IsOwner(type)) return false;
  if (!record->isLambda() && IsSmartPointer(*record)) return false;
  static constexpr llvm::StringRef kInPlace[] = {"optional", "expected", "array",
                                                 "pair",     "tuple",    "variant"};
  const bool in_place = record->isLambda() || llvm::is_contained(kInPlace, record->getName());
  if (moves && !in_place) return false;
  return std::ranges::any_of(HeldBy(*record), [&](clang::QualType held) {
    const clang::CXXRecordDecl* of =
        held->isReferenceType() ? nullptr : context_.getBaseElementType(held)->getAsCXXRecordDecl();
    if (of == nullptr || !of->hasDefinition()) return false;
    return RunsCopies(held, moves) ||
           std::ranges::any_of(of->ctors(), [&](const clang::CXXConstructorDecl* constructor) {
             return constructor->isCopyOrMoveConstructor() && IsFollowed(*constructor);
           });
  });
}

// What is passed to a parameter of that type by code that is not read: one by value is made there.
Node Lowering::Passed(const clang::Expr& given, clang::QualType taken) {
  if (taken->isReferenceType() || !IsOwner(taken)) return Expression(&given);
  if (!context_.hasSameUnqualifiedType(given.getType(), taken)) return Expression(&given);
  Node made = given.isLValue() ? Expression(&given) : Moved(given);
  Node node = New(Op::kTemporary, given);
  node.number = kFirstTemporary + temporary_count_++;
  node.kids.push_back(std::move(made));
  temporaries_.push_back(Destroy(taken, "", node.number));
  return node;
}

// What a function of the standard's takes over from its argument is not there any more; a copy is
// made by its own code.
Node Lowering::Given(const clang::Expr& given, const clang::FunctionDecl& callee, unsigned index) {
  if (!IsSystem(callee) || index >= callee.getNumParams() || OnlyPassesOn(callee)) {
    return Expression(&given);
  }
  const clang::QualType taken = callee.getParamDecl(index)->getType();
  const clang::CXXRecordDecl* record = given.getType()->getAsCXXRecordDecl();
  const bool is_function = ClassName(given.getType()) == "std::function";
  if (is_function && taken->isRValueReferenceType() && given.isXValue()) return Moved(given);
  if (record == nullptr || !record->hasDefinition() || !taken->isReferenceType() ||
      !IsDestroyed(given.getType())) {
    return Expression(&given);
  }
  const bool moves = taken->isRValueReferenceType();
  if (IsOwner(given.getType())) {
    if (RunsCopies(given.getType(), moves))
      return Unknown(given, "a copy of what has copies of its own");
    return moves ? Moved(given) : Expression(&given);
  }
  if (!TakesElements(callee)) return Expression(&given);
  const clang::CXXConstructorDecl* chosen = nullptr;
  for (const clang::CXXConstructorDecl* constructor : record->ctors()) {
    if (constructor->isDeleted() || !constructor->isCopyOrMoveConstructor()) continue;
    const bool is_better = chosen == nullptr || constructor->isMoveConstructor() == moves;
    if (is_better && (moves || constructor->isCopyConstructor())) chosen = constructor;
  }
  if (chosen == nullptr || !IsFollowed(*chosen)) {
    const bool is_moved = moves && chosen != nullptr && chosen->isMoveConstructor();
    return is_moved ? Moved(given) : Expression(&given);
  }
  Instantiate(*chosen);
  Node made = New(Op::kConstruct, given);
  made.number = AddCallee(*chosen);
  made.type = AddClass(*record);
  made.kids.push_back(Expression(&given));
  return made;
}

// What emplace() and the like make of their arguments; nothing, if it is no class that matters.
std::optional<Node> Lowering::Element(llvm::ArrayRef<const clang::Expr*> given,
                                      const clang::FunctionDecl& callee) {
  static constexpr llvm::StringRef kMaking[] = {"emplace_back", "emplace_front", "emplace",
                                                "make_optional"};
  const bool is_named = callee.getDeclName().isIdentifier();
  const bool makes = is_named && llvm::is_contained(kMaking, callee.getName());
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&callee);
  const bool in_place = llvm::isa<clang::CXXConstructorDecl>(callee) && !given.empty() &&
                        ClassName(given.front()->getType()).starts_with("std::in_place");
  if (!IsSystem(callee) || (!makes && !in_place)) return std::nullopt;
  std::vector<clang::QualType> held;
  if (method != nullptr) held = HeldBy(*method->getParent());
  if (method == nullptr && callee.getReturnType()->getAsCXXRecordDecl() != nullptr) {
    held = HeldBy(*callee.getReturnType()->getAsCXXRecordDecl());
  }
  if (in_place) given = given.drop_front();
  if (held.size() != 1 || !IsDestroyed(held[0])) return std::nullopt;
  const clang::CXXRecordDecl* record = held[0]->getAsCXXRecordDecl();
  if (record == nullptr) return std::nullopt;
  const bool is_same = given.size() == 1 && given[0]->getType()->getAsCXXRecordDecl() == record;
  if (is_same) return std::nullopt;
  const clang::Expr* at = given.empty() ? nullptr : given[0];
  std::optional<Node> made;
  if (at != nullptr && !IsSystem(*record)) made = MakeObject(*at, *record, given);
  if (at == nullptr && !IsSystem(*record)) {
    for (const clang::CXXConstructorDecl* constructor : record->ctors()) {
      if (!constructor->isDefaultConstructor() || constructor->getNumParams() > 0) continue;
      made = Node{.op = Op::kConstruct, .number = AddCallee(*constructor)};
      made->type = AddClass(*record);
    }
    if (!made) made = Node{.op = Op::kAggregate, .type = AddClass(*record)};
  }
  if (made) return made;
  Node unknown{.op = Op::kUnknown, .text = "an element"};
  AddKids(unknown, given.data(), static_cast<unsigned>(given.size()));
  return unknown;
}

void Lowering::AddArguments(Node& node, llvm::ArrayRef<const clang::Expr*> given,
                            const clang::FunctionDecl& callee) {
  if (std::optional<Node> element = Element(given, callee)) {
    if (element->position == Position()) element->position = node.position;
    node.kids.push_back(*std::move(element));
    return;
  }
  for (unsigned i = 0; i < given.size(); ++i) node.kids.push_back(Given(*given[i], callee, i));
}

Node Lowering::Delete(const clang::CXXDeleteExpr& expression) {
  Node pointer = Expression(expression.getArgument());
  const clang::QualType type = expression.getDestroyedType();
  const clang::CXXRecordDecl* record =
      type.isNull() ? nullptr : context_.getBaseElementType(type)->getAsCXXRecordDecl();
  const bool is_destroyed =
      record != nullptr && record->hasDefinition() &&
      (IsDestroyed(type) || (!IsSystem(*record) && HasVirtualDestructor(*record)));
  if (!is_destroyed) {
    Node node = New(Op::kUnknown, expression);
    node.text = "CXXDeleteExpr";
    node.kids.push_back(std::move(pointer));
    return node;
  }
  Node node = New(Op::kDelete, expression);
  node.type = AddClass(*record);
  node.kids.push_back(std::move(pointer));
  return node;
}

}  // namespace filibuster
