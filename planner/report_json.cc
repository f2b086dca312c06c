#include <chrono>
#include <utility>

#include "planner/report.h"

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
  OrderedJson json = {{"service", invocation.source_service_name}};
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
    entry.update(OrderedJson(ToJson(calls.fault(fault.fault))));
    json.push_back(std::move(entry));
  }
  return json;
}

OrderedJson EventsToJson(const std::vector<CallEvent>& events, const CallTable& calls) {
  OrderedJson json = OrderedJson::array();
  for (const CallEvent& event : events) {
    OrderedJson entry = CallToJson(event.call, calls);
    const CallResult& result = calls.result(event.result);
    if (!result.status_code.empty()) entry["status_code"] = result.status_code;
    if (!result.exception.empty()) entry["exception"] = result.exception;
    entry["fault_injected"] = event.fault != kNoFault;
    json.push_back(std::move(entry));
  }
  return json;
}

OrderedJson ExecutionToJson(const ExecutionRecord& execution, const CallTable& calls) {
  OrderedJson json = {{"number", execution.number},
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
  json["calls"] = EventsToJson(execution.calls, calls);
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
  json["faults"] = FaultsToJson(set.faults, calls);
  json["reason"] = ReasonToJson(set.reason);
  return json;
}

OrderedJson BugToJson(const Bug& bug, const CallTable& calls) {
  return {{"cause", bug.cause},
          {"status", bug.status},
          {"executions", bug.executions},
          {"counterexample", FaultsToJson(bug.counterexample, calls)},
          {"minimal", bug.minimal}};
}

OrderedJson HandlerToJson(const HandlerCoverage& coverage) {
  OrderedJson json = {{"service", coverage.site->service},
                      {"call_site", PlaceText(coverage.site->location)},
                      {"handler", EntryText(*coverage.entry, *coverage.site)},
                      {"faults", coverage.entry->faults},
                      {"executions", coverage.executions}};
  if (coverage.first) {
    json["first"] = *coverage.first;
  } else {
    json["why_never"] = coverage.why_never;
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

std::string ReportToJson(const Report& report) {
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
  json["first_failure_at"] =
      exploration.first_failure_at ? OrderedJson(*exploration.first_failure_at) : OrderedJson();
  json["ended_by"] = exploration.ended_by;
  if (exploration.error) json["error"] = exploration.error->message;
  const CallTable& calls = report.calls;
  json["warnings"] = report.warnings;
  json["bugs"] = ListOf(report.bugs, [&](const Bug& bug) { return BugToJson(bug, calls); });
  json["handlers"] = ListOf(report.handlers, HandlerToJson);
  json["test_executions"] = ListOf(exploration.executions, [&](const ExecutionRecord& execution) {
    return ExecutionToJson(execution, calls);
  });
  json["skipped"] =
      ListOf(exploration.skipped, [&](const SkippedSet& set) { return SkippedToJson(set, calls); });
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace filibuster
