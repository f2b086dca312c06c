#include "runtime/control_handler.h"

#include <fmt/format.h>

#include <expected>
#include <optional>
#include <utility>

#include "base/json_nesting.h"
#include "runtime/execution_index.h"
#include "runtime/message_reader.h"
#include "runtime/message_text.h"
#include "runtime/request_path.h"

namespace filibuster {
namespace {

// A client that sends nothing but mistakes must not fill the memory or the report.
constexpr int kMaxLoggedRefusals = 100;
constexpr size_t kMaxReasonLength = 500;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ControlAnswer Answer(const Json& json) { return {200, Dump(json)}; }

// Or the answer that refuses what was found in its place.
template <typename T>
using OrRefusal = std::expected<T, ControlAnswer>;

std::unexpected<ControlAnswer> Refuse(std::string_view reason) {
  return std::unexpected(RefusedRequest(400, reason));
}

OrRefusal<Json> ParseBody(std::string_view text) {
  if (IsNestedTooDeep(text)) {
    return Refuse(fmt::format("the body is nested deeper than {} levels", kMaxJsonNesting));
  }
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    const std::string_view what = error.what();
    const size_t end_of_tag = what.find("] ");  // "[json.exception.parse_error.101] parse error…"
    return Refuse(fmt::format("the body is not JSON: {}",
                              what.substr(what.npos == end_of_tag ? 0 : end_of_tag + 2)));
  }
}

OrRefusal<Invocation> ParseInvocation(std::string_view body) {
  if (auto invocation = ReadInvocation(body)) return *std::move(invocation);
  const OrRefusal<Json> json = ParseBody(body);
  if (!json) return std::unexpected(json.error());
  std::string error;
  auto invocation = InvocationFromJson(*json, &error);
  if (!invocation) return Refuse(error);
  if (const std::string type = json->value("instrumentation_type", Json()).dump();
      type != "\"invocation\"") {
    return Refuse("instrumentation_type: found " + type + ", expected \"invocation\"");
  }
  if (invocation->source_service_name.empty()) {
    return Refuse("source_service_name: found \"\", expected a name");
  }
  return *std::move(invocation);
}

OrRefusal<Update> ParseUpdate(std::string_view body) {
  if (auto update = ReadUpdate(body)) return *std::move(update);
  const OrRefusal<Json> json = ParseBody(body);
  if (!json) return std::unexpected(json.error());
  std::string error;
  auto update = UpdateFromJson(*json, &error);
  if (!update) return Refuse(error);
  return *std::move(update);
}

const Json& Listing() {
  static const Json listing = {{"uri", "/"},
                               {"subresource_uris",
                                {{"create", "filibuster/create"},
                                 {"fault-injected", "filibuster/fault-injected"},
                                 {"health-check", "health-check"},
                                 {"new-test-execution", "filibuster/new-test-execution"},
                                 {"update", "filibuster/update"}}}};
  return listing;
}

}  // namespace

ControlAnswer RefusedRequest(int status, std::string_view reason) {
  return {status, Dump({{"error", reason}})};
}

void ControlHandler::BeginTestExecution(std::vector<PlannedFault> faults,
                                        const UnstableSites& unstable) {
  const std::lock_guard lock(mutex_);
  first_generated_id_ += static_cast<int>(log_.calls.size());
  active_ = true;
  stable_index_ = StableIndex(unstable);
  planned_.clear();
  for (PlannedFault& fault : faults) {
    std::string execution_index = fault.execution_index;
    planned_.emplace(std::move(execution_index), std::move(fault));
  }
  services_seen_.clear();
  log_ = {};
  load_.reset();
  refusals_ = 0;
  messages_ = 0;
}

CallLog ControlHandler::EndTestExecution() {
  const std::lock_guard lock(mutex_);
  if (!active_) return {};
  active_ = false;
  first_generated_id_ += static_cast<int>(log_.calls.size());
  EndRefusals();
  return std::exchange(log_, {});
}

void ControlHandler::BeginLoad(std::vector<PlannedFault> faults) {
  BeginTestExecution(std::move(faults));
  const std::lock_guard lock(mutex_);
  load_.emplace();
}

LoadLog ControlHandler::EndLoad() {
  const std::lock_guard lock(mutex_);
  if (!load_) return {};
  active_ = false;
  EndRefusals();
  load_->bad_requests = std::exchange(log_, {}).bad_requests;
  LoadLog load = *std::move(load_);
  load_.reset();
  return load;
}

void ControlHandler::EndRefusals() {
  if (refusals_ <= kMaxLoggedRefusals) return;
  log_.bad_requests.push_back(
      fmt::format("and {} more refused requests", refusals_ - kMaxLoggedRefusals));
}

ControlAnswer ControlHandler::Handle(std::string_view method, std::string_view target,
                                     std::string_view body) {
  ControlAnswer answer = HandleUnlogged(method, target, body);
  if (answer.status != 200) {
    const std::string reason = Json::parse(answer.body)["error"].get<std::string>();
    LogRefusal(fmt::format("{} {}: {}: {}", method, target.substr(0, 200), answer.status, reason));
  }
  return answer;
}

void ControlHandler::LogRefusal(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (!active_) {
    ++stray_messages_;
    return;
  }
  if (++refusals_ > kMaxLoggedRefusals) return;
  std::string kept(reason.substr(0, kMaxReasonLength));
  for (char& c : kept) {
    if (c < ' ' || c > '~') c = '?';  // whatever was sent, the report stays readable
  }
  log_.bad_requests.push_back(std::move(kept));
}

int ControlHandler::stray_messages() const {
  const std::lock_guard lock(mutex_);
  return stray_messages_;
}

ControlAnswer ControlHandler::HandleUnlogged(std::string_view method, std::string_view target,
                                             std::string_view body) {
  // The two that come all the time.
  if (target == "/filibuster/update" && method == "POST") return Update(body);
  if (target == "/filibuster/create" && method == "PUT") return Create(body);
  const Segments path = PathSegments(target);
  const auto is = [&](std::string_view resource) {
    return path.size() == 2 && path[0] == "filibuster" && path[1] == resource;
  };
  const auto allow = [&](std::string_view allowed, auto&& handle) {
    if (method == allowed) return handle();
    return RefusedRequest(405, fmt::format("method not allowed, expected {}", allowed));
  };
  if (is("create")) return allow("PUT", [&] { return Create(body); });
  if (is("update")) return allow("POST", [&] { return Update(body); });
  if (path.size() == 1 && path[0].empty()) return allow("GET", [] { return Answer(Listing()); });
  if (path.size() == 1 && path[0] == "health-check") {
    return allow("GET", [] { return Answer({{"status", "OK"}}); });
  }
  if (path.size() == 3 && path[0] == "filibuster" && path[1] == "new-test-execution" &&
      !path[2].empty()) {
    return allow("GET", [&] { return NewTestExecution(path[2]); });
  }
  if (path.size() >= 2 && path[0] == "filibuster" && path[1] == "fault-injected") {
    return allow("GET", [&] { return FaultInjected({path.begin() + 2, path.end()}); });
  }
  return RefusedRequest(404, "no such path");
}

ControlAnswer ControlHandler::Create(std::string_view body) {
  OrRefusal<Invocation> invocation = ParseInvocation(body);
  if (!invocation) return invocation.error();
  const auto index = ParseExecutionIndex(invocation->execution_index);
  if (!index || index->empty()) {
    return RefusedRequest(400, fmt::format("execution_index: found {}, expected a list of "
                                           "[signature, count] as text",
                                           Dump(invocation->execution_index)));
  }

  CreateAnswer answer;
  answer.execution_index = invocation->execution_index;
  {
    const std::lock_guard lock(mutex_);
    if (!active_) {
      // The call is not of this execution nor of the next: its id is used up all the same.
      ++stray_messages_;
      answer.generated_id = first_generated_id_++;
      return {200, MessageText(answer)};
    }
    if (load_) {
      answer.generated_id = first_generated_id_++;
      ++load_->calls;
      const auto planned = planned_.find(invocation->execution_index);
      if (planned != planned_.end()) {
        answer.fault = planned->second.fault;
        ++load_->injected[planned->first];
      } else {
        answer.under_load = true;
      }
      return {200, MessageText(answer)};
    }
    CallRecord call;
    call.generated_id = static_cast<int>(log_.calls.size());
    call.created_at = messages_++;
    call.stable_index = stable_index_.Of(*invocation);
    const auto planned = planned_.find(call.stable_index);
    if (planned != planned_.end()) call.fault = planned->second.fault;
    answer.generated_id = first_generated_id_ + call.generated_id;
    answer.fault = call.fault;
    answer.request_complete = index->size() == 1;
    call.invocation = *std::move(invocation);
    log_.calls.push_back(std::move(call));
  }
  return {200, MessageText(answer)};
}

CallRecord* ControlHandler::FindCall(int generated_id, const std::string& execution_index,
                                     ControlAnswer* refusal) {
  const int end = first_generated_id_ + static_cast<int>(log_.calls.size());
  if (generated_id < 0 || generated_id >= end) {
    *refusal = RefusedRequest(
        404,
        fmt::format("generated_id: found {}, which no create was answered with", generated_id));
    return nullptr;
  }
  if (generated_id < first_generated_id_) {
    if (!load_) ++stray_messages_;
    return nullptr;
  }
  CallRecord& call = log_.calls[static_cast<size_t>(generated_id - first_generated_id_)];
  if (call.invocation.execution_index != execution_index) {
    *refusal = RefusedRequest(
        409, fmt::format("execution_index: found {}, expected {}, the one that generated_id {} was "
                         "created with",
                         execution_index, call.invocation.execution_index, generated_id));
    return nullptr;
  }
  return &call;
}

ControlAnswer ControlHandler::Update(std::string_view body) {
  auto update = ParseUpdate(body);
  if (!update) return update.error();

  const std::lock_guard lock(mutex_);
  ControlAnswer answer{200, load_ ? R"({"under_load": true})" : "{}"};
  if (auto* complete = std::get_if<RequestComplete>(&*update)) {
    return CompleteRequest(*std::move(complete));
  }
  if (auto* received = std::get_if<RequestReceived>(&*update)) {
    CallRecord* call = FindCall(received->generated_id, received->execution_index, &answer);
    // A client library may send a request again (a stale connection, a redirect): the first counts.
    if (call != nullptr && !call->received_at) {
      call->received_at = messages_++;
      call->target_service_name = std::move(received->target_service_name);
    }
    return answer;
  }
  auto& complete = std::get<InvocationComplete>(*update);
  CallRecord* call = FindCall(complete.generated_id, complete.execution_index, &answer);
  if (call == nullptr) return answer;
  if (call->completed_at) {
    return RefusedRequest(409,
                          fmt::format("invocation_complete: generated_id {} is complete already",
                                      complete.generated_id));
  }
  call->completed_at = messages_++;
  call->return_value = std::move(complete.return_value);
  call->exception = std::move(complete.exception);
  return answer;
}

ControlAnswer ControlHandler::CompleteRequest(RequestComplete complete) {
  RequestRecord request{.return_value = std::move(complete.return_value),
                        .exception = std::move(complete.exception)};
  for (const int id : complete.generated_ids) {
    const int end = first_generated_id_ + static_cast<int>(log_.calls.size());
    if (id >= end) {
      return RefusedRequest(
          404, fmt::format("generated_ids: found {}, which no create was answered with", id));
    }
    if (id >= first_generated_id_) request.calls.push_back(id - first_generated_id_);
  }
  // One that began in an earlier execution is not of this one.
  if (request.calls.empty() || request.calls.size() < complete.generated_ids.size()) {
    ++stray_messages_;
  } else {
    log_.requests.push_back(std::move(request));
  }
  return {200, "{}"};
}

ControlAnswer ControlHandler::NewTestExecution(const std::string& service) {
  const std::lock_guard lock(mutex_);
  if (!active_) ++stray_messages_;
  // A stray must not use up the answer that the service needs in the next execution.
  const bool first = load_ || (active_ && services_seen_.insert(service).second);
  Json answer = {{"new-test-execution", first}};
  if (load_) answer["under_load"] = true;
  return Answer(answer);
}

// {}, {SERVICE}, {"service", SERVICE} or {"method", SERVICE, METHOD...}
ControlAnswer ControlHandler::FaultInjected(const Segments& condition) const {
  std::optional<std::string> service;
  std::optional<std::string> method;
  if (condition.size() == 1) {
    service = condition[0];
  } else if (condition.size() == 2 && condition[0] == "service") {
    service = condition[1];
  } else if (condition.size() >= 3 && condition[0] == "method") {
    service = condition[1];
    // A gRPC method has a slash of its own: package.Service/Method.
    method = fmt::format("{}", fmt::join(condition.begin() + 2, condition.end(), "/"));
  } else if (!condition.empty()) {
    return RefusedRequest(404, "no such path");
  }

  const auto meets = [&](const PlannedFault& planned, const std::optional<std::string>& target,
                         const std::string& called) {
    if (service &&
        (planned.target_service_name ? planned.target_service_name : target) != service) {
      return false;
    }
    return !method || *method == planned.method.value_or(called);
  };
  const std::lock_guard lock(mutex_);
  bool result = false;
  for (const CallRecord& call : log_.calls) {
    if (result) break;
    if (!call.fault) continue;
    result = meets(planned_.find(IndexOf(call))->second, call.target_service_name,
                   call.invocation.method);
  }
  // Under load: of all test executions, which have the same faults.
  for (const auto& [index, count] : load_ ? load_->injected : std::map<std::string, int>()) {
    result = result || meets(planned_.find(index)->second, std::nullopt, "");
  }
  return Answer({{"result", result}});
}

}  // namespace filibuster
