#include "planner/counterexample_consistency.h"

#include <fmt/format.h>

#include <set>

namespace filibuster {
namespace {

// One text for a status as a number and as text.
std::string TextOf(const Fault& fault) {
  Json json = ToJson(fault);
  if (const auto* failure = std::get_if<FailureMetadata>(&fault)) {
    const Json& value = failure->return_value;
    if (value.is_object() && value.contains("status_code") && value["status_code"].is_number()) {
      json["failure_metadata"]["return_value"]["status_code"] = value["status_code"].dump();
    }
  }
  return json.dump();
}

}  // namespace

std::optional<Contradiction> CheckFaultSet(const std::vector<CounterexampleFault>& faults) {
  if (faults.empty())
    return Contradiction{{}, "", "found an empty list, expected at least one fault"};
  std::set<std::string> indexes;
  for (size_t i = 0; i < faults.size(); ++i) {
    if (indexes.insert(faults[i].call.execution_index).second) continue;
    return Contradiction{i, "execution_index",
                         "found the call of an earlier fault, expected another"};
  }
  return std::nullopt;
}

std::optional<Contradiction> CheckAgainstLog(const std::vector<CounterexampleFault>& faults,
                                             const std::map<std::string, CallDescription>& logged) {
  for (size_t i = 0; i < faults.size(); ++i) {
    const CallDescription& call = faults[i].call;
    const auto it = logged.find(call.execution_index);
    if (it == logged.end()) continue;
    const CallDescription& expected = it->second;
    const std::map<std::string, std::pair<std::string, std::string>> fields{
        {"service", {call.service, expected.service}},
        {"target_service",
         {call.target_service.value_or(""), expected.target_service.value_or("")}},
        {"module", {call.module, expected.module}},
        {"method", {call.method, expected.method}},
        {"args", {call.args.empty() ? "" : call.args.dump(), expected.args.dump()}},
        {"callsite_file", {call.callsite_file, expected.callsite_file}},
        {"callsite_line", {call.callsite_line, expected.callsite_line}},
    };
    for (const auto& [key, values] : fields) {
      const auto& [found, wanted] = values;
      if (found.empty() || wanted.empty() || found == wanted) continue;
      return Contradiction{
          i, key,
          fmt::format("found {}, expected {} as in the log of TestExecution", found, wanted)};
    }
  }
  return std::nullopt;
}

std::optional<Contradiction> CheckAgainstFailures(const std::vector<CounterexampleFault>& faults,
                                                  const std::map<std::string, Fault>& failures) {
  std::set<std::string> found;
  for (size_t i = 0; i < faults.size(); ++i) {
    const std::string& index = faults[i].call.execution_index;
    const auto expected = failures.find(index);
    if (expected == failures.end()) {
      return Contradiction{i, "execution_index",
                           "found a call that is not among the failures of TestExecution"};
    }
    const std::string fault = TextOf(faults[i].fault);
    if (const std::string wanted = TextOf(expected->second); fault != wanted) {
      return Contradiction{
          i, "",
          fmt::format("found {}, expected {} as in the failures of TestExecution", fault, wanted)};
    }
    found.insert(index);
  }
  for (const auto& [index, fault] : failures) {
    if (found.contains(index)) continue;
    return Contradiction{{},
                         "",
                         fmt::format("found no fault of the call {}, which is among the failures "
                                     "of TestExecution",
                                     index)};
  }
  return std::nullopt;
}

}  // namespace filibuster
