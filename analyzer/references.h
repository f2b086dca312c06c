// What references, elements and fields refer to, and what may be changed through them. No code is
// followed here.
//
// Node x Value => Place
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/library_state.h"
#include "analyzer/reach.h"

namespace filibuster {

class References : public LibraryState {
 public:
  // A loop whose condition is known is followed this often.
  static constexpr int kMaxKnownRounds = 16;

  References(const Program& program, ServiceFacts& facts)
      : LibraryState(program, facts), reaches_(program) {}
  const Reaches& reaches() const { return reaches_; }

 protected:
  bool IsRepeated(const FunctionFacts& function, const std::vector<std::int64_t>& numbers,
                  const State& state) const;
  void Narrow(const Node& condition, State& state, bool is_true) const;
  void SetVariable(const Root& root, Value value, bool is_reference, State& state) const;
  Value ReferenceTo(const Node& node, const Value& value, State& state);
  Value ElementOf(const Node& node, const State& state, const Value& base,
                  const Value& index) const;
  bool AssignTied(const Value& left, const Value& right, State& state) const;
  const Node* ContainerOf(const Node& element) const;
  bool IsMapElement(const Node& node) const;
  bool CanChangeObject(const Node& call) const;
  void ForgetFields(const Node& field, Memory& memory) const;
  static void SetClass(const Place& place, const std::string& type, State& state);
  bool MayCallOthers(const FunctionFacts& function, const State& state) const;

  Reaches reaches_;
};

}  // namespace filibuster
