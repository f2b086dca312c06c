// The facts of all files of a service, joined: who is called, what a class derives from.
//
// FileFacts… x LibraryModel… => Program
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analyzer/facts.h"
#include "analyzer/library_model.h"
#include "analyzer/value.h"

namespace filibuster {

// A callee of one file with what is known of it.
struct LinkedCallee {
  const Callee* callee = nullptr;
  FunctionRef definition;                 // if it was seen
  const LibraryModel* library = nullptr;  // it belongs to one
  std::vector<const ModelRow*> rows;      // and this is what it may do there, the first that fits
  std::vector<FunctionRef> compares;  // of a container's: the service's functions it compares by
};

class Program {
 public:
  // The files and the models must outlive the program.
  Program(std::vector<const FileFacts*> files, std::span<const LibraryModel> models);

  const std::vector<const FileFacts*>& files() const { return files_; }
  std::span<const LibraryModel> models() const { return models_; }

  // Some code of the service calls the library.
  bool Uses(const LibraryModel& library) const;
  // Some code of the service sets a timeout of the library's.
  bool SetsTimeouts(const LibraryModel& library) const { return sets_timeouts_.contains(&library); }
  const LinkedCallee& CalleeOf(const FileFacts& file, std::int64_t index) const;
  // It is generated for a library: what calling it does is known from a model.
  bool IsOfLibrary(const FunctionRef& function) const;
  FunctionRef FindFunction(const FileFacts& from, const std::string& usr) const;
  // What a virtual call of `method` does for an object of class `type`.
  FunctionRef Override(const std::string& type, const std::string& method) const;
  // All that override it, wherever.
  std::span<const FunctionRef> OverridersOf(const std::string& method) const;

  // What calling an object of a class of the service's may do: its call operators and its bases'.
  std::vector<FunctionRef> CallOperatorsOf(const std::string& type) const;

  // Whether `type` is `base` or derives from it. Types are keys as in Node::type.
  bool DerivesFrom(const std::string& type, const std::string& base) const;
  // What was seen of a class, or nullptr.
  const ClassFacts* ClassOf(const std::string& type) const {
    const auto record = classes_.find(type);
    return record == classes_.end() ? nullptr : record->second;
  }
  // The key of the class of that name; the name, if the service's code has none.
  const std::string& KeyOf(const std::string& name) const;
  // The qualified name of a class; of other types the key.
  const std::string& TypeName(const std::string& type) const;

  struct GlobalRef {
    const FileFacts* file = nullptr;
    const GlobalFacts* global = nullptr;
    int index = 0;
  };
  const GlobalRef* FindGlobal(const std::string& usr) const;
  // Some code of the service assigns to it.
  bool IsAssigned(const std::string& global_usr) const { return assigned_.contains(global_usr); }

  // What reading a field of that name reads of a call's result, if a model says so.
  const ResultPart* FieldPart(const std::string& qualified_name) const;
  // The role of what is assigned to a field of that name, if a model says so.
  const std::string* FieldRole(const std::string& qualified_name) const;
  // The name that an enumerator has now.
  const std::string& Canonical(const std::string& enumerator) const;
  // A constant of a library.
  std::optional<Value> Constant(const std::string& qualified_name) const;
  // The status that a handler answers with when it throws an object of class `type`.
  std::optional<int> ThrownStatus(const LibraryModel& library, const std::string& type) const;
  // Whether the function is a handler by a rule of the library; `registered`: only if an object of
  // its class was handed to a server.
  bool IsHandler(const LibraryModel& library, const FunctionFacts& function, bool registered) const;
  // The handlers among the methods of a class and of its bases.
  std::vector<FunctionRef> HandlersOf(const LibraryModel& library, const std::string& type) const;

  struct UndefinedCallee {
    const Callee* callee = nullptr;
    const FileFacts* file = nullptr;  // that calls it
  };
  // Functions that the service's code calls and that no file defines.
  std::vector<UndefinedCallee> Undefined() const;

 private:
  void AddFile(const FileFacts& file);
  void CollectAssignments(const Node& node);
  LinkedCallee Link(const FileFacts& file, const Callee& callee) const;
  std::vector<FunctionRef> ComparesBy(const Callee& callee) const;
  bool Fits(const Callee& callee, const Shape& shape) const;
  bool FitsClass(const std::string& class_key, const Shape& shape) const;
  std::vector<std::string> BasesOf(const std::string& type) const;

  std::vector<const FileFacts*> files_;
  std::span<const LibraryModel> models_;
  std::unordered_map<const FileFacts*, std::vector<LinkedCallee>> callees_;
  std::unordered_map<std::string, FunctionRef> functions_;
  std::unordered_map<const FileFacts*, std::unordered_map<std::string, FunctionRef>> own_;
  std::unordered_map<std::string, std::vector<FunctionRef>> overriders_;  // by overridden method
  std::unordered_map<std::string, std::vector<FunctionRef>> call_operators_;  // by class
  std::unordered_map<std::string, const ClassFacts*> classes_;
  std::unordered_map<std::string, std::string> keys_;  // of classes, by name
  std::unordered_map<std::string, GlobalRef> globals_;
  std::unordered_set<std::string> assigned_;
  std::unordered_set<const LibraryModel*> sets_timeouts_;
};

}  // namespace filibuster
