#include "analyzer/reach.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace filibuster {
namespace {

// Functions of the standard that run something, or that wait for what ran.
bool RunsSomething(const std::string& name) {
  static const std::set<std::string_view> names = {
      "std::async",
      "std::call_once",
      "std::current_exception",
      "std::future::get",
      "std::invoke",
      "std::jthread::jthread",
      "std::packaged_task::operator()",
      "std::promise::set_exception",
      "std::promise::set_value",
      "std::rethrow_exception",
      "std::nested_exception::rethrow_nested",
      "std::rethrow_if_nested",
      "std::shared_future::get",
      "std::thread::thread",
      "raise",
      "std::raise",
  };
  return names.contains(name) || name.ends_with("operator()");
}

// Functions of the standard and of others that throw for what they are given.
bool MayThrow(const Callee& callee) {
  static constexpr std::string_view kBeginnings[] = {"std::sto", "std::any_cast", "std::get",
                                                     "std::throw_with_nested", "boost::throw"};
  static constexpr std::string_view kEnds[] = {"::at", "::value", "::parse"};
  const auto begins = [&](std::string_view what) { return callee.name.starts_with(what); };
  const auto ends = [&](std::string_view what) { return callee.name.ends_with(what); };
  return !callee.is_noexcept &&
         (std::ranges::any_of(kBeginnings, begins) || std::ranges::any_of(kEnds, ends));
}

// It may call a function that is written elsewhere.
bool HandsOn(const Callee& callee, const Node& node) {
  static const std::set<std::string_view> kRunning = {"std::async", "std::call_once", "std::invoke",
                                                      "std::jthread::jthread",
                                                      "std::thread::thread"};
  if (callee.name.ends_with("operator()")) return true;
  const auto is_function = [](const std::string& type) {
    return type == "std::function" || type.ends_with("(lambda)");
  };
  const auto is_written_here = [](const Node& kid) {
    return kid.op == Op::kLambda || kid.op == Op::kFunction;
  };
  const bool is_handed =
      kRunning.contains(callee.name) || std::ranges::any_of(callee.parameter_types, is_function);
  return is_handed && std::ranges::none_of(node.kids, is_written_here);
}

}  // namespace

bool Registers(const LinkedCallee& link) {
  return std::ranges::any_of(link.rows, [](const ModelRow* row) {
    return row->effect == Effect::kHandleRequests || row->effect == Effect::kHandleExceptions ||
           row->effect == Effect::kHandleErrors;
  });
}

Reaches::Reaches(const Program& program) : program_(program) {
  for (const FileFacts* file : program.files()) {
    for (const FunctionFacts& function : file->functions) {
      known_.try_emplace(&function);
      order_.push_back(&function);
    }
  }
  for (const FileFacts* file : program.files()) {
    for (const FunctionFacts& function : file->functions) {
      for (const Node& init : function.inits) Scan(*file, init, function);
      Scan(*file, function.body, function);
    }
  }
  Spread();
  Measure();
}

void Reaches::Scan(const FileFacts& file, const Node& node, const FunctionFacts& in) {
  Known& known = known_.at(&in);
  ++known.own_size;
  switch (node.op) {
    case Op::kCall:
    case Op::kConstruct:
      ScanCall(file, node, in);
      if (Registers(program_.CalleeOf(file, node.number))) return;
      break;
    case Op::kLambda:
    case Op::kFunction:
      AddCallee(program_.CalleeOf(file, node.number).definition, in);
      break;
    case Op::kCallValue:
      known.calls_values = known.reach.matters = true;
      break;
    case Op::kDestroy:
    case Op::kDelete:
      for (const FunctionRef& destructor :
           DestroyedWith(file, node.type, node.op == Op::kDelete)) {
        AddCallee(destructor, in);
      }
      break;
    case Op::kUnknown:
      if (IsUnread(node.text)) known.reach.matters = true;
      break;
    case Op::kThrow:
      known.reach.throws = true;
      break;
    case Op::kGlobal:
      known.globals.insert(node.text);
      break;
    case Op::kAssign:
      if (node.kids[0].op == Op::kField && (program_.FieldPart(node.kids[0].type) != nullptr ||
                                            program_.FieldRole(node.kids[0].type) != nullptr)) {
        known.reach.matters = true;
      }
      break;
    default:
      break;
  }
  for (const Node& kid : node.kids) Scan(file, kid, in);
}

void Reaches::ScanCall(const FileFacts& file, const Node& node, const FunctionFacts& in) {
  const LinkedCallee& link = program_.CalleeOf(file, node.number);
  const Callee& callee = *link.callee;
  Reach& reach = known_.at(&in).reach;
  if (link.library != nullptr) {
    reach.matters = reach.matters || !link.rows.empty();
    const bool calls = std::ranges::any_of(
        link.rows, [](const ModelRow* row) { return row->effect == Effect::kCall; });
    if (calls) known_.at(&in).client_calls.push_back({&file, node.position});
    return;
  }
  reach.ends = reach.ends || callee.is_noreturn;
  if (!link.definition) {
    const bool runs = RunsSomething(callee.name);
    reach.matters = reach.matters || runs;
    known_.at(&in).calls_values = known_.at(&in).calls_values || HandsOn(callee, node);
    reach.throws = reach.throws || MayThrow(callee);
  } else {
    AddCallee(link.definition, in);
    known_.at(link.definition.function).callee = &callee;
  }
  if (!callee.is_virtual) return;
  for (const FunctionRef& override : program_.OverridersOf(callee.usr)) AddCallee(override, in);
}

const std::vector<FunctionRef>& Reaches::DestroyedWith(const FileFacts& file,
                                                       const std::string& type,
                                                       bool may_derive) const {
  const auto [known, is_new] = destroyed_with_.try_emplace(type + (may_derive ? "*" : ""));
  std::vector<FunctionRef>& destructors = known->second;
  if (!is_new || type.empty()) return destructors;
  const auto add = [&](const ClassFacts& facts) {
    if (facts.destructor.empty()) return;
    destructors.push_back(program_.FindFunction(file, facts.destructor));
  };
  std::vector<std::string> open = {type};
  for (std::set<std::string> seen; !open.empty();) {
    const std::string key = std::move(open.back());
    open.pop_back();
    const ClassFacts* facts = program_.ClassOf(key);
    if (facts == nullptr || !seen.insert(key).second) continue;
    open.insert(open.end(), facts->owned.begin(), facts->owned.end());
    add(*facts);
    if (key == type && !may_derive) continue;
    // A functor that deletes; and what is pointed to may be of a class that derives from it.
    for (const FunctionRef& deletes : program_.CallOperatorsOf(key)) destructors.push_back(deletes);
    for (const FileFacts* one : program_.files()) {
      for (const ClassFacts& derived : one->classes) {
        if (derived.usr != key && program_.DerivesFrom(derived.usr, key)) add(derived);
      }
    }
  }
  return destructors;
}

void Reaches::AddCallee(const FunctionRef& callee, const FunctionFacts& in) {
  if (!callee) return;
  ++known_.at(&in).callees[callee.function];
  known_.at(callee.function).callers.insert(&in);
}

// What a function can lead to, its callers can.
void Reaches::Spread() {
  std::vector<const FunctionFacts*> open = order_;
  while (!open.empty()) {
    const FunctionFacts* function = open.back();
    open.pop_back();
    const Known& known = known_.at(function);
    // What leaves a noexcept function ends the process.
    const bool throws = known.reach.throws && !function->is_noexcept;
    const bool ends = known.reach.ends || (known.reach.throws && function->is_noexcept);
    for (const FunctionFacts* caller : known.callers) {
      Reach& reach = known_.at(caller).reach;
      const Reach before = reach;
      reach.matters = reach.matters || known.reach.matters;
      reach.throws = reach.throws || throws;
      reach.ends = reach.ends || ends;
      const bool is_new = before.matters != reach.matters || before.throws != reach.throws ||
                          before.ends != reach.ends;
      if (is_new) open.push_back(caller);
    }
  }
}

// A function that calls itself has no size that is known.
void Reaches::Measure() {
  std::unordered_map<const FunctionFacts*, int> left;  // callees that are not measured
  std::vector<const FunctionFacts*> ready;
  for (const FunctionFacts* function : order_) {
    Known& known = known_.at(function);
    known.reach.size = Reach::kMaxSize;
    left[function] = static_cast<int>(known.callees.size());
    if (known.callees.empty()) ready.push_back(function);
  }
  while (!ready.empty()) {
    const FunctionFacts* function = ready.back();
    ready.pop_back();
    Known& known = known_.at(function);
    std::int64_t size = known.own_size;
    for (const auto& [callee, times] : known.callees) {
      size += std::int64_t{times} * known_.at(callee).reach.size;
    }
    known.reach.size = static_cast<int>(std::min<std::int64_t>(size, Reach::kMaxSize));
    for (const FunctionFacts* caller : known.callers) {
      if (--left.at(caller) == 0) ready.push_back(caller);
    }
  }
}

std::set<const FunctionFacts*> Reaches::From(const FunctionFacts& function) const {
  return FromAny({&function});
}

std::set<const FunctionFacts*> Reaches::FromAny(std::set<const FunctionFacts*> all) const {
  std::vector<const FunctionFacts*> open(all.begin(), all.end());
  while (!open.empty()) {
    const Known& known = known_.at(open.back());
    open.pop_back();
    if (known.calls_values) return {order_.begin(), order_.end()};
    for (const auto& [callee, times] : known.callees) {
      if (all.insert(callee).second) open.push_back(callee);
    }
  }
  return all;
}

std::set<std::string> Reaches::GlobalsOf(const std::set<const FunctionFacts*>& functions) const {
  std::set<std::string> globals;
  for (const FunctionFacts* function : functions) {
    const std::set<std::string>& own = known_.at(function).globals;
    globals.insert(own.begin(), own.end());
  }
  return globals;
}

const std::set<std::string>& Reaches::GlobalsFrom(const FunctionFacts& function) const {
  const auto [globals, is_new] = globals_from_.try_emplace(&function);
  if (is_new) globals->second = GlobalsOf(From(function));
  return globals->second;
}

std::vector<Reaches::ClientCall> Reaches::ClientCallsFrom(const FunctionFacts& function) const {
  std::vector<ClientCall> calls;
  for (const FunctionFacts* called : From(function)) {
    const std::vector<ClientCall>& own = known_.at(called).client_calls;
    calls.insert(calls.end(), own.begin(), own.end());
  }
  return calls;
}

}  // namespace filibuster
