#include "planner/model_runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace filibuster {
namespace {

constexpr int kInternalError = 500;
constexpr int kOk = 200;

std::uint64_t Mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ (value + 0x9e3779b97f4a7c15)) * 0xbf58476d1ce4e5b9;
  hash ^= hash >> 27;
  hash *= 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

// A client exception, or a code that only one can carry (gRPC).
bool IsException(const CallResult& result) {
  return !result.exception.empty() ||
         result.status_code.find_first_not_of("0123456789") != std::string::npos;
}

int StatusOf(const CallResult& result) {
  int status = 0;
  std::from_chars(result.status_code.data(), result.status_code.data() + result.status_code.size(),
                  status);
  return status;
}

std::string IndexUnder(const std::string& parent, const std::string& signature,
                       std::uint32_t count) {
  const std::string last = fmt::format("[{}, {}]]", Json(signature).dump(), count);
  return parent.empty() ? "[" + last : parent.substr(0, parent.size() - 1) + ", " + last;
}

}  // namespace

std::size_t ModelRunner::CallKeyHash::operator()(const CallKey& key) const {
  return Mix(Mix(key.parent, key.statement), key.count);
}

ModelRunner::ModelRunner(const ApplicationModel& model) : model_(model) {
  statements_.resize(model.calls + 1);
  for (const auto& [name, service] : model.services) {
    services_[name] = {&service, static_cast<std::uint32_t>(services_.size()), false};
    CollectCalls(service.body);
  }
}

void ModelRunner::CollectCalls(const Statements& statements) {
  for (const Statement& statement : statements) {
    if (const auto* call = std::get_if<CallStatement>(&statement.action)) {
      statements_[call->id] = call;
      for (const Clause& clause : call->on) {
        bodies_.emplace(clause.body_text, static_cast<std::uint32_t>(bodies_.size()));
        CollectCalls(clause.body);
      }
      CollectCalls(call->ok);
    } else if (const auto* branch = std::get_if<IfStatement>(&statement.action)) {
      CollectCalls(branch->then);
      CollectCalls(branch->otherwise);
    }
  }
}

ModelRunner::Taken ModelRunner::TakenBy(const CallStatement& statement, const CallResult& result) {
  const bool exception = IsException(result);
  if (!exception && StatusOf(result) == kOk) return {Taken::By::kSuccess, 0};
  for (std::uint32_t i = 0; i < statement.on.size(); ++i) {
    for (const std::string& fault : statement.on[i].faults) {
      const bool takes =
          fault == "any" || fault == (exception ? "exception" : "status") ||
          (!result.exception.empty() ? fault == result.exception : fault == result.status_code);
      if (takes) return {Taken::By::kClause, i};
    }
  }
  return {exception ? Taken::By::kNobodyException : Taken::By::kNobodyStatus, 0};
}

ModelRunner::CallIds ModelRunner::IdsOf(CallId parent, const Service& service,
                                        const CallStatement& statement, std::uint32_t count,
                                        CallTable& calls) {
  const CallKey key{parent, statement.id, count};
  if (const auto it = call_ids_.find(key); it != call_ids_.end()) return it->second;
  KnownCall call{.parent = parent};
  if (statement.instrumented) call.target_service_name = statement.service;
  Invocation& invocation = call.invocation;
  invocation.source_service_name = service.model->name;
  invocation.module = statement.module;
  invocation.method = statement.method;
  invocation.args = Json::array({statement.service});
  invocation.callsite_file = statement.path;
  if (statement.timeout) invocation.metadata["timeout"] = *statement.timeout;
  const std::string signature = fmt::format("{}:{}:{}.{}:{}", service.model->name, statement.site,
                                            statement.module, statement.method, statement.service);
  invocation.execution_index =
      IndexUnder(calls.call(parent).invocation.execution_index, signature, count);
  const Json metadata = invocation.metadata;
  const CallId id = calls.EnterCall(std::move(call));
  const CallIds ids{id, calls.EnterForm({id, metadata, statement.id})};
  call_ids_.emplace(key, ids);
  return ids;
}

ResultId ModelRunner::ResultOfStatus(int status, CallTable& calls) {
  const auto at = static_cast<size_t>(status);
  if (results_.size() <= at) results_.resize(at + 1, kNoResult);
  if (results_[at] == kNoResult) {
    results_[at] = calls.EnterResult({.status_code = std::to_string(status)});
  }
  return results_[at];
}

// One execution.
class ModelRunner::Interpreter {
 public:
  Interpreter(ModelRunner& runner, const FaultSet& faults, CallTable& calls)
      : runner_(runner), faults_(faults), calls_(calls) {}

  // The status that `service` answers.
  int Request(Service& service, CallId request) {
    Frame frame{.service = service,
                .request = request,
                .flags = std::vector<bool>(service.model->flags),
                .counts = std::vector<std::uint32_t>(service.model->signatures),
                .by_entry = Mix(1, service.number),
                .by_outcome = Mix(2, service.number)};
    service.active = true;
    const int status = Run(service.model->body, frame).value_or(kOk);
    service.active = false;
    if (!error) {
      const auto answered = static_cast<std::uint64_t>(status);
      runner_.behaviours_.by_entry.insert(Mix(frame.by_entry, answered));
      runner_.behaviours_.by_outcome.insert(Mix(frame.by_outcome, answered));
    }
    return status;
  }

  std::vector<CallEvent> events;
  std::optional<Error> error;

 private:
  struct Frame {
    Service& service;
    CallId request;
    std::vector<bool> flags;
    std::vector<std::uint32_t> counts;  // by signature
    std::uint64_t by_entry;
    std::uint64_t by_outcome;
  };

  // The status returned, if a statement does.
  std::optional<int> Run(const Statements& statements, Frame& frame) {
    for (const Statement& statement : statements) {
      std::optional<int> status;
      if (const auto* call = std::get_if<CallStatement>(&statement.action)) {
        status = Call(*call, frame);
      } else if (const auto* end = std::get_if<ReturnStatement>(&statement.action)) {
        status = end->status_code;
      } else if (const auto* set = std::get_if<SetStatement>(&statement.action)) {
        frame.flags[set->flag] = true;
      } else {
        const auto& branch = std::get<IfStatement>(statement.action);
        status = Run(frame.flags[branch.flag] ? branch.then : branch.otherwise, frame);
      }
      if (status || error) return status;
    }
    return std::nullopt;
  }

  std::optional<int> Call(const CallStatement& statement, Frame& frame) {
    const std::uint32_t count = ++frame.counts[statement.signature];
    const auto [id, form] = runner_.IdsOf(frame.request, frame.service, statement, count, calls_);
    const size_t at = events.size();
    events.push_back({.call = id, .form = form});
    const auto planned = std::ranges::find(faults_, id, &CallFault::call);
    if (planned != faults_.end()) {
      events[at].fault = planned->fault;
      events[at].result = calls_.ResultOfFault(planned->fault);
    } else {
      const int status = statement.instrumented ? Serve(statement, id) : kOk;
      if (error) return std::nullopt;
      events[at].received = statement.instrumented;
      events[at].result = runner_.ResultOfStatus(status, calls_);
    }

    const Taken taken = TakenBy(statement, calls_.result(events[at].result));
    const std::uint64_t call = frame.service.number << 16 | statement.signature;
    const bool by_clause = taken.by == Taken::By::kClause;
    const bool escapes = taken.by == Taken::By::kNobodyException;
    frame.by_entry = Mix(frame.by_entry, call);
    frame.by_outcome = Mix(frame.by_outcome, call);
    if (by_clause) {
      const Clause& clause = statement.on[taken.clause];
      frame.by_entry = Mix(frame.by_entry, std::uint64_t{statement.id} << 32 | (taken.clause + 2));
      frame.by_outcome = Mix(frame.by_outcome, runner_.bodies_.at(clause.body_text) + 2);
      return Run(clause.body, frame);
    }
    // A status that no clause takes is treated as success.
    frame.by_entry = Mix(frame.by_entry, escapes);
    frame.by_outcome = Mix(frame.by_outcome, escapes);
    if (escapes) return kInternalError;
    return Run(statement.ok, frame);
  }

  int Serve(const CallStatement& statement, CallId id) {
    Service& callee = runner_.services_.at(statement.service);
    if (callee.active) {
      // It does for this request what it did for the one that led here, and so on without end.
      error =
          Error{fmt::format("{}: {}: found a call to \"{}\" while that handles a request that led "
                            "here, expected call cycles to end",
                            runner_.model_.file, statement.path, statement.service)};
      return kInternalError;
    }
    return Request(callee, id);
  }

  ModelRunner& runner_;
  const FaultSet& faults_;
  CallTable& calls_;
};

std::expected<TestExecution, Error> ModelRunner::Run(const FaultSet& faults, CallTable& calls) {
  Interpreter interpreter(*this, faults, calls);
  const int status = interpreter.Request(services_.at(model_.entry), kFunctionalTest);
  if (interpreter.error) return std::unexpected(*std::move(interpreter.error));
  behaviours_.answers.emplace(status, !faults.empty());
  TestExecution execution{.faults = faults, .calls = std::move(interpreter.events)};
  if (model_.expect) {
    const std::vector<int> expected = faults.empty() ? std::vector{kOk} : *model_.expect;
    if (std::ranges::find(expected, status) == expected.end()) {
      execution.verdict = Failed{fmt::format("{} answered {}, expected {}", model_.entry, status,
                                             fmt::join(expected, " or "))};
    }
  }
  return execution;
}

HandlerFacts ModelRunner::Facts() const {
  return [this](const CallForm& form, const CallResult& result) -> std::optional<Branch> {
    const CallStatement& statement = *statements_[form.site];
    const Taken taken = TakenBy(statement, result);
    switch (taken.by) {
      case Taken::By::kSuccess:
        return std::nullopt;
      case Taken::By::kNobodyException:
        return Branch{"escapes", "escapes", Outcome::Kind::kEscapes, false,
                      "no clause at " + statement.path};
      case Taken::By::kNobodyStatus:
        return Branch{"taken as success", "taken as success", Outcome::Kind::kContinues, false,
                      "no clause at " + statement.path};
      case Taken::By::kClause:
        break;
    }
    const Clause& clause = statement.on[taken.clause];
    const bool answers =
        !clause.body.empty() && std::holds_alternative<ReturnStatement>(clause.body.front().action);
    return Branch{fmt::format("clause {}", taken.clause), clause.body_text,
                  answers ? Outcome::Kind::kAnswers : Outcome::Kind::kContinues, true,
                  fmt::format("clause {} at {}", taken.clause, statement.path)};
  };
}

}  // namespace filibuster
