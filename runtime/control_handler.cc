#include "runtime/control_handler.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "runtime/execution_index.h"
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

ControlAnswer NoSuchPath(std::string_view target) {
  return RefusedRequest(404, fmt::format("path: found {}, expected one that GET / lists",
                                         target.substr(0, kMaxReasonLength / 2)));
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

ControlHandler::ControlHandler(std::unique_ptr<Mailbox> mailbox)
    : mailbox_(std::move(mailbox)),
      update_answer_(mailbox_ ? Dump({{"mailbox", mailbox_->name()}}) : "{}") {}

void ControlHandler::BeginTestExecution(std::vector<PlannedFault> faults,
                                        const UnstableSites& unstable) {
  // Which call is planned is known by its own index, unless parts of that are left out.
  const bool known_by_index = faults.empty() || unstable.empty();
  std::vector<std::string> indexes;
  for (const PlannedFault& fault : faults) indexes.push_back(fault.execution_index);
  Begin(std::move(faults), unstable);
  const std::lock_guard lock(emptying_);
  if (mailbox_ && known_by_index) mailbox_->HangUp(indexes);
}

void ControlHandler::Begin(std::vector<PlannedFault> faults, const UnstableSites& unstable) {
  TakeDownMailbox();
  const std::lock_guard lock(mutex_);
  first_generated_id_ = EndOfIds();
  calls_by_id_.clear();
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
  TakeDownMailbox();
  const std::lock_guard lock(mutex_);
  if (!active_) return {};
  active_ = false;
  first_generated_id_ = EndOfIds();
  calls_by_id_.clear();
  EndRefusals();
  return std::exchange(log_, {});
}

void ControlHandler::BeginLoad(std::vector<PlannedFault> faults) {
  Begin(std::move(faults), {});
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
  EmptyMailbox();
  ControlAnswer answer = HandleUnlogged(method, target, body);
  if (answer.status != 200) LogRefusal(method, target, answer);
  return answer;
}

void ControlHandler::EmptyMailbox() {
  if (!mailbox_) return;
  const std::lock_guard lock(emptying_);
  mailbox_->Empty([&](MessageBag::Kind kind, int generated_id, std::string_view text) {
    const std::string kept(text);  // while others may write there
    if (kind == MessageBag::Kind::kCreate) {
      const ControlAnswer answer = Create(kept, generated_id);
      if (answer.status != 200) LogRefusal("PUT", "mailbox", answer);
    } else if (kind == MessageBag::Kind::kUpdate) {
      const ControlAnswer answer = Update(kept);
      if (answer.status != 200) LogRefusal("POST", "mailbox", answer);
    }
  });
}

void ControlHandler::TakeDownMailbox() {
  if (!mailbox_) return;
  {
    const std::lock_guard lock(emptying_);
    mailbox_->TakeDown();
  }
  EmptyMailbox();
}

void ControlHandler::LogRefusal(std::string_view method, std::string_view target,
                                const ControlAnswer& answer) {
  const std::string reason = Json::parse(answer.body)["error"].get<std::string>();
  LogRefusal(fmt::format("{} {}: {}: {}", method, target.substr(0, 200), answer.status, reason));
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
    return RefusedRequest(405, fmt::format("method: found {}, expected {}", method, allowed));
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
    return allow("GET", [&] { return FaultInjected(target, {path.begin() + 2, path.end()}); });
  }
  return NoSuchPath(target);
}

ControlAnswer ControlHandler::Answered(const CreateAnswer& answer) const {
  std::string text = MessageText(answer);
  if (mailbox_) {
    text.back() = ',';
    text.append(update_answer_, 1);
  }
  return {200, std::move(text)};
}

ControlAnswer ControlHandler::Create(std::string_view body, std::optional<int> given_id) {
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
      answer.generated_id = NextId();
      first_generated_id_ = EndOfIds();
      return Answered(answer);
    }
    if (load_) {
      answer.generated_id = NextId();
      first_generated_id_ = EndOfIds();
      ++load_->calls;
      const auto planned = planned_.find(invocation->execution_index);
      if (planned != planned_.end()) {
        answer.fault = planned->second.fault;
        ++load_->injected[planned->first];
      } else {
        answer.under_load = true;
      }
      return Answered(answer);
    }
    answer.generated_id = given_id ? *given_id : NextId();
    const bool is_earlier = answer.generated_id < first_generated_id_;
    if (is_earlier || answer.generated_id >= EndOfIds()) {
      return RefusedRequest(404,
                            fmt::format("generated_id: found {}, expected {}", answer.generated_id,
                                        is_earlier ? fmt::format("{} or more", first_generated_id_)
                                                   : fmt::format("less than {}", EndOfIds())));
    }
    if (!calls_by_id_.emplace(answer.generated_id, log_.calls.size()).second) {
      return RefusedRequest(409, fmt::format("generated_id: found {}, expected one that no other "
                                             "call of this test execution has",
                                             answer.generated_id));
    }
    CallRecord call;
    call.generated_id = static_cast<int>(log_.calls.size());
    call.created_at = messages_++;
    call.stable_index = stable_index_.Of(*invocation);
    const auto planned = planned_.find(call.stable_index);
    if (planned != planned_.end() && !given_id) call.fault = planned->second.fault;
    answer.fault = call.fault;
    answer.request_complete = index->size() == 1;
    call.invocation = *std::move(invocation);
    log_.calls.push_back(std::move(call));
    if (given_id) return {200, "{}"};
  }
  return Answered(answer);
}

ControlAnswer ControlHandler::UnknownId(std::string_view field, int id) const {
  return RefusedRequest(404, fmt::format("{}: found {}, expected one that a create was answered "
                                         "with, as {} of this test execution were",
                                         field, id, calls_by_id_.size()));
}

CallRecord* ControlHandler::FindCall(int generated_id, const std::string& execution_index,
                                     ControlAnswer* refusal) {
  const auto known = calls_by_id_.find(generated_id);
  const bool is_earlier = generated_id >= 0 && generated_id < first_generated_id_;
  if (known == calls_by_id_.end() && !is_earlier) {
    *refusal = UnknownId("generated_id", generated_id);
    return nullptr;
  }
  if (is_earlier) {
    if (!load_) ++stray_messages_;
    return nullptr;
  }
  CallRecord& call = log_.calls[known->second];
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
  ControlAnswer answer{200, load_ ? R"({"under_load": true})" : update_answer_};
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
    return RefusedRequest(409, fmt::format("invocation_complete: found a second one of "
                                           "generated_id {}, expected one",
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
    const auto known = calls_by_id_.find(id);
    if (known != calls_by_id_.end()) {
      request.calls.push_back(static_cast<int>(known->second));
    } else if (id >= first_generated_id_) {
      return UnknownId("generated_ids", id);
    }
  }
  // One that began in an earlier execution is not of this one.
  if (request.calls.empty() || request.calls.size() < complete.generated_ids.size()) {
    ++stray_messages_;
  } else {
    log_.requests.push_back(std::move(request));
  }
  return {200, update_answer_};
}

ControlAnswer ControlHandler::NewTestExecution(const std::string& service) {
  const std::lock_guard lock(mutex_);
  if (!active_) ++stray_messages_;
  // A stray must not use up the answer that the service needs in the next execution.
  const bool first = load_ || (active_ && services_seen_.insert(service).second);
  Json answer = {{"new-test-execution", first}};
  if (load_) answer["under_load"] = true;
  if (mailbox_) answer["mailbox"] = mailbox_->name();
  return Answer(answer);
}

// {}, {SERVICE}, {"service", SERVICE} or {"method", SERVICE, METHOD...}
ControlAnswer ControlHandler::FaultInjected(std::string_view target,
                                            const Segments& condition) const {
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
    return NoSuchPath(target);
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
