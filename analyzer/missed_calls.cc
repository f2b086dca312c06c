#include "analyzer/missed_calls.h"

#include <algorithm>
#include <string>
#include <utility>

namespace filibuster {
namespace {

class MissedCalls {
 public:
  MissedCalls(const Program& program, const std::set<const Node*>& come_to, bool gave_up,
              ServiceFacts& facts)
      : program_(program), facts_(facts) {
    reason_ = gave_up ? "there is too much to follow before it" : "no path was seen to come to it";
    for (const FileFacts* file : program.files()) {
      for (const FunctionFacts& function : file->functions) {
        for (const Node& init : function.inits) AddPlaces(*file, init, come_to);
        AddPlaces(*file, function.body, come_to);
      }
      for (const GlobalFacts& global : file->globals) AddPlaces(*file, global.init, come_to);
    }
  }

  void Visit(const FunctionRef& function, const Node& node) {
    if (node.op == Op::kCall || node.op == Op::kConstruct) VisitCall(function, node);
    for (const Node& kid : node.kids) Visit(function, kid);
  }

 private:
  // What several files include is one call, whichever of them it was come to in.
  SourceLocation PlaceOf(const FileFacts& file, const Node& node) const {
    const Position& position = node.position;
    return {facts_.Relative(file.files[static_cast<std::size_t>(position.file)]), position.line,
            position.column};
  }

  void AddPlaces(const FileFacts& file, const Node& node, const std::set<const Node*>& come_to) {
    if (come_to.contains(&node)) come_to_.insert(PlaceOf(file, node));
    for (const Node& kid : node.kids) AddPlaces(file, kid, come_to);
  }

  void VisitCall(const FunctionRef& function, const Node& node) {
    const LinkedCallee& link = program_.CalleeOf(*function.file, node.number);
    const auto row = std::ranges::find_if(
        link.rows, [](const ModelRow* one) { return one->effect == Effect::kCall; });
    if (row == link.rows.end()) return;
    const SourceLocation place = PlaceOf(*function.file, node);
    if (come_to_.contains(place)) return;
    const std::string& name = link.callee->name;
    const std::string method =
        (*row)->method.empty() ? name.substr(name.rfind(':') + 1) : (*row)->method;
    const std::vector<ChainLink> chain = {
        {.step = {.location = place, .function = function.function->name}, .is_own = true}};
    ObservedCall& call =
        facts_.calls[facts_.Observe(chain, *link.library, **row, method, Value::Unknown(reason_))];
    call.makers.insert(function.function->usr);
    call.has_timeout = program_.SetsTimeouts(*link.library) || link.library->default_timeout;
    // The same function may send a request or a response.
    call.missed = (*row)->Argument("request") ? reason_ + ", nor whether it is a request" : reason_;
  }

  const Program& program_;
  ServiceFacts& facts_;
  std::string reason_;
  std::set<SourceLocation> come_to_;
};

}  // namespace

void AddMissedCalls(const Program& program, const std::vector<FunctionRef>& functions,
                    const std::set<const Node*>& come_to, bool gave_up, ServiceFacts& facts) {
  MissedCalls missed(program, come_to, gave_up, facts);
  for (const FunctionRef& function : functions) {
    for (const Node& init : function.function->inits) missed.Visit(function, init);
    missed.Visit(function, function.function->body);
  }
}

}  // namespace filibuster
