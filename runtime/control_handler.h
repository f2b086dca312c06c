// (method, target, body) of a request to the control server => (status, JSON); keeps the CallLog.
// No I/O, so that the protocol is tested without sockets. Safe for use from several threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/call_log.h"
#include "runtime/control_messages.h"
#include "runtime/load_log.h"
#include "runtime/mailbox.h"
#include "runtime/stable_index.h"

namespace filibuster {

class ControlHandler {
 public:
  // With a mailbox, if that is not null: what services put in there is handled before whatever they
  // send.
  explicit ControlHandler(std::unique_ptr<Mailbox> mailbox = nullptr);

  // From here on calls are logged, and each call whose execution index is planned gets its fault.
  // `unstable` says what differs between runs, and is to be left out of the comparison.
  void BeginTestExecution(std::vector<PlannedFault> faults, const UnstableSites& unstable = {});
  // What was seen since. Messages that come later, until the next execution begins, are answered
  // but belong to no execution: they are counted as stray.
  CallLog EndTestExecution();

  // From here on any number of test executions run at a time, all under these faults. Which of them
  // a call belongs to cannot be told: each request that no service has caused is taken for a test
  // execution, so that its calls are counted from one. Calls are counted, not logged.
  void BeginLoad(std::vector<PlannedFault> faults);
  LoadLog EndLoad();

  ControlAnswer Handle(std::string_view method, std::string_view target, std::string_view body);
  // Handles what has been put in.
  void EmptyMailbox();

  // Logs a refusal: of Handle, or of a request that never got so far (too large, not HTTP).
  void LogRefusal(std::string_view reason);

  int stray_messages() const;

 private:
  using Segments = std::vector<std::string>;

  ControlAnswer HandleUnlogged(std::string_view method, std::string_view target,
                               std::string_view body);
  void EndRefusals();
  void LogRefusal(std::string_view method, std::string_view target, const ControlAnswer& answer);
  void Begin(std::vector<PlannedFault> faults, const UnstableSites& unstable);
  // Handles what is in there, and nothing that is put in later.
  void TakeDownMailbox();
  // With the id that the call has, if it has one and needs no answer.
  ControlAnswer Create(std::string_view body, std::optional<int> given_id = std::nullopt);
  ControlAnswer Answered(const CreateAnswer& answer) const;
  ControlAnswer Update(std::string_view body);
  ControlAnswer CompleteRequest(RequestComplete complete);
  ControlAnswer NewTestExecution(const std::string& service);
  ControlAnswer FaultInjected(std::string_view target, const Segments& condition) const;
  int NextId() { return mailbox_ ? mailbox_->NextId() : next_id_++; }
  int EndOfIds() const { return mailbox_ ? mailbox_->EndOfIds() : next_id_; }
  ControlAnswer UnknownId(std::string_view field, int id) const;
  // The call that an update is about, or the answer that refuses the update. Null: a stray.
  CallRecord* FindCall(int generated_id, const std::string& execution_index,
                       ControlAnswer* refusal);

  const std::unique_ptr<Mailbox> mailbox_;
  const std::string update_answer_;
  std::mutex emptying_;  // held while the mailbox is used, but for its ids; before the next
  mutable std::mutex mutex_;
  bool active_ = false;
  std::optional<LoadLog> load_;                               // present from BeginLoad to EndLoad
  std::map<std::string, PlannedFault, std::less<>> planned_;  // by execution index
  StableIndex stable_index_;
  std::set<std::string> services_seen_;
  CallLog log_;
  int refusals_ = 0;
  int messages_ = 0;                             // of this execution
  std::unordered_map<int, size_t> calls_by_id_;  // the places of log_.calls
  int next_id_ = 0;                              // where there is no mailbox
  int first_generated_id_ = 0;  // of this execution: ids are never used twice, so strays are known
  int stray_messages_ = 0;
};

}  // namespace filibuster
