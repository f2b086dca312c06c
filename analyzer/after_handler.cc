#include "analyzer/after_handler.h"

#include <algorithm>
#include <utility>

#include "analyzer/handler_runs.h"
#include "analyzer/status.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

void DropStepsAfter(std::size_t count, AssumedFault& fault) {
  if (fault.steps.size() > count) fault.steps.resize(count);
}

}  // namespace

const RegisteredHandler* AfterHandler::Find(const RegisteredHandler& of,
                                            RegisteredHandler::Kind kind) const {
  const RegisteredHandler* found = nullptr;
  for (const RegisteredHandler& handler : facts_.handlers) {
    if (handler.kind != kind || handler.library != of.library) continue;
    if (found == nullptr || handler.server == of.server) found = &handler;
  }
  return found;
}

Results AfterHandler::Finish(const RegisteredHandler& handler, const Place& response,
                             Result result) {
  Results results;
  for (Result& answered : MapException(handler, response, std::move(result))) {
    for (Result& final : RewriteError(handler, response, std::move(answered))) {
      results.push_back(std::move(final));
    }
  }
  return results;
}

Results AfterHandler::RewriteError(const RegisteredHandler& handler, const Place& response,
                                   Result result) {
  const RegisteredHandler* rewriting = Find(handler, RegisteredHandler::Kind::kErrors);
  Place field = response;
  field.path.push_back(handler.library->status_field);
  const Value status = result.state.memory.Read(field);
  const bool is_error = status.Is(Kind::kInt) && StatusOf(*handler.library, status).IsError();
  if (rewriting == nullptr || result.completion != Completion::kValue || !is_error) {
    return {std::move(result)};
  }
  const Value value = result.value;
  const std::size_t steps = result.state.fault ? result.state.fault->steps.size() : 0;
  const Values arguments = {Value::Unknown("the request"), Value::Alias(response)};
  Results results = interpreter_.Invoke(rewriting->handler, arguments, std::move(result.state));
  for (Result& rewritten : results) {
    if (rewritten.completion != Completion::kValue) continue;
    rewritten.value = value;
    // It looks at every error, whoever made it: it takes no fault.
    if (rewritten.state.fault) DropStepsAfter(steps, *rewritten.state.fault);
  }
  return results;
}

Results AfterHandler::MapException(const RegisteredHandler& handler, const Place& response,
                                   Result result) {
  if (result.completion != Completion::kThrow) {
    if (result.completion == Completion::kValue) result.value = {};
    return {std::move(result)};
  }
  const RegisteredHandler* mapping = Find(handler, RegisteredHandler::Kind::kExceptions);
  if (mapping == nullptr) return {std::move(result)};
  const Value thrown = result.value;
  const int origin = ThrownAt(thrown);
  const bool had_fault = result.state.fault.has_value();
  const std::size_t steps = had_fault ? result.state.fault->steps.size() : 0;
  Values arguments;
  const int response_index = mapping->row->Parameter("response").value_or(1);
  const int exception_index = mapping->row->Parameter("exception").value_or(2);
  for (int i = 0; i <= std::max(response_index, exception_index); ++i) {
    arguments.push_back(i == response_index ? Value::Alias(response)
                        : i == exception_index
                            ? Value::Of(Object{.type = "", .fields = {{"$exception", thrown}}})
                            : Value::Unknown("the request"));
  }
  interpreter_.KeepCatches(true);
  result.state.last_catch = nullptr;
  Results results =
      interpreter_.Invoke(mapping->handler, std::move(arguments), std::move(result.state));
  interpreter_.KeepCatches(false);
  for (Result& mapped : results) {
    // How the server finds the status is no branch that the fault takes, unless it is one of a call
    // that is made here.
    const bool begins_here = mapped.state.fault && !had_fault;
    if (mapped.state.fault && !begins_here) DropStepsAfter(steps, *mapped.state.fault);
    if (mapped.completion != Completion::kValue) continue;
    // A clause for everything says nothing of this exception: it escaped.
    const Node* clause = mapped.state.last_catch;
    const bool is_generic = !begins_here && (clause == nullptr || clause->type.empty() ||
                                             program_.TypeName(clause->type) == "std::exception");
    mapped.value = Value::Int(is_generic ? kEscaped : kMapped);
    mapped.value.origin = origin;
  }
  return results;
}

}  // namespace filibuster
