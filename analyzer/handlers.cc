#include "analyzer/handlers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>

#include "analyzer/interpreter.h"
#include "analyzer/targets.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;
using StepKey = std::pair<const Node*, int>;

bool IsRethrow(const Step& step) { return step.node->op == Op::kThrow && step.node->kids.empty(); }

// The branches that the fault takes and no path without a fault; and those that it decides and
// that are open without one: what a response says is not known, that there is none is.
// A clause that takes what only the fault's path throws is the fault's, whatever else it takes.
std::vector<const Step*> OwnSteps(const EntryRun& entry, const AssumedFault& fault) {
  std::vector<const Step*> steps;
  bool is_thrown = false;  // by the fault's path only
  bool is_caught = false;  // such an exception, by the last clause
  for (const Step& step : fault.steps) {
    const StepKey key(step.node, step.branch);
    const bool is_open = entry.normal_branches.open.contains(key) && !step.from_fault;
    bool is_own = !is_open && !entry.normal_branches.decided.contains(key);
    if (step.kind == Step::Kind::kThrow) {
      is_thrown = IsRethrow(step) ? is_caught : is_own;
      is_own = is_own || (IsRethrow(step) && is_caught);
    }
    if (step.kind == Step::Kind::kCatch) {
      is_own = is_own || is_thrown;
      is_caught = std::exchange(is_thrown, false);
    }
    if (is_own) steps.push_back(&step);
  }
  return steps;
}

// The last catch clause that does not throw on what it took; else the last check of what the call
// left, as far out as there is one.
const Step* TakenBy(const std::vector<const Step*>& steps) {
  const Step* taken = nullptr;
  std::vector<const Step*> caught;
  bool is_thrown_on = false;
  for (const Step* step : steps) {
    if (step->kind == Step::Kind::kCatch) caught.push_back(step);
    if (!IsRethrow(*step) || caught.empty()) continue;
    caught.pop_back();
    is_thrown_on = true;
  }
  if (!caught.empty()) return caught.back();
  if (is_thrown_on) return nullptr;
  for (const Step* step : steps) {
    if (step->kind == Step::Kind::kThrow) continue;
    if (taken == nullptr) {
      taken = step;
    } else if (step->depth < taken->depth) {
      taken = step;
    } else if (step->depth == taken->depth && step->from_fault) {
      taken = step;
    }
  }
  return taken;
}

std::string Words(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kAnswers:
      return "answers " + outcome.status_code;
    case Outcome::Kind::kEscapes:
      return "escapes";
    case Outcome::Kind::kTerminates:
      return "ends the process";
    case Outcome::Kind::kContinues:
      return "continues";
    case Outcome::Kind::kRetries:
      return "retries";
    case Outcome::Kind::kUnknown:
      return outcome.reason;
  }
  return {};
}

// What is known of one fault of one call.
struct FaultOutcome {
  std::set<std::vector<StepKey>> branches;
  std::vector<Outcome> outcomes;  // distinct
  std::set<std::string> undecided;
  const Step* taken_by = nullptr;
  bool is_sure = true;  // of the branches
  std::string ends_by;
  std::set<int> later_calls;  // that no path without a fault makes
  bool goes_on = false;       // other paths go round in a loop without an end
  std::set<int> attempts;     // if the fault persists
  bool attempts_are_sure = true;
};

class HandlerFinder {
 public:
  HandlerFinder(const ServiceRun& run, int site)
      : run_(run), call_(run.facts.calls[static_cast<std::size_t>(site)]), site_(site) {
    const bool is_cut_off = std::ranges::any_of(run_.entries, [&](const EntryRun& entry) {
      return std::ranges::any_of(
          call_.callers, [&](const std::string& caller) { return entry.cut_off.contains(caller); });
    });
    gave_up_ = !call_.missed.empty() ? call_.missed : is_cut_off ? kTooMuchToFollow : "";
  }

  std::vector<FaultPath> Paths() const {
    std::vector<FaultPath> paths;
    if (!gave_up_.empty()) {
      for (std::size_t i = 0; i < call_.faults.size(); ++i) {
        paths.push_back({.fault = static_cast<int>(i), .steps = {}, .outcome = Unknown(gave_up_)});
      }
      return paths;
    }
    for (const EntryRun& entry : run_.entries) {
      for (const PathEnd& end : entry.ends) {
        if (!end.fault || end.fault->site != site_ || end.fault->persists) continue;
        FaultPath path{.fault = end.fault->fault,
                       .steps = OwnSteps(entry, *end.fault),
                       .outcome = OutcomeOf(entry, end)};
        if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
      }
    }
    std::ranges::stable_sort(paths, {}, &FaultPath::fault);
    return paths;
  }

  std::vector<HandlerEntry> Find() {
    std::vector<FaultOutcome> faults(call_.faults.size());
    for (const EntryRun& entry : run_.entries) {
      for (const PathEnd& end : entry.ends) {
        if (!end.fault || end.fault->site != site_) continue;
        if (end.fault->persists) {
          AddPersisting(faults[static_cast<std::size_t>(end.fault->fault)], end);
          continue;
        }
        Add(faults[static_cast<std::size_t>(end.fault->fault)], entry, end);
      }
    }
    std::vector<HandlerEntry> entries;
    std::vector<std::set<std::vector<StepKey>>> branches;  // of each entry
    for (std::size_t i = 0; i < faults.size(); ++i) {
      if (call_.faults[i].restrictions && !call_.has_timeout) continue;
      faults[i].goes_on = call_.goes_on.contains(static_cast<int>(i));
      HandlerEntry entry = EntryOf(faults[i], call_.faults[i]);
      const bool can_share = faults[i].is_sure && entry.outcome.kind != Outcome::Kind::kUnknown &&
                             entry.outcome.calls_depend_on.empty();
      const auto same = std::ranges::find_if(entries, [&](const HandlerEntry& other) {
        const auto index = static_cast<std::size_t>(&other - entries.data());
        return can_share && branches[index] == faults[i].branches && other.kind == entry.kind &&
               other.location == entry.location && other.outcome == entry.outcome;
      });
      if (same != entries.end()) {
        same->faults.push_back(entry.faults.front());
        continue;
      }
      entries.push_back(std::move(entry));
      branches.push_back(can_share ? faults[i].branches : std::set<std::vector<StepKey>>());
    }
    return entries;
  }

 private:
  // What happens if every call fails says how often this one is tried.
  void AddPersisting(FaultOutcome& fault, const PathEnd& end) const {
    const auto executions = end.executions.find(site_);
    if (executions == end.executions.end()) return;
    fault.attempts.insert(executions->second);
    if (!end.fault->undecided.empty()) fault.attempts_are_sure = false;
  }

  void Add(FaultOutcome& fault, const EntryRun& entry, const PathEnd& end) const {
    std::vector<const Step*> steps = OwnSteps(entry, *end.fault);
    // Nor were all paths without a fault followed, which may take the same branches.
    const auto may_be_normal = [](const Step* step) {
      return step->kind == Step::Kind::kBranch && !step->from_fault;
    };
    if (!gave_up_.empty()) std::erase_if(steps, may_be_normal);
    std::vector<StepKey> keys;
    for (const Step* step : steps) keys.emplace_back(step->node, step->branch);
    fault.branches.insert(std::move(keys));
    fault.undecided.insert(end.fault->undecided.begin(), end.fault->undecided.end());
    if (end.fault->branch_unknown || end.fault->widened) fault.is_sure = false;
    Outcome outcome = OutcomeOf(entry, end);
    if (std::ranges::find(fault.outcomes, outcome) == fault.outcomes.end()) {
      fault.outcomes.push_back(std::move(outcome));
    }
    if (!end.by.empty()) fault.ends_by = end.by;
    for (const int call : end.fault->later_calls) {
      const ObservedCall& later = run_.facts.calls[static_cast<std::size_t>(call)];
      if (later.normal_executions == 0) fault.later_calls.insert(call);
    }
    const bool is_escape = end.is_exception && end.kind != PathEnd::Kind::kAnswers;
    const bool nobody_takes_it = is_escape || (!end.by.empty() && end.by != kByExit);
    if (!nobody_takes_it && fault.taken_by == nullptr) fault.taken_by = TakenBy(steps);
  }

  static Outcome Unknown(std::string why) {
    return {.kind = Outcome::Kind::kUnknown, .reason = std::move(why)};
  }

  Outcome OutcomeOf(const EntryRun& entry, const PathEnd& end) const {
    if (!entry.is_reached) return Unknown("nothing that was seen calls " + entry.name);
    if (!end.fault->blind.empty()) return Unknown(end.fault->blind);
    if (end.fault->is_pending) return Unknown("its result comes later, and is taken elsewhere");
    Outcome outcome;
    if (end.fault->calls_vary) {
      outcome.calls_depend_on = ConditionsOf(end.fault->undecided);
    } else {
      for (const int call : end.fault->later_calls) {
        if (call != site_) outcome.calls.push_back(PlaceAndTarget(call));
      }
    }
    const auto executions = end.executions.find(site_);
    const bool is_again =
        executions != end.executions.end() &&
        executions->second > std::max(call_.normal_executions, call_.chased_executions);
    switch (end.kind) {
      case PathEnd::Kind::kTerminates:
        outcome.kind = Outcome::Kind::kTerminates;
        return outcome;
      case PathEnd::Kind::kGoesOn:
        return OnceOrAgain(end, is_again, std::move(outcome));
      case PathEnd::Kind::kEscapes:
      case PathEnd::Kind::kAnswers:
        break;
    }
    const bool escapes = end.kind == PathEnd::Kind::kEscapes;
    if (end.status.Is(Kind::kUnknown)) {
      return Unknown("the status is " + end.status.text());
    }
    if (end.status.Is(Kind::kInt)) {
      const Status status = StatusOf(*entry.library, end.status);
      if (escapes || status.IsError()) {
        outcome.kind = escapes ? Outcome::Kind::kEscapes : Outcome::Kind::kAnswers;
        outcome.status_code = status.Text();
        return outcome;
      }
    }
    if (end.status.Is(Kind::kInt) || (end.status.Is(Kind::kSuccess) && end.status.number() == 0)) {
      return OnceOrAgain(end, is_again, std::move(outcome));
    }
    return Unknown("the status is one of several");
  }

  // What goes on after the fault as it does without it. Of paths that were put together the one
  // that makes the call most often is known.
  static Outcome OnceOrAgain(const PathEnd& end, bool is_again, Outcome outcome) {
    if (is_again && end.fault->attempts_vary) {
      return Unknown("paths that are not told apart make different calls");
    }
    outcome.kind = is_again ? Outcome::Kind::kRetries : Outcome::Kind::kContinues;
    return outcome;
  }

  static std::vector<std::string> ConditionsOf(const std::set<std::string>& undecided) {
    if (undecided.empty()) return {"paths that are not told apart"};
    return {undecided.begin(), undecided.end()};
  }

  // Calls of one place to different targets are different calls.
  std::string PlaceAndTarget(int call) const {
    const ObservedCall& observed = run_.facts.calls[static_cast<std::size_t>(call)];
    std::ostringstream text;
    text << observed.location;
    if (const auto url = ReadableUrl(observed.url)) text << " " << *url;
    return text.str();
  }

  // Nothing is called, stored, thrown or returned in it.
  static bool DoesNothing(const Node& node) {
    const bool is_nothing = node.op == Op::kBlock || node.op == Op::kContinue ||
                            node.op == Op::kBreak || (node.op == Op::kReturn && node.kids.empty());
    return is_nothing && std::ranges::all_of(node.kids, DoesNothing);
  }

  static bool TakenBranchDoesNothing(const Step& step) {
    if (step.kind == Step::Kind::kCatch) return DoesNothing(step.node->kids[0]);
    return step.node->op == Op::kIf && step.branch == 1 && DoesNothing(step.node->kids[1]);
  }

  static bool EndsOrAnswers(const Outcome& outcome) {
    return outcome.kind == Outcome::Kind::kTerminates || outcome.kind == Outcome::Kind::kEscapes ||
           outcome.kind == Outcome::Kind::kAnswers;
  }

  HandlerEntry EntryOf(const FaultOutcome& fault, const TriedFault& tried) const {
    HandlerEntry entry{.faults = {tried.name}};
    if (!gave_up_.empty()) {
      // What the paths that were followed come to is a part of it only.
      entry.outcome = Unknown(gave_up_);
    } else if (fault.outcomes.empty()) {
      entry.outcome.reason = "the path was not followed to its end";
    } else if (fault.goes_on && CommonOutcome(fault) && EndsOrAnswers(fault.outcomes[0])) {
      entry.outcome.reason = Words(fault.outcomes[0]) + ", or goes on in a loop";
    } else if (const auto common = CommonOutcome(fault)) {
      entry.outcome = *common;
    } else {
      entry.outcome.reason = Several(fault);
    }
    if (entry.outcome.kind == Outcome::Kind::kRetries) {
      const auto index = static_cast<int>(&tried - call_.faults.data());
      entry.outcome.unbounded = call_.endless.contains(index);
      const bool is_known = !entry.outcome.unbounded && fault.attempts_are_sure &&
                            fault.attempts.size() == 1 &&
                            *fault.attempts.begin() < Interpreter::kMaxKnownRounds;
      if (is_known) entry.outcome.attempts = *fault.attempts.begin();
    }
    if (entry.outcome.kind == Outcome::Kind::kTerminates) entry.ends_by = fault.ends_by;
    // … nor is it known which of them a path without a fault makes.
    for (const int call : gave_up_.empty() ? fault.later_calls : std::set<int>()) {
      entry.later_calls.push_back(run_.facts.calls[static_cast<std::size_t>(call)].location);
    }
    if (fault.taken_by == nullptr) {
      entry.kind = "none";
      const auto index = static_cast<int>(&tried - call_.faults.data());
      entry.does_nothing = gave_up_.empty() && entry.outcome.kind == Outcome::Kind::kUnknown &&
                           tried.is_status && call_.misread.contains(index) &&
                           !call_.status_is_read;
      return entry;
    }
    const Step& step = *fault.taken_by;
    const bool is_catch = step.kind == Step::Kind::kCatch;
    entry.kind = is_catch ? "catch" : tried.is_status ? "status-check" : "error-check";
    const Position& position = step.node->position;
    entry.location = SourceLocation{
        run_.facts.Relative(step.file->files[static_cast<std::size_t>(position.file)]),
        position.line, position.column};
    entry.catch_all = is_catch && step.node->type.empty();
    entry.does_nothing = TakenBranchDoesNothing(step);
    return entry;
  }

  // What all its paths come to, if they differ in the calls on the way at most.
  static std::optional<Outcome> CommonOutcome(const FaultOutcome& fault) {
    Outcome common = fault.outcomes.front();
    if (fault.outcomes.size() == 1) return common;
    const auto without_calls = [](Outcome outcome) {
      outcome.calls.clear();
      outcome.calls_depend_on.clear();
      return outcome;
    };
    common = without_calls(common);
    for (const Outcome& other : fault.outcomes) {
      if (without_calls(other) != common) return std::nullopt;
    }
    common.calls_depend_on = ConditionsOf(fault.undecided);
    return common;
  }

  static std::string Several(const FaultOutcome& fault) {
    std::set<std::string> words;
    for (const Outcome& outcome : fault.outcomes) words.insert(Words(outcome));
    std::string text = fmt::format("{}", fmt::join(words, " or "));
    if (!fault.undecided.empty()) {
      text += fmt::format(", depending on {}", fmt::join(fault.undecided, ", "));
    }
    return text;
  }

  const ServiceRun& run_;
  const ObservedCall& call_;
  int site_;
  std::string gave_up_;  // why nothing is known of its faults, or empty
};

}  // namespace

bool FaultPath::operator==(const FaultPath& other) const {
  return fault == other.fault && outcome == other.outcome &&
         std::ranges::equal(steps, other.steps,
                            [](const Step* a, const Step* b) { return *a == *b; });
}

std::vector<FaultPath> PathsOf(const ServiceRun& run, int site) {
  return HandlerFinder(run, site).Paths();
}

std::vector<HandlerEntry> HandlersOf(const ServiceRun& run, int site) {
  return HandlerFinder(run, site).Find();
}

}  // namespace filibuster
