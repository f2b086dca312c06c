#include "planner/call_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace filibuster {
namespace {

// Python and nlohmann::json put spaces differently: a path is compared without them.
std::string PathKey(const Json& path) { return path.dump(); }

std::string WithoutLast(const Json& path) {
  Json parent = path;
  parent.erase(parent.size() - 1);
  return PathKey(parent);
}

// Positions of the calls of one caller in `log`, in the order of their creates; those that overlap
// in time by execution index.
void SortConcurrent(const CallLog& log, std::vector<size_t>& siblings) {
  const auto end_of = [&](const CallRecord& call) {
    return call.completed_at.value_or(call.received_at.value_or(call.created_at));
  };
  for (size_t begin = 0; begin < siblings.size();) {
    int busy_until = end_of(log.calls[siblings[begin]]);
    size_t end = begin + 1;
    for (; end < siblings.size() && log.calls[siblings[end]].created_at < busy_until; ++end) {
      busy_until = std::max(busy_until, end_of(log.calls[siblings[end]]));
    }
    if (end - begin > 1) {
      std::sort(siblings.begin() + begin, siblings.begin() + end,
                [&](size_t a, size_t b) { return IndexOf(log.calls[a]) < IndexOf(log.calls[b]); });
    }
    begin = end;
  }
}

}  // namespace

CallTable::CallTable() {
  calls_.emplace_back();
  forms_.emplace_back();
  results_.emplace_back();
}

CallId CallTable::EnterCall(KnownCall call) {
  const std::string& index = call.invocation.execution_index;
  if (const auto it = call_ids_.find(index); it != call_ids_.end()) {
    auto& target = calls_[it->second].target_service_name;
    if (!target) target = std::move(call.target_service_name);
    return it->second;
  }
  const auto id = static_cast<CallId>(calls_.size());
  call_ids_.emplace(index, id);
  const Json path = Json::parse(index, nullptr, /*allow_exceptions=*/false);
  if (path.is_array()) call_by_path_.emplace(PathKey(path), id);
  calls_.push_back(std::move(call));
  return id;
}

FormId CallTable::EnterForm(const CallForm& form) {
  const auto [it, is_new] =
      form_ids_.emplace(fmt::format("{} {} {}", form.call, form.site, form.metadata.dump()),
                        static_cast<FormId>(forms_.size()));
  if (is_new) forms_.push_back(form);
  return it->second;
}

FaultId CallTable::EnterFault(const Fault& fault) {
  const auto [it, is_new] =
      fault_ids_.emplace(ToJson(fault).dump(), static_cast<FaultId>(faults_.size()));
  if (is_new) faults_.push_back({fault, EnterResult(ResultOf(fault))});
  return it->second;
}

ResultId CallTable::EnterResult(const CallResult& result) {
  const auto [it, is_new] = result_ids_.emplace(
      fmt::format("{}\n{}\n{}", result.status_code, result.exception, result.metadata),
      static_cast<ResultId>(results_.size()));
  if (is_new) results_.push_back(result);
  return it->second;
}

std::optional<CallId> CallTable::Find(std::string_view execution_index) const {
  if (const auto it = call_ids_.find(std::string(execution_index)); it != call_ids_.end()) {
    return it->second;
  }
  const Json path = Json::parse(execution_index, nullptr, /*allow_exceptions=*/false);
  if (!path.is_array()) return std::nullopt;
  const auto it = call_by_path_.find(PathKey(path));
  return it == call_by_path_.end() ? std::nullopt : std::optional(it->second);
}

// B is a child of A iff B.origin_vclock = A.vclock. Where clocks do not tell (a service that
// forwards no clocks), the execution index does: it ends with the call itself, preceded by its
// caller's.
CallId CallTable::ParentOf(const CallLog& log, const CallRecord& record) const {
  const Json path = Json::parse(IndexOf(record), nullptr, false);
  std::optional<CallId> by_path;
  if (path.is_array() && !path.empty()) {
    const auto it = call_by_path_.find(WithoutLast(path));
    if (it != call_by_path_.end()) by_path = it->second;
  }
  std::vector<CallId> by_clock;
  if (!record.invocation.origin_vclock.empty()) {
    for (const CallRecord& other : log.calls) {
      if (&other == &record) break;
      if (other.invocation.vclock != record.invocation.origin_vclock) continue;
      if (const auto id = Find(IndexOf(other))) by_clock.push_back(*id);
    }
  }
  if (by_clock.size() == 1) return by_clock.front();
  return by_path.value_or(by_clock.empty() ? kFunctionalTest : by_clock.back());
}

// A fault that was sent is not yet one that the caller saw: it may not know how to raise it.
bool CallTable::WasDelivered(const CallRecord& record) const {
  if (IsLatency(*record.fault)) return record.received_at.has_value();
  if (record.return_value.is_object() || record.exception.is_object()) {
    return IsSeen(*record.fault, record.return_value, record.exception);
  }
  // The execution was over while the callee slept, as the fault wants it to.
  if (record.received_at && CalleeRuns(*record.fault)) return true;
  return !reporters_.contains(record.invocation.source_service_name);
}

std::vector<CallEvent> CallTable::Enter(const CallLog& log) {
  std::vector<CallId> ids;
  std::unordered_map<CallId, std::vector<size_t>> children;
  for (size_t i = 0; i < log.calls.size(); ++i) {
    const CallRecord& record = log.calls[i];
    auto id = Find(IndexOf(record));
    if (!id || !calls_[*id].made) {
      KnownCall call{.invocation = record.invocation, .parent = ParentOf(log, record)};
      call.invocation.execution_index = IndexOf(record);
      if (id) {
        call.target_service_name = calls_[*id].target_service_name;
        calls_[*id] = std::move(call);
      } else {
        id = EnterCall(std::move(call));
      }
    }
    if (record.target_service_name) {
      KnownCall& known = calls_[*id];
      if (!known.target_service_name) known.target_service_name = record.target_service_name;
    }
    if (record.completed_at) reporters_.insert(record.invocation.source_service_name);
    ids.push_back(*id);
    children[calls_[*id].parent].push_back(i);
  }
  for (auto& [parent, siblings] : children) SortConcurrent(log, siblings);

  std::vector<CallEvent> events;
  events.reserve(ids.size());
  const auto add = [&](const auto& self, CallId parent) -> void {
    const auto it = children.find(parent);
    if (it == children.end()) return;
    const std::vector<size_t> siblings = std::move(it->second);
    children.erase(it);  // A call that appears twice shows its callees once.
    for (const size_t i : siblings) {
      const CallRecord& record = log.calls[i];
      CallEvent event{.call = ids[i],
                      .form = EnterForm({ids[i], record.invocation.metadata}),
                      .received = record.received_at.has_value()};
      const auto observed = ResultOf(record.return_value, record.exception);
      if (record.fault && WasDelivered(record)) {
        event.fault = EnterFault(*record.fault);
        event.result = ResultOfFault(event.fault);
      }
      if (observed && (event.fault == kNoFault || IsLatency(*record.fault))) {
        event.result = EnterResult(*observed);
      }
      events.push_back(event);
      self(self, event.call);
    }
  };
  add(add, kFunctionalTest);
  // Calls whose caller is not in this log, though it is known: a lost message must not hide them.
  while (!children.empty()) {
    add(add, std::ranges::min_element(children, {}, [&](const auto& entry) {
               return std::tuple(entry.second.front(), entry.first);
             })->first);
  }
  return events;
}

std::vector<RequestAnswer> CallTable::EnterAnswers(const CallLog& log) {
  std::vector<std::pair<int, RequestAnswer>> ordered;
  for (const RequestRecord& request : log.requests) {
    const auto result = ResultOf(request.return_value, request.exception);
    if (!result || request.calls.empty()) continue;
    RequestAnswer answer{.result = EnterResult(*result)};
    for (const int call : request.calls) {
      if (const auto id = Find(IndexOf(log.calls[static_cast<size_t>(call)]))) {
        answer.calls.push_back(*id);
      }
    }
    if (!answer.calls.empty()) ordered.emplace_back(request.calls.front(), std::move(answer));
  }
  std::ranges::stable_sort(ordered, {}, &std::pair<int, RequestAnswer>::first);
  std::vector<RequestAnswer> answers;
  for (auto& [first, answer] : ordered) answers.push_back(std::move(answer));
  return answers;
}

std::vector<PlannedFault> CallTable::Planned(const FaultSet& faults) const {
  std::vector<PlannedFault> planned;
  planned.reserve(faults.size());
  for (const CallFault& fault : faults) {
    const KnownCall& known = calls_[fault.call];
    planned.push_back({.execution_index = known.invocation.execution_index,
                       .fault = this->fault(fault.fault),
                       .target_service_name = known.target_service_name,
                       .method = known.invocation.method});
  }
  return planned;
}

std::string CallTable::DescribeCall(CallId call) const {
  const KnownCall& known = calls_[call];
  const Invocation& invocation = known.invocation;
  std::string target = known.target_service_name.value_or("");
  if (target.empty() && !invocation.args.empty()) {
    const Json& first = invocation.args.front();
    target = first.is_string() ? first.get<std::string>() : first.dump();
  }
  std::string text = fmt::format("{} -> {}", invocation.source_service_name, target);
  if (!invocation.callsite_file.empty()) {
    text += fmt::format(" ({}{}{})", invocation.callsite_file,
                        invocation.callsite_line.empty() ? "" : ":", invocation.callsite_line);
  }
  return text;
}

std::string CallTable::Describe(const CallFault& fault) const {
  return fmt::format("{}: {}", DescribeCall(fault.call), FaultName(this->fault(fault.fault)));
}

}  // namespace filibuster
