#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>
#include <utility>

#include "planner/report.h"
#include "planner/words.h"

namespace filibuster {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

OrderedJson CallToJson(CallId id, const CallTable& calls) {
  const KnownCall& call = calls.call(id);
  const Invocation& invocation = call.invocation;
  OrderedJson json = {{"words", CallWords(call)}, {"service", invocation.source_service_name}};
  if (call.target_service_name) json["target_service"] = *call.target_service_name;
  json["module"] = invocation.module;
  json["method"] = invocation.method;
  json["args"] = invocation.args;
  json["callsite_file"] = invocation.callsite_file;
  json["callsite_line"] = invocation.callsite_line;
  json["execution_index"] = invocation.execution_index;
  return json;
}

OrderedJson FaultsToJson(const FaultSet& faults, const CallTable& calls) {
  OrderedJson json = OrderedJson::array();
  for (const CallFault& fault : faults) {
    OrderedJson entry = CallToJson(fault.call, calls);
    entry["words"] = FaultSetWords(calls, {fault});
    entry.update(OrderedJson(ToJson(calls.fault(fault.fault))));
    json.push_back(std::move(entry));
  }
  return json;
}

OrderedJson EventsToJson(const std::vector<CallEvent>& events, const CallTable& calls) {
  OrderedJson json = OrderedJson::array();
  std::map<CallId, size_t> positions;
  for (const CallEvent& event : events) {
    OrderedJson entry = CallToJson(event.call, calls);
    const auto caller = positions.find(calls.call(event.call).parent);
    if (caller != positions.end()) entry["caller"] = caller->second;
    positions[event.call] = json.size();
    const CallResult& result = calls.result(event.result);
    if (event.result != kNoResult) entry["result"] = ResultWords(result);
    if (!result.status_code.empty()) entry["status_code"] = result.status_code;
    if (!result.exception.empty()) entry["exception"] = result.exception;
    entry["fault_injected"] = event.fault != kNoFault;
    entry["received"] = event.received;
    json.push_back(std::move(entry));
  }
  return json;
}

// `events`: where each answer's calls are found.
OrderedJson AnswersToJson(const std::vector<RequestAnswer>& answers,
                          const std::vector<CallEvent>& events, const CallTable& calls) {
  OrderedJson json = OrderedJson::array();
  for (const RequestAnswer& answer : answers) {
    const CallResult& result = calls.result(answer.result);
    OrderedJson entry = {
        {"service", calls.call(answer.calls.front()).invocation.source_service_name},
        {"result", ResultWords(result)}};
    if (!result.status_code.empty()) entry["status_code"] = result.status_code;
    if (!result.exception.empty()) entry["exception"] = result.exception;
    entry["calls"] = OrderedJson::array();
    for (const CallId call : answer.calls) {
      const auto event = std::ranges::find(events, call, &CallEvent::call);
      if (event != events.end()) entry["calls"].push_back(event - events.begin());
    }
    json.push_back(std::move(entry));
  }
  return json;
}

OrderedJson ExecutionToJson(const ExecutionRecord& execution, const CallTable& calls) {
  OrderedJson json = {{"number", execution.number},
                      {"words", FaultSetWords(calls, execution.faults)},
                      {"faults", FaultsToJson(execution.faults, calls)},
                      {"outcome", VerdictName(execution.verdict)}};
  if (const auto* failed = std::get_if<Failed>(&execution.verdict)) {
    json["status"] = failed->status;
  }
  if (const auto* undelivered = std::get_if<Undelivered>(&execution.verdict)) {
    json["undelivered"] = undelivered->reasons;
    if (!undelivered->status.empty()) json["status"] = undelivered->status;
  }
  json["duration_ms"] = std::chrono::duration<double, std::milli>(execution.duration).count();
  if (!execution.output.empty()) json["output"] = execution.output;
  json["calls"] = EventsToJson(execution.calls, calls);
  json["answers"] = AnswersToJson(execution.answers, execution.calls, calls);
  json["answered"] = AnswersWords(calls, execution.answers);
  return json;
}

OrderedJson ReasonToJson(const SkipReason& reason) {
  return std::visit(
      Overloaded{
          [](const Implied& implied) { return OrderedJson{{"implied_by", implied.executions}}; },
          [](const SameBranch& same) {
            return OrderedJson{
                {same.same_outcome ? "same_outcome_as" : "same_branch_as", same.fault},
                {"where", same.where}};
          },
          [](const OverMaxFaults& over) {
            return OrderedJson{{"over_max_faults", over.max_faults}};
          },
          [](const NotReached& left) { return OrderedJson{{"ended_by", left.ended_by}}; },
      },
      reason);
}

OrderedJson SkippedToJson(const SkippedSet& set, const CallTable& calls) {
  OrderedJson json = OrderedJson::object();
  if (set.number != 0) json["number"] = set.number;
  json["words"] = FaultSetWords(calls, set.faults);
  json["faults"] = FaultsToJson(set.faults, calls);
  json["reason"] = ReasonToJson(set.reason);
  std::ostringstream words;
  words << set.reason;
  json["reason"]["words"] = words.str();
  return json;
}

std::string OutcomeWords(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kAnswers:
      return "answers " + outcome.status_code;
    case Outcome::Kind::kEscapes:
      return "escapes: the server answers " + outcome.status_code;
    case Outcome::Kind::kTerminates:
      return "the process ends";
    case Outcome::Kind::kContinues:
      return "goes on without the answer";
    case Outcome::Kind::kRetries:
      return "makes the call again";
    case Outcome::Kind::kUnknown:
      break;
  }
  return "not known: " + outcome.reason;
}

bool IsUnhandled(const HandlerEntry& entry) {
  return entry.kind == "none" && (entry.outcome.kind == Outcome::Kind::kEscapes ||
                                  entry.outcome.kind == Outcome::Kind::kTerminates);
}

OrderedJson PlaceToJson(const SourceLocation& location) {
  return {{"file", location.file}, {"line", location.line}};
}

// Where in the sources the fault strikes, and what is there to take it.
OrderedJson SiteToJson(const CallFault& fault, const Report& report) {
  const Invocation& invocation = report.calls.call(fault.call).invocation;
  OrderedJson json = {{"call_site", invocation.callsite_file + ":" + invocation.callsite_line}};
  const CallSite* site = report.sites == nullptr ? nullptr : report.sites->Find(fault.call);
  if (site == nullptr) return json;
  json["call_site"] = PlaceText(site->location);
  json["handlers"] = OrderedJson::array();
  const CallResult& result = report.calls.result(report.calls.ResultOfFault(fault.fault));
  const HandlerEntry* taken = report.sites->FindEntry(fault.call, result);
  for (const HandlerEntry& entry : site->handlers) {
    json["handlers"].push_back({{"handler", EntryText(entry, *site)},
                                {"faults", entry.faults},
                                {"outcome", OutcomeWords(entry.outcome)},
                                {"takes_it", &entry == taken},
                                {"unhandled", IsUnhandled(entry)}});
    if (entry.location) json["handlers"].back().update(PlaceToJson(*entry.location));
  }
  return json;
}

OrderedJson BugToJson(const Bug& bug, const Report& report) {
  OrderedJson json = {{"cause", bug.cause},
                      {"words", FaultSetWords(report.calls, bug.counterexample)},
                      {"status", bug.status},
                      {"executions", bug.executions},
                      {"alike", OrderedJson::array()},
                      {"counterexample", FaultsToJson(bug.counterexample, report.calls)},
                      {"minimal", bug.minimal},
                      {"counterexample_file", bug.counterexample_file},
                      {"replay", bug.replay},
                      {"sites", OrderedJson::array()},
                      {"calls", EventsToJson(bug.calls, report.calls)},
                      {"answers", AnswersToJson(bug.answers, bug.calls, report.calls)},
                      {"answered", AnswersWords(report.calls, bug.answers)}};
  for (const AlikeFailure& alike : bug.alike) {
    json["alike"].push_back({{"cause", alike.cause},
                             {"words", FaultSetWords(report.calls, alike.counterexample)},
                             {"executions", alike.executions},
                             {"counterexample", FaultsToJson(alike.counterexample, report.calls)}});
  }
  for (const CallFault& fault : bug.counterexample) {
    json["sites"].push_back(SiteToJson(fault, report));
  }
  return json;
}

const char* ConfirmationName(Confirmation confirmation) {
  if (confirmation == Confirmation::kConfirmed) return "confirmed";
  return confirmation == Confirmation::kRefuted ? "refuted" : "";
}

OrderedJson HandlerToJson(const HandlerCoverage& coverage) {
  const HandlerEntry& entry = *coverage.entry;
  OrderedJson json = {{"service", coverage.site->service},
                      {"call_site", PlaceText(coverage.site->location)},
                      {"target", coverage.site->target.service.value_or("")},
                      {"handler", EntryText(entry, *coverage.site)},
                      {"kind", entry.kind}};
  json.update(PlaceToJson(entry.location.value_or(coverage.site->location)));
  json["faults"] = entry.faults;
  json["predicted"] = OutcomeWords(entry.outcome);
  json["unhandled"] = IsUnhandled(entry);
  json["executions"] = coverage.executions;
  json["failed"] = coverage.failed;
  json["answers"] = coverage.answers;
  json["confirmation"] = ConfirmationName(ConfirmationOf(coverage));
  if (coverage.first) {
    json["first"] = *coverage.first;
  } else {
    json["why_never"] = coverage.why_never;
  }
  return json;
}

const char* StateName(const ServiceEdge& edge) {
  if (edge.has_bug) return "bug";
  return edge.injected > 0 ? "handled" : "never failed";
}

OrderedJson MapToJson(const ServiceMap& map) {
  OrderedJson json = {{"entries", map.entries}, {"edges", OrderedJson::array()}};
  for (const ServiceEdge& edge : map.edges) {
    json["edges"].push_back({{"service", edge.service},
                             {"target", edge.target},
                             {"external", edge.external},
                             {"calls", edge.calls},
                             {"faults", edge.faults},
                             {"injected", edge.injected},
                             {"failed", edge.failed},
                             {"state", StateName(edge)}});
  }
  return json;
}

template <typename Value, typename Convert>
OrderedJson ListOf(const std::vector<Value>& values, const Convert& convert) {
  OrderedJson list = OrderedJson::array();
  for (const Value& value : values) list.push_back(convert(value));
  return list;
}

}  // namespace

nlohmann::ordered_json ReportDocument(const Report& report) {
  const Exploration& exploration = report.exploration;
  OrderedJson json = {
      {"schema_version", kSchemaVersion},
      {"functional_test", report.functional_test},
  };
  if (report.replayed.empty()) {
    json["reduction"] = ReductionName(report.options.reduction);
    json["order"] = OrderName(report.options.order);
  } else {
    json["counterexample_file"] = report.replayed;
  }
  json["verdict"] = VerdictText(report);
  json["executions"] = {{"run", exploration.executions.size()},
                        {"pruned", exploration.pruned},
                        {"failed", exploration.failed},
                        {"undelivered", exploration.undelivered}};
  json["elapsed_s"] = report.elapsed.count();
  json["outcome"] = OutcomeName(report);
  json["first_failure_at"] =
      exploration.first_failure_at ? OrderedJson(*exploration.first_failure_at) : OrderedJson();
  json["ended_by"] = exploration.ended_by;
  if (exploration.error) json["error"] = exploration.error->message;
  const CallTable& calls = report.calls;
  json["unplanned_call_sites"] = exploration.unplanned;
  json["warnings"] = report.warnings;
  json["bugs"] = ListOf(report.bugs, [&](const Bug& bug) { return BugToJson(bug, report); });
  json["service_map"] = MapToJson(report.map);
  json["handlers"] = ListOf(report.handlers, HandlerToJson);
  json["test_executions"] = ListOf(exploration.executions, [&](const ExecutionRecord& execution) {
    return ExecutionToJson(execution, calls);
  });
  json["skipped"] =
      ListOf(exploration.skipped, [&](const SkippedSet& set) { return SkippedToJson(set, calls); });
  return json;
}

std::string ToText(const nlohmann::ordered_json& document) {
  return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string ReportToJson(const Report& report) { return ToText(ReportDocument(report)); }

}  // namespace filibuster
