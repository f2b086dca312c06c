// CallLog => CallEvents, and PlannedFaults <= FaultSet: the one place that knows which number
// stands for which call, fault and result. A call is its execution index: the same in every
// execution.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "planner/call_result.h"
#include "planner/execution.h"
#include "runtime/stable_index.h"

namespace filibuster {

// A call, as it was first seen.
struct KnownCall {
  Invocation invocation;
  CallId parent = kFunctionalTest;
  std::optional<std::string> target_service_name;  // of the first execution that revealed it
  bool made = true;  // false: known by description only, until an execution shows it
};

// How a call was made: what its execution index does not say.
struct CallForm {
  CallId call = 0;
  Json metadata = Json::object();  // {"timeout": 10}
  std::uint32_t site = 0;          // tells call sites apart that share the execution index

  bool operator==(const CallForm&) const = default;
};

class CallTable {
 public:
  CallTable();

  // Enters what is new. The calls in order: a caller before its callees, one after the other as
  // they were created; calls of one caller that overlap in time by execution index, so that the
  // order in which their messages happened to arrive changes nothing. A fault is that of its call
  // only if the caller reported that it saw it, or never reports anything.
  std::vector<CallEvent> Enter(const CallLog& log);

  // Of a log whose calls have been entered.
  std::vector<RequestAnswer> EnterAnswers(const CallLog& log);

  CallId EnterCall(KnownCall call);
  FormId EnterForm(const CallForm& form);
  FaultId EnterFault(const Fault& fault);
  ResultId EnterResult(const CallResult& result);

  std::optional<CallId> Find(std::string_view execution_index) const;

  const KnownCall& call(CallId id) const { return calls_[id]; }
  const CallForm& form(FormId id) const { return forms_[id]; }
  const Fault& fault(FaultId id) const { return faults_[id].fault; }
  const CallResult& result(ResultId id) const { return results_[id]; }
  ResultId ResultOfFault(FaultId id) const { return faults_[id].result; }
  size_t size() const { return calls_.size(); }  // kFunctionalTest counts

  // Calls from these sites are known without the parts that differ between runs.
  void LeaveOut(UnstableSites unstable) { unstable_sites_ = std::move(unstable); }
  const UnstableSites& unstable_sites() const { return unstable_sites_; }

  // What a control server needs to deliver the faults.
  std::vector<PlannedFault> Planned(const FaultSet& faults) const;

  // "foo -> bar: httplib::Error::Connection", as one line for people.
  std::string Describe(const CallFault& fault) const;
  std::string DescribeCall(CallId call) const;  // "foo -> bar (foo/foo.cc:17)"

 private:
  struct KnownFault {
    Fault fault;
    ResultId result;
  };

  bool WasDelivered(const CallRecord& record) const;
  CallId ParentOf(const CallLog& log, const CallRecord& record) const;

  UnstableSites unstable_sites_;
  std::deque<KnownCall> calls_;
  std::unordered_map<std::string, CallId> call_ids_;      // by execution index as it was sent
  std::unordered_map<std::string, CallId> call_by_path_;  // by execution index, spaces aside
  std::unordered_set<std::string> reporters_;             // services that say how their calls end
  std::deque<CallForm> forms_;
  std::unordered_map<std::string, FormId> form_ids_;
  std::deque<KnownFault> faults_;
  std::unordered_map<std::string, FaultId> fault_ids_;
  std::deque<CallResult> results_;
  std::unordered_map<std::string, ResultId> result_ids_;
};

}  // namespace filibuster
