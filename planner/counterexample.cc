#include "planner/counterexample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "analyzer/fault_check.h"
#include "base/file.h"
#include "base/json_reader.h"
#include "planner/counterexample_consistency.h"

namespace filibuster {
namespace {

constexpr int kSchemaVersion = 1;

// The keys of an entry of Filibuster's `log`: what was known when the call was made.
Json LogEntry(const Invocation& invocation, int generated_id) {
  Json entry = ToJson(invocation);
  entry.erase("instrumentation_type");
  entry["generated_id"] = generated_id;
  return entry;
}

Json FailureEntry(const CounterexampleFault& fault) {
  Json entry = ToJson(fault.fault);
  entry["args"] = fault.call.args;
  entry["execution_index"] = fault.call.execution_index;
  return entry;
}

// An entry of Filibuster's `response_log`: the call and what came of it.
Json ResponseEntry(const CallRecord& record, const std::optional<std::string>& target,
                   const CounterexampleFault* fault) {
  Json entry = LogEntry(record.invocation, record.generated_id);
  entry["target_service_name"] = target.value_or("external");
  entry["return_value"] = record.return_value;
  entry["exception"] = record.exception;
  entry["fault_injection"] = fault != nullptr;
  if (fault != nullptr) {
    entry["failure_metadata"] = nullptr;
    entry["forced_exception"] = nullptr;
    entry.update(ToJson(fault->fault));
  }
  return entry;
}

CallDescription Describe(const KnownCall& call, const Invocation& invocation, int occurrence) {
  return {.service = invocation.source_service_name,
          .target_service = call.target_service_name,
          .module = invocation.module,
          .method = invocation.method,
          .args = invocation.args,
          .callsite_file = invocation.callsite_file,
          .callsite_line = invocation.callsite_line,
          .execution_index = call.invocation.execution_index,
          .occurrence = occurrence};
}

// What is known of an execution whose own log was not kept.
CallLog LogOf(const TestExecution& execution, const CallTable& calls) {
  CallLog log;
  for (const CallEvent& event : execution.calls) {
    CallRecord& record = log.calls.emplace_back();
    record.invocation = calls.call(event.call).invocation;
    record.generated_id = static_cast<int>(log.calls.size()) - 1;
    const CallResult& result = calls.result(event.result);
    if (!result.exception.empty()) record.exception = {{"name", result.exception}};
    if (!result.status_code.empty()) record.return_value = {{"status_code", result.status_code}};
  }
  return log;
}

// ---- JSON => Counterexample ------------------------------------------------------------------

std::string Text(const JsonReader& reader, std::string_view key) {
  const auto value = reader.Optional(key);
  if (!value) return {};
  return value->value().is_number() ? value->value().dump() : value->String();
}

Fault FaultOf(const JsonReader& reader) {
  std::string error;
  auto fault = FaultFromJson(reader.value(), &error);
  if (!fault) reader.Fail(error);
  if (const auto exception = reader.Optional("forced_exception")) CheckException(*exception);
  if (const auto failure = reader.Optional("failure_metadata")) {
    if (const auto value = failure->Optional("return_value")) CheckStatusCode(*value);
  }
  return fault.value_or(Fault{});
}

CounterexampleFault FaultFromReader(const JsonReader& reader) {
  CounterexampleFault fault;
  reader.OnlyKeys({"service", "target_service", "module", "method", "args", "callsite_file",
                   "callsite_line", "execution_index", "occurrence", "forced_exception",
                   "failure_metadata"});
  fault.call.service = reader.Required("service").String();
  if (reader.Optional("target_service")) {
    fault.call.target_service = reader.Required("target_service").String();
  }
  fault.call.module = reader.Required("module").String();
  fault.call.method = reader.Required("method").String();
  if (const auto args = reader.Optional("args")) {
    args->Items();
    fault.call.args = args->value();
  }
  fault.call.callsite_file = Text(reader, "callsite_file");
  fault.call.callsite_line = Text(reader, "callsite_line");
  fault.call.execution_index = reader.Required("execution_index").String();
  if (const auto occurrence = reader.Optional("occurrence")) {
    const std::int64_t number = occurrence->Int();
    if (number < 1 || number > std::numeric_limits<int>::max()) {
      occurrence->Fail(fmt::format("found {}, expected at least 1", occurrence->value().dump()));
    }
    fault.call.occurrence = static_cast<int>(number);
  }
  fault.fault = FaultOf(reader);
  return fault;
}

// The calls of Filibuster's form by execution index. What they are stands in its log, and whom they
// call in its response log.
std::map<std::string, CallDescription> CallsOf(const JsonReader& execution) {
  std::map<std::string, CallDescription> calls;
  std::map<std::string, int> occurrences;
  for (const char* key : {"log", "response_log"}) {
    const auto log = execution.Optional(key);
    if (!log) continue;
    for (const JsonReader& entry : log->Items()) {
      CallDescription call;
      call.execution_index = entry.Required("execution_index").String();
      call.service = Text(entry, "source_service_name");
      call.module = Text(entry, "module");
      call.method = Text(entry, "method");
      call.args = entry.Required("args").value();
      call.callsite_file = Text(entry, "callsite_file");
      call.callsite_line = Text(entry, "callsite_line");
      const auto [it, is_new] = calls.try_emplace(call.execution_index, call);
      if (is_new) {
        Invocation made;
        made.source_service_name = call.service;
        made.module = call.module;
        made.method = call.method;
        made.args = call.args;
        it->second.occurrence = ++occurrences[LikenessOf(made)];
      }
      const std::string target = Text(entry, "target_service_name");
      if (!target.empty() && target != "external") it->second.target_service = target;
    }
  }
  return calls;
}

// Filibuster's form names the calls that fail by their execution index only.
std::vector<CounterexampleFault> FaultsFromFilibuster(const JsonReader& execution) {
  const auto calls = CallsOf(execution);
  std::vector<CounterexampleFault> faults;
  for (const JsonReader& failure : execution.Required("failures").Items()) {
    const JsonReader index = failure.Required("execution_index");
    const auto call = calls.find(index.String());
    if (call == calls.end()) {
      index.Fail("found no call with this execution index in the log");
      break;
    }
    faults.push_back({call->second, FaultOf(failure)});
  }
  return faults;
}

UnstableSites UnstableFrom(const JsonReader& unstable) {
  UnstableSites sites;
  for (const auto& [site, parts] : unstable.Members()) {
    for (const JsonReader& part : parts.Items()) {
      const std::string name = part.String();
      if (name != "target" && name != "count") part.Fail("expected target or count");
      (name == "target" ? sites[site].target : sites[site].count) = true;
    }
  }
  return sites;
}

std::map<std::string, Fault> FailuresOf(const JsonReader& execution) {
  std::map<std::string, Fault> failures;
  const auto list = execution.Optional("failures");
  if (!list) return failures;
  for (const JsonReader& failure : list->Items()) {
    failures[failure.Required("execution_index").String()] = FaultOf(failure);
  }
  return failures;
}

void Tell(const std::optional<Contradiction>& contradiction, const JsonReader& list) {
  if (!contradiction) return;
  if (!contradiction->fault) return list.Fail(contradiction->what);
  const JsonReader fault = list.Items()[*contradiction->fault];
  (contradiction->key.empty() ? fault : fault.Required(contradiction->key))
      .Fail(contradiction->what);
}

}  // namespace

Counterexample MakeCounterexample(const TestExecution& execution, const CallTable& calls,
                                  std::string functional_test) {
  Counterexample counterexample{.functional_test = std::move(functional_test),
                                .unstable = calls.unstable_sites()};
  std::map<std::string, int> occurrences;
  for (const CallEvent& event : execution.calls) {
    const KnownCall& call = calls.call(event.call);
    const int occurrence = ++occurrences[LikenessOf(call.invocation)];
    const auto planned = std::ranges::find(execution.faults, event.call, &CallFault::call);
    if (planned == execution.faults.end()) continue;
    // As this execution made it: an earlier one may have had other arguments.
    const auto logged = std::ranges::find_if(execution.log.calls, [&](const CallRecord& record) {
      return IndexOf(record) == call.invocation.execution_index;
    });
    const Invocation& made =
        logged == execution.log.calls.end() ? call.invocation : logged->invocation;
    counterexample.faults.push_back(
        {Describe(call, made, occurrence), calls.fault(planned->fault)});
  }

  Json log = Json::array();
  Json response_log = Json::array();
  const CallLog rebuilt = execution.log.calls.empty() ? LogOf(execution, calls) : CallLog();
  for (const CallRecord& record : rebuilt.calls.empty() ? execution.log.calls : rebuilt.calls) {
    const std::string& index = IndexOf(record);
    const auto fault =
        std::ranges::find_if(counterexample.faults, [&](const CounterexampleFault& candidate) {
          return candidate.call.execution_index == index;
        });
    const auto known = calls.Find(index);
    log.push_back(LogEntry(record.invocation, record.generated_id));
    response_log.push_back(
        ResponseEntry(record, known ? calls.call(*known).target_service_name : std::nullopt,
                      fault == counterexample.faults.end() ? nullptr : &*fault));
  }
  Json failures = Json::array();
  for (const auto& fault : counterexample.faults) failures.push_back(FailureEntry(fault));
  counterexample.test_execution = {{"log", std::move(log)},
                                   {"failures", std::move(failures)},
                                   {"response_log", std::move(response_log)}};
  return counterexample;
}

std::expected<Counterexample, Error> CounterexampleFromText(std::string_view text,
                                                            const std::string& name) {
  const auto json = ParseJson(text, name);
  if (!json) return std::unexpected(json.error());
  const JsonReader reader(*json, name);
  Counterexample counterexample;
  counterexample.functional_test = Text(reader, "functional_test");
  if (const auto version = reader.Optional("schema_version");
      version && version->Int() != kSchemaVersion) {
    version->Fail(fmt::format("found version {}, expected {}", version->Int(), kSchemaVersion));
  }
  const auto ours = reader.Optional("faults");
  const auto filibusters = reader.Optional("TestExecution");
  if (!ours && !filibusters) {
    reader.Fail("expected the key \"faults\", or \"TestExecution\" as Filibuster writes it");
  }
  if (ours) {
    reader.OnlyKeys({"schema_version", "functional_test", "faults", "unstable", "TestExecution"});
    for (const JsonReader& fault : ours->Items()) {
      counterexample.faults.push_back(FaultFromReader(fault));
    }
    Tell(CheckFaultSet(counterexample.faults), *ours);
  }
  if (const auto unstable = reader.Optional("unstable")) {
    counterexample.unstable = UnstableFrom(*unstable);
  }
  if (filibusters) {
    const std::string inner_name = fmt::format("{}: $.TestExecution", name);
    const auto execution = ParseJson(filibusters->String(), inner_name);
    if (reader.error()) return std::unexpected(*reader.error());
    if (!execution) return std::unexpected(execution.error());
    counterexample.test_execution = *execution;
    const JsonReader inner(*execution, inner_name);
    if (ours) {
      Tell(CheckAgainstLog(counterexample.faults, CallsOf(inner)), *ours);
      if (inner.Optional("failures")) {
        Tell(CheckAgainstFailures(counterexample.faults, FailuresOf(inner)), *ours);
      }
    } else {
      counterexample.faults = FaultsFromFilibuster(inner);
      Tell(CheckFaultSet(counterexample.faults), inner.Required("failures"));
    }
    if (inner.error()) return std::unexpected(*inner.error());
  }
  if (reader.error()) return std::unexpected(*reader.error());
  return counterexample;
}

std::expected<Counterexample, Error> ReadCounterexample(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return std::unexpected(text.error());
  return CounterexampleFromText(*text, path.string());
}

std::string CounterexampleToText(const Counterexample& counterexample) {
  nlohmann::ordered_json faults = nlohmann::ordered_json::array();
  for (const auto& [call, fault] : counterexample.faults) {
    nlohmann::ordered_json entry = {{"service", call.service}};
    if (call.target_service) entry["target_service"] = *call.target_service;
    entry["module"] = call.module;
    entry["method"] = call.method;
    entry["args"] = call.args;
    entry["callsite_file"] = call.callsite_file;
    entry["callsite_line"] = call.callsite_line;
    entry["execution_index"] = call.execution_index;
    if (call.occurrence != 1) entry["occurrence"] = call.occurrence;
    const Json way = ToJson(fault);
    for (const auto& [key, value] : way.items()) entry[key] = value;
    faults.push_back(std::move(entry));
  }
  nlohmann::ordered_json unstable = nlohmann::ordered_json::object();
  for (const auto& [site, parts] : counterexample.unstable) {
    if (parts.target) unstable[site].push_back("target");
    if (parts.count) unstable[site].push_back("count");
  }
  constexpr auto kReplace = Json::error_handler_t::replace;
  nlohmann::ordered_json json = {{"schema_version", kSchemaVersion},
                                 {"functional_test", counterexample.functional_test},
                                 {"faults", std::move(faults)}};
  if (!unstable.empty()) json["unstable"] = std::move(unstable);
  json["TestExecution"] = counterexample.test_execution.dump(-1, ' ', false, kReplace);
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace filibuster
