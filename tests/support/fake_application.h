// Calls, as a test says that they happen => the log of one execution.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "planner/call_table.h"
#include "planner/explore.h"
#include "runtime/execution_index.h"

namespace filibuster {

// Builds the log of one execution as a control server would: `Call` makes a call from within the
// one that is open, and says what the caller saw.
class FakeApplication {
 public:
  FakeApplication(const std::vector<PlannedFault>& faults, const UnstableSites& unstable)
      : faults_(faults), stable_index_(unstable) {}

  // Calls `target` from `source`; `serve` does what the callee does and returns its status. Returns
  // the status, or the exception's name.
  std::string Call(
      const std::string& source, const std::string& target,
      const std::function<std::string()>& serve = [] { return "200"; }) {
    const Begun begun = Begin(source, target);
    const std::string result = Serve(begun, target, serve);
    Complete(begun, result);
    return result;
  }

  struct Concurrent {
    std::string target;
    std::function<std::string()> serve = [] { return "200"; };
  };
  // Makes the calls in this order before any of them returns.
  std::vector<std::string> CallAll(const std::string& source,
                                   const std::vector<Concurrent>& calls) {
    std::vector<Begun> begun;
    std::vector<std::string> results;
    for (const Concurrent& call : calls) begun.push_back(Begin(source, call.target));
    for (size_t i = 0; i < calls.size(); ++i) {
      results.push_back(Serve(begun[i], calls[i].target, calls[i].serve));
    }
    for (size_t i = 0; i < calls.size(); ++i) Complete(begun[i], results[i]);
    return results;
  }

  // The request of the functional test that caused the calls since the last answer is answered.
  void Answer(const std::string& status) {
    RequestRecord& request = log_.requests.emplace_back();
    request.return_value = {{"status_code", status}};
    for (; answered_ < log_.calls.size(); ++answered_) {
      const auto index = ParseExecutionIndex(log_.calls[answered_].invocation.execution_index);
      if (index->size() == 1) request.calls.push_back(static_cast<int>(answered_));
    }
  }

  CallLog TakeLog() { return std::move(log_); }

  bool lose_faults = false;       // plan faults and deliver none
  std::set<std::string> unknown;  // faults that are sent, and that callers do not know, by name
  std::string port;               // before each target: "5001/"
  std::string site;               // the file of the calls; else that of the caller

 private:
  using Path = std::vector<std::pair<std::string, int>>;

  struct Begun {
    size_t at = 0;  // in the log
    Path path;
  };

  Begun Begin(const std::string& source, const std::string& target) {
    CallRecord& record = log_.calls.emplace_back();
    Invocation& invocation = record.invocation;
    const std::string signature = source + ">" + target;
    Begun begun{log_.calls.size() - 1, path_};
    begun.path.push_back({signature, ++counts_[{path_, signature}]});
    Json index = Json::array();
    for (const auto& [name, count] : begun.path) index.push_back({name, count});
    invocation.source_service_name = source;
    invocation.module = "httplib";
    invocation.method = "Get";
    invocation.args = Json::array({port + target});
    invocation.callsite_file = site.empty() ? source + ".cc" : site;
    invocation.callsite_line = "17";
    invocation.metadata = {{"timeout", 10}};
    invocation.origin_vclock = clock_;
    invocation.vclock = clock_;
    invocation.vclock[source] = ++calls_of_[source];
    invocation.execution_index = index.dump();
    record.generated_id = static_cast<int>(begun.at);
    record.created_at = time_++;
    record.stable_index = stable_index_.Of(invocation);
    const auto planned =
        std::ranges::find(faults_, record.stable_index, &PlannedFault::execution_index);
    if (planned != faults_.end() && !lose_faults) record.fault = planned->fault;
    return begun;
  }

  bool IsRaised(const CallRecord& record) const {
    return record.fault && !unknown.contains(FaultName(*record.fault));
  }

  std::string Serve(const Begun& begun, const std::string& target,
                    const std::function<std::string()>& serve) {
    CallRecord& record = log_.calls[begun.at];
    if (IsRaised(record)) {
      const CallResult seen = ResultOf(*record.fault);
      return seen.exception.empty() ? seen.status_code : seen.exception;
    }
    record.received_at = time_++;
    record.target_service_name = target;
    const VectorClock outer_clock = std::exchange(clock_, record.invocation.vclock);
    const Path outer_path = std::exchange(path_, begun.path);
    const std::string result = serve();
    clock_ = outer_clock;
    path_ = outer_path;
    return result;
  }

  void Complete(const Begun& begun, const std::string& result) {
    CallRecord& record = log_.calls[begun.at];
    if (IsRaised(record) && std::holds_alternative<ForcedException>(*record.fault)) {
      record.exception = {{"name", result}};
    } else {
      record.return_value = {{"status_code", result}};
    }
    record.completed_at = time_++;
  }

  const std::vector<PlannedFault>& faults_;
  StableIndex stable_index_;
  CallLog log_;
  Path path_;
  std::map<std::pair<Path, std::string>, int> counts_;
  std::map<std::string, int> calls_of_;
  VectorClock clock_;
  int time_ = 0;
  size_t answered_ = 0;  // calls
};

}  // namespace filibuster
