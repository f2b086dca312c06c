// What the control server saw of one test execution. The planner's raw material.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/protocol.h"

namespace filibuster {

// A fault tied to the call it is meant for, by its execution index (or, where parts of that differ
// between runs, what StableIndex leaves of it). The target service is known from earlier executions
// (a failed call that is not made never reveals it) and answers /fault-injected/{service}.
struct PlannedFault {
  std::string execution_index;
  Fault fault;
  std::optional<std::string> target_service_name;
  std::optional<std::string> method;
};

// One call as it happened. `..._at` are positions in the order of all messages of the execution.
struct CallRecord {
  Invocation invocation;
  // What planned faults are matched by; empty: invocation.execution_index.
  std::string stable_index;
  int generated_id = 0;
  int created_at = 0;
  std::optional<int> received_at;
  std::optional<std::string> target_service_name;  // from request_received; absent: external
  std::optional<int> completed_at;
  Json return_value;           // of invocation_complete, or null
  Json exception;              // of invocation_complete, or null
  std::optional<Fault> fault;  // delivered to this call
};

inline const std::string& IndexOf(const CallRecord& call) {
  return call.stable_index.empty() ? call.invocation.execution_index : call.stable_index;
}

// A request that no call of the application is known for: of the functional test, most likely.
struct RequestRecord {
  std::vector<int> calls;  // that it caused, by their positions in the log
  Json return_value;       // what it was answered with, of request_complete, or null
  Json exception;          // of request_complete, or null
};

struct CallLog {
  std::vector<CallRecord> calls;          // in the order of their creates
  std::vector<RequestRecord> requests;    // in the order in which they were answered
  std::vector<std::string> bad_requests;  // refused, with the reason
};

}  // namespace filibuster
