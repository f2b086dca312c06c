#include "analyzer/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "analyzer/handlers.h"

namespace filibuster {
namespace {

std::string PlaceOf(const ServiceRun& run, const FileFacts& file, const Position& position) {
  const std::string& path = file.files[static_cast<std::size_t>(position.file)];
  return fmt::format("{}:{}:{}", run.facts.Relative(path), position.line, position.column);
}

std::string PlaceOf(const SourceLocation& location) {
  return fmt::format("{}:{}:{}", location.file, location.line, location.column);
}

std::string LabelOf(const Node& label) {
  if (label.op == Op::kDefault) return "default";
  if (label.kids.empty() || label.kids[0].op != Op::kInt) return "a case";
  const Node& value = label.kids[0];
  return "case " + (value.text.empty() ? std::to_string(value.number) : value.text);
}

std::string WhatHappensAt(const Program& program, const Step& step) {
  const Node& node = *step.node;
  switch (step.kind) {
    case Step::Kind::kThrow:
      if (node.op == Op::kThrow && node.kids.empty()) return "throws on what it caught";
      return "throws " + program.TypeName(node.type);
    case Step::Kind::kCatch:
      return node.type.empty() ? "caught by `catch (...)`"
                               : "caught as " + program.TypeName(node.type);
    case Step::Kind::kBranch:
      break;
  }
  if (node.op == Op::kSwitch) {
    const std::vector<Node>& body = node.kids[1].kids;
    const auto label = static_cast<std::size_t>(step.branch);
    return "the switch goes to " + (label < body.size() ? LabelOf(body[label]) : "its end");
  }
  const char* what = node.op == Op::kLoop ? "the condition of the loop" : "the condition";
  return fmt::format("{} is {}", what, step.branch == 1 ? "true" : "false");
}

std::string Words(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kAnswers:
      return "the service answers " + outcome.status_code;
    case Outcome::Kind::kEscapes:
      return "nobody takes it; the server answers " + outcome.status_code;
    case Outcome::Kind::kTerminates:
      return "the process ends";
    case Outcome::Kind::kContinues:
      return "the service goes on as if nothing had happened";
    case Outcome::Kind::kRetries:
      return "the call is made again";
    case Outcome::Kind::kUnknown:
      return "not known: " + outcome.reason;
  }
  return {};
}

// Faults that go the same way are told together.
struct Told {
  std::vector<std::string> faults;
  std::vector<std::string> lines;
};

}  // namespace

std::string Explain(const Program& program, const ServiceRun& run, int site,
                    const CallTarget& target, const std::set<std::string>& applicable) {
  const ObservedCall& call = run.facts.calls[static_cast<std::size_t>(site)];
  std::vector<Told> told;
  for (const FaultPath& path : PathsOf(run, site)) {
    const std::string& fault = call.faults[static_cast<std::size_t>(path.fault)].name;
    if (!applicable.contains(fault)) continue;
    std::vector<std::string> lines;
    for (const Step* step : path.steps) {
      lines.push_back(PlaceOf(run, *step->file, step->node->position) + ": " +
                      WhatHappensAt(program, *step));
    }
    for (const std::string& later : path.outcome.calls) lines.push_back("then calls at " + later);
    lines.push_back("=> " + Words(path.outcome));
    const auto same = std::ranges::find(told, lines, &Told::lines);
    if (same == told.end()) {
      told.push_back({{fault}, std::move(lines)});
    } else {
      same->faults.push_back(fault);
    }
  }
  std::string text = fmt::format("{}: {}.{} in {}", PlaceOf(call.location), call.library->module,
                                 call.method, call.function);
  if (target.url) text += " to " + *target.url;
  text += target.service ? fmt::format(" (service {})", *target.service)
                         : fmt::format(" (service not known: {})", target.unresolved.value_or(""));
  for (const CallStep& step : call.via) {
    text += fmt::format("\n  via {}: {}", PlaceOf(step.location), step.function);
  }
  text += "\n";
  for (const Told& one : told) {
    text +=
        fmt::format("  {}\n    {}\n", fmt::join(one.faults, ", "), fmt::join(one.lines, "\n    "));
  }
  return text;
}

}  // namespace filibuster
