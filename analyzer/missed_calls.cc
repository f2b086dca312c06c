#include "analyzer/missed_calls.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "analyzer/reach.h"

namespace filibuster {
namespace {

const ModelRow* ClientCallOf(const LinkedCallee& link) {
  const auto row = std::ranges::find_if(
      link.rows, [](const ModelRow* one) { return one->effect == Effect::kCall; });
  return row == link.rows.end() ? nullptr : *row;
}

// A way to a call that is written in a function: what is called or, where it is a value that may be
// called anywhere, what it is.
struct Way {
  const Node& at;
  const LinkedCallee& link;
  bool is_named = false;  // and not called, nor handed to a call
};

// Calls `found` with each way that is written in a function, and in globals that it names. What is
// handed to a call is called there; what is handed to a server is not.
template <typename Found>
void ForEachWay(const Program& program, const FunctionRef& function, Found found) {
  struct Around {
    const FileFacts& file;
    const Node* call = nullptr;
    const Node* global = nullptr;  // the node in the function that names what we are in
    bool registers = false;
  };
  std::set<const GlobalFacts*> seen;
  const auto visit = [&](const auto& self, const Node& node, Around around) -> void {
    switch (node.op) {
      case Op::kCall:
      case Op::kConstruct: {
        const LinkedCallee& link = program.CalleeOf(around.file, node.number);
        if (around.global == nullptr) {
          found(Way{node, link});
          around.call = &node;
        }
        around.registers = Registers(link);
        break;
      }
      case Op::kCallValue:
        if (around.global == nullptr) around.call = &node;
        around.registers = false;
        break;
      case Op::kLambda:
      case Op::kFunction: {
        if (around.registers) break;
        const LinkedCallee& link = program.CalleeOf(around.file, node.number);
        const Node* at = around.global != nullptr ? around.global : around.call;
        found(Way{at != nullptr ? *at : node, link, at == nullptr || at == around.global});
        break;
      }
      case Op::kGlobal: {
        const Program::GlobalRef* global = program.FindGlobal(node.text);
        if (global == nullptr || !seen.insert(global->global).second) break;
        self(self, global->global->init,
             Around{.file = *global->file,
                    .global = around.global != nullptr ? around.global : &node});
        break;
      }
      default:
        break;
    }
    for (const Node& kid : node.kids) self(self, kid, around);
  };
  for (const Node& init : function.function->inits) visit(visit, init, Around{*function.file});
  visit(visit, function.function->body, Around{*function.file});
}

class MissedCalls {
 public:
  MissedCalls(const Program& program, const Reaches& reaches, const Calls& come_to,
              const NotFollowed& not_followed, ServiceFacts& facts)
      : program_(program), reaches_(reaches), not_followed_(not_followed), facts_(facts) {
    reason_ = not_followed.gave_up ? "there is too much to follow before it"
                                   : "no path was seen to come to it";
    for (const FileFacts* file : program.files()) {
      for (const FunctionFacts& function : file->functions) {
        for (const Node& init : function.inits) AddPlaces(*file, init, come_to);
        AddPlaces(*file, function.body, come_to);
      }
      for (const GlobalFacts& global : file->globals) AddPlaces(*file, global.init, come_to);
    }
    for (const ObservedCall& call : facts.calls) {
      if (call.via.empty()) continue;
      observed_.insert(call.location);
      observed_by_helpers_.emplace(call.location, call.via.back().location);
    }
  }

  void Visit(const FunctionRef& function) {
    ForEachWay(program_, function, [&](const Way& way) {
      // Where all was followed, what a value stands for is called where paths came to it.
      const bool is_followed = way.is_named && !not_followed_.gave_up;
      if (const ModelRow* row = ClientCallOf(way.link)) {
        const ChainLink step = StepOf(function, way.at);
        if (!is_followed && !come_to_.contains(step.step.location)) Add({step}, way.link, *row);
      } else if (const std::vector<FunctionRef> helpers = HelpersOf(way.link); !helpers.empty()) {
        const ChainLink step = StepOf(function, way.at);
        if (!IsDone(step)) VisitHelpers(step, helpers, is_followed);
      }
    });
  }

 private:
  using Chain = std::vector<ChainLink>;

  // What several files include is one call, whichever of them it was come to in.
  SourceLocation PlaceOf(const FileFacts& file, const Node& node) {
    const Position& position = node.position;
    std::string& path = paths_[{&file, position.file}];
    if (path.empty()) {
      path = facts_.Relative(file.files[static_cast<std::size_t>(position.file)]);
    }
    return {path, position.line, position.column};
  }

  bool IsOwn(const FunctionRef& function) const {
    const Position& position = function.function->position;
    return facts_.IsOwn(function.file->files[static_cast<std::size_t>(position.file)]);
  }

  ChainLink StepOf(const FunctionRef& function, const Node& node) {
    return {
        .step = {.location = PlaceOf(*function.file, node), .function = function.function->name},
        .usr = function.function->usr,
        .is_own = IsOwn(function)};
  }

  void AddPlaces(const FileFacts& file, const Node& node, const Calls& come_to) {
    if (come_to.contains(&node)) come_to_.insert(PlaceOf(file, node));
    if (not_followed_.unfinished.contains(&node)) unfinished_.insert(PlaceOf(file, node));
    for (const Node& kid : node.kids) AddPlaces(file, kid, come_to);
  }

  // All that was called there is known; where paths were cut off, if they are taken to make the
  // calls that others made.
  bool IsDone(const ChainLink& step) const {
    const SourceLocation& place = step.step.location;
    if (!come_to_.contains(place) || unfinished_.contains(place)) return false;
    return !not_followed_.cut_off.contains(step.usr) || observed_.contains(place);
  }

  // The functions outside of the service that may be called, if they may call a library.
  std::vector<FunctionRef> HelpersOf(const LinkedCallee& link) const {
    std::vector<FunctionRef> helpers;
    if (link.library != nullptr) return helpers;
    const auto add = [&](const FunctionRef& one) {
      if (one && reaches_.Of(*one.function).matters && !IsOwn(one)) helpers.push_back(one);
    };
    add(link.definition);
    if (!link.callee->is_virtual) return helpers;
    for (const FunctionRef& override : program_.OverridersOf(link.callee->usr)) add(override);
    return helpers;
  }

  // The calls of libraries that helpers make, and what they call outside of the service; if these
  // are followed, those that no path came to.
  void VisitHelpers(const ChainLink& from, const std::vector<FunctionRef>& helpers,
                    bool is_followed) {
    std::deque<std::pair<FunctionRef, Chain>> open;
    std::set<const FunctionFacts*> seen;
    const auto add = [&](const std::vector<FunctionRef>& functions, const Chain& chain) {
      for (const FunctionRef& function : functions) {
        if (seen.insert(function.function).second) open.emplace_back(function, chain);
      }
    };
    add(helpers, {from});
    while (!open.empty()) {
      const auto [function, before] = std::move(open.front());
      open.pop_front();
      ForEachWay(program_, function, [&](const Way& way) {
        Chain chain = before;
        chain.push_back(StepOf(function, way.at));
        const SourceLocation& place = chain.back().step.location;
        if (const ModelRow* row = ClientCallOf(way.link)) {
          const bool is_new = observed_by_helpers_.emplace(from.step.location, place).second;
          if (is_new && !(is_followed && come_to_.contains(place))) Add(chain, way.link, *row);
        } else {
          add(HelpersOf(way.link), chain);
        }
      });
    }
  }

  void Add(const Chain& chain, const LinkedCallee& link, const ModelRow& row) {
    const std::string& name = link.callee->name;
    const std::string method = row.method.empty() ? name.substr(name.rfind(':') + 1) : row.method;
    ObservedCall& call =
        facts_.calls[facts_.Observe(chain, *link.library, row, method, Value::Unknown(reason_))];
    call.has_timeout = program_.SetsTimeouts(*link.library) || link.library->default_timeout;
    // The same function may send a request or a response.
    call.missed = row.Argument("request") ? reason_ + ", nor whether it is a request" : reason_;
  }

  const Program& program_;
  const Reaches& reaches_;
  const NotFollowed& not_followed_;
  ServiceFacts& facts_;
  std::string reason_;
  std::map<std::pair<const FileFacts*, int>, std::string> paths_;  // of files, relative
  std::set<SourceLocation> come_to_;
  std::set<SourceLocation> unfinished_;
  // Where the service calls helpers that were seen to make calls, and with where these are made.
  std::set<SourceLocation> observed_;
  std::set<std::pair<SourceLocation, SourceLocation>> observed_by_helpers_;
};

}  // namespace

void AddMissedCalls(const Program& program, const Reaches& reaches,
                    const std::vector<FunctionRef>& functions, const Calls& come_to,
                    const NotFollowed& not_followed, ServiceFacts& facts) {
  MissedCalls missed(program, reaches, come_to, not_followed, facts);
  for (const FunctionRef& function : functions) missed.Visit(function);
}

}  // namespace filibuster
