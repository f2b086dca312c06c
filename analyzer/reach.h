// What calling a function can lead to, over all that it calls: what comes to nothing that matters
// need not be followed to its end.
//
// Program => Reach of each function
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/facts.h"
#include "analyzer/program.h"

namespace filibuster {

struct Reach {
  // It may call a library, a task or a function that is not known, or set a status.
  bool matters = false;
  bool throws = false;
  bool ends = false;  // the process
  int size = 0;       // nodes, of what it calls too, up to kMaxSize
  static constexpr int kMaxSize = 1'000'000;

  bool IsNothing() const { return !matters && !throws && !ends; }
};

// What it is handed is called by a server, and not there.
bool Registers(const LinkedCallee& link);

class Reaches {
 public:
  explicit Reaches(const Program& program);

  const Reach& Of(const FunctionFacts& function) const { return known_.at(&function).reach; }
  // How it is called, if something that was seen calls it by its name.
  const Callee* CalledAs(const FunctionFacts& function) const {
    return known_.at(&function).callee;
  }
  // The destructors that may run when an object of the class goes, and what deletes what it points
  // to; of one that was not seen nothing. `may_derive`: the object may be of a class that derives.
  const std::vector<FunctionRef>& DestroyedWith(const FileFacts& file, const std::string& type,
                                                bool may_derive = false) const;
  // The function and all that it may call; everything, if that may be a function that was handed to
  // it. Of those that are handed to a server it calls none.
  std::set<const FunctionFacts*> From(const FunctionFacts& function) const;
  // These, and all that any of them may call.
  std::set<const FunctionFacts*> FromAny(std::set<const FunctionFacts*> functions) const;
  // The globals that these name.
  std::set<std::string> GlobalsOf(const std::set<const FunctionFacts*>& functions) const;
  // … that the function or what it may call names.
  const std::set<std::string>& GlobalsFrom(const FunctionFacts& function) const;
  // The calls of client libraries that it or what it may call is written to make.
  struct ClientCall {
    const FileFacts* file = nullptr;
    Position position;
  };
  std::vector<ClientCall> ClientCallsFrom(const FunctionFacts& function) const;

 private:
  struct Known {
    Reach reach;
    const Callee* callee = nullptr;
    std::map<const FunctionFacts*, int> callees;  // with how often they are named
    std::set<const FunctionFacts*> callers;
    std::set<std::string> globals;  // USRs
    std::vector<ClientCall> client_calls;
    int own_size = 0;
    bool calls_values = false;
  };

  void Scan(const FileFacts& file, const Node& node, const FunctionFacts& in);
  void ScanCall(const FileFacts& file, const Node& node, const FunctionFacts& in);
  void AddCallee(const FunctionRef& callee, const FunctionFacts& in);
  void Spread();
  void Measure();

  const Program& program_;
  std::unordered_map<const FunctionFacts*, Known> known_;
  mutable std::unordered_map<std::string, std::vector<FunctionRef>> destroyed_with_;
  mutable std::unordered_map<const FunctionFacts*, std::set<std::string>> globals_from_;
  std::vector<const FunctionFacts*> order_;  // as the files have them
};

}  // namespace filibuster
