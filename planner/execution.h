// The planner's nouns: faults of calls, and one run of the functional test under them. Calls,
// faults and results are numbers here; the CallTable knows what they stand for.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "runtime/call_log.h"

namespace filibuster {

using CallId = std::uint32_t;    // a call, the same in every execution: its execution index
using FaultId = std::uint32_t;   // a way in which a call fails
using ResultId = std::uint32_t;  // what a caller saw of a call
using FormId = std::uint32_t;    // how a call was made: what may differ between executions

inline constexpr CallId kFunctionalTest = 0;  // parent of the calls that no other call caused
inline constexpr FaultId kNoFault = std::numeric_limits<FaultId>::max();
inline constexpr ResultId kNoResult = 0;  // the call did not complete

// A fault tied to the call it is meant for.
struct CallFault {
  CallId call = 0;
  FaultId fault = kNoFault;

  auto operator<=>(const CallFault&) const = default;
};

// In the order in which the calls are reached.
using FaultSet = std::vector<CallFault>;

// One call as it happened in one execution.
struct CallEvent {
  CallId call = 0;
  ResultId result = kNoResult;
  FaultId fault = kNoFault;  // delivered to this call
  FormId form = 0;           // how it was made
  bool received = false;     // an instrumented service was reached: its errors apply

  bool operator==(const CallEvent&) const = default;
};

// What a service answered to a request of the functional test, where it reports that.
struct RequestAnswer {
  std::vector<CallId> calls;  // that it made for the request; never empty
  ResultId result = kNoResult;

  auto operator<=>(const RequestAnswer&) const = default;
};

// The functional test passed, and every planned fault was delivered.
struct Passed {
  bool operator==(const Passed&) const = default;
};

struct Failed {
  std::string status;  // "exit code 1", "signal 11", "no end after 60 s"

  bool operator==(const Failed&) const = default;
};

// The functional test did not run under the faults that it was to run under: whatever it said, it
// says nothing of them.
struct Undelivered {
  std::vector<std::string> reasons;  // one for each fault that was not delivered
  std::string status;                // how the test failed; empty if it passed

  bool operator==(const Undelivered&) const = default;
};

using Verdict = std::variant<Passed, Failed, Undelivered>;

// One run of the functional test.
struct TestExecution {
  FaultSet faults;
  std::vector<CallEvent> calls;        // callers before callees; concurrent calls in a fixed order
  std::vector<RequestAnswer> answers;  // in the order of their first calls
  Verdict verdict;
  std::chrono::microseconds duration{0};
  std::string output;  // of the functional test
  CallLog log;         // all that the control server saw; empty in a simulation
};

const char* VerdictName(const Verdict& verdict);  // "passed", "failed", "undelivered"

// The last lines of what a test wrote: so much as is kept of every failing execution.
std::string OutputEnd(const std::string& output);

std::ostream& operator<<(std::ostream& out, const CallFault& fault);
std::ostream& operator<<(std::ostream& out, const CallEvent& event);
std::ostream& operator<<(std::ostream& out, const Verdict& verdict);

}  // namespace filibuster
