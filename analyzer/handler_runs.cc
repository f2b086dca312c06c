#include "analyzer/handler_runs.h"

#include <algorithm>
#include <utility>

#include "analyzer/interpreter.h"
#include "analyzer/library_fields.h"
#include "analyzer/status.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

// The function that is called for a request, if it is one.
const FunctionFacts* FunctionOf(const RegisteredHandler& handler) {
  if (!handler.handler.Is(Kind::kFunction)) return nullptr;
  return handler.handler.closure().function.function;
}

// Of an exception that leaves a function whose interface says what it throws: itself if that is
// among it, and nothing otherwise.
std::optional<Value> DeclaredStatus(const Program& program, const FunctionFacts& function,
                                    const Object& thrown) {
  const auto takes = [&](const std::string& declared) {
    return program.DerivesFrom(thrown.type, declared);
  };
  const auto declared = std::ranges::find_if(function.throws, takes);
  if (declared != function.throws.end()) return Value::Int(1, program.TypeName(*declared));
  const bool may_be_derived = thrown.fields.contains(kOrDerived) &&
                              std::ranges::any_of(function.throws, [&](const std::string& one) {
                                return program.DerivesFrom(one, thrown.type);
                              });
  if (may_be_derived) return Value::Unknown("that of an exception whose class is not known");
  return std::nullopt;
}

// The status that an exception stands for, to the library of a handler.
std::optional<Value> ThrownStatus(const Program& program, const RegisteredHandler& handler,
                                  const Value& thrown) {
  if (!thrown.Is(Kind::kObject)) return std::nullopt;
  const LibraryModel& library = *handler.library;
  const std::string& type = thrown.object().type;
  if (!library.thrown_status.empty()) {
    // What a call failed with is one of the library's or of its interface's.
    const bool is_of_call = thrown.object().fields.contains(kResult);
    if (!is_of_call && !program.DerivesFrom(type, "std::exception")) {
      return Value::Unknown("not known: the server takes exceptions of std::exception only");
    }
    const FunctionFacts* function = FunctionOf(handler);
    if (function != nullptr && function->has_throws) {
      return DeclaredStatus(program, *function, thrown.object());
    }
    // It may be oneway, and answer nothing.
    return Value::Unknown("not known: it was not seen what its interface declares");
  }
  const auto field = thrown.object().fields.find(library.status_field);
  if (field != thrown.object().fields.end()) return field->second;
  const auto status = program.ThrownStatus(library, type);
  return status ? std::optional(Value::Int(*status)) : std::nullopt;
}

// A status as it is told: with the library's name for it, and with that of one that is not set.
Value AnswerOf(const LibraryModel& library, const Value& status) {
  Values answers;
  for (const Value& one : status.Alternatives()) {
    Value answer = one;
    if (one.Is(Kind::kInt)) {
      const Value number = one.number() == kUnset ? Value::Int(library.default_status) : one;
      answer = ValueOf(StatusOf(library, number));
      answer.Taint(one);
      answer.is_passed_on = one.is_passed_on;
      answer.origin = one.origin;
    }
    answers.push_back(std::move(answer));
  }
  Value answer = Value::Choice(answers);
  if (answer.origin < 0) answer.origin = status.origin;
  return answer;
}

// Who calls the function was not seen, and gets what it throws and returns.
void BlindOfCaller(const std::string& function, Result& result) {
  std::optional<AssumedFault>& fault = result.state.fault;
  if (!fault || !fault->blind.empty()) return;
  const Value& value = result.value;
  const bool is_nothing =
      value.Is(Kind::kUnknown) && (value.text().empty() || value.text() == "nothing");
  if (result.completion == Completion::kThrow) {
    fault->blind = "leaves " + function + ", whose caller was not seen";
  } else if (result.completion == Completion::kValue && value.from_fault && !is_nothing) {
    fault->blind = "hands what the call left to who calls " + function + ", which was not seen";
  }
}

}  // namespace

void Differences(const Place& place, const Value& before, const Value& after,
                 std::vector<Place>& places) {
  if (before == after) return;
  if (!before.Is(Kind::kObject) || !after.Is(Kind::kObject)) {
    places.push_back(place);
    return;
  }
  for (const auto& [name, value] : after.object().fields) {
    Place field = place;
    field.path.push_back(name);
    const auto old = before.object().fields.find(name);
    if (old == before.object().fields.end()) {
      places.push_back(std::move(field));
    } else {
      Differences(field, old->second, value, places);
    }
  }
}

std::vector<RegisteredHandler> HandlersByRule(const Program& program, const ServiceFacts& facts,
                                              const std::vector<FunctionRef>& functions,
                                              const State& state) {
  std::vector<RegisteredHandler> handlers;
  State at_start = state;
  for (const Listening& listening : facts.listening) {
    if (!listening.state.fault) at_start = listening.state;
  }
  constexpr int kFirst = -1'000'000;  // on the heap, where no node of a program is kept
  int object = kFirst;
  for (const LibraryModel& library : program.models()) {
    if (library.handlers.empty()) continue;
    for (const FunctionRef& function : functions) {
      if (!program.IsHandler(library, *function.function, /*registered=*/false)) continue;
      const bool is_known = std::ranges::any_of(facts.handlers, [&](const auto& known) {
        return known.handler.Is(Kind::kFunction) && known.handler.closure().function == function;
      });
      if (is_known) continue;
      RegisteredHandler handler{.library = &library, .state = at_start};
      Closure closure{function, {}};
      if (!function.function->class_usr.empty()) {
        const Place self{{Root::kHeap, object--}, {}};
        handler.state.memory.Set(
            self.root, Value::Of(Object{.type = function.function->class_usr, .fields = {}}));
        closure.captures.emplace_back(kThisVariable, Value::Pointer(self));
      }
      handler.handler = Value::Of(std::move(closure));
      handlers.push_back(std::move(handler));
    }
  }
  return handlers;
}

std::vector<State> StartsOf(const ServiceFacts& facts, const RegisteredHandler& handler) {
  constexpr std::size_t kMaxStarts = 4;
  std::vector<State> starts;
  for (const Listening& listening : facts.listening) {
    // An object that handles requests may have been made since.
    if (handler.row == nullptr || handler.row->Argument("service")) break;
    if (listening.server == handler.server && !listening.state.fault) {
      starts.push_back(listening.state);
    }
  }
  if (starts.empty()) starts.push_back(handler.state);
  for (State& start : starts) {
    start.fault.reset();
    start.executions.clear();
    start.handling.clear();
  }
  std::vector<State> distinct;
  for (State& start : starts) {
    if (distinct.size() < kMaxStarts && std::ranges::find(distinct, start) == distinct.end()) {
      distinct.push_back(std::move(start));
    }
  }
  return distinct;
}

Values ArgumentsOf(const RegisteredHandler& handler, const Place& response) {
  const LibraryModel& library = *handler.library;
  std::optional<int> position;
  if (handler.row != nullptr) position = handler.row->Parameter("response");
  std::vector<Parameter> parameters;
  if (handler.handler.Is(Kind::kFunction)) {
    parameters = handler.handler.closure().function.function->parameters;
  }
  if (position) {
    parameters.resize(std::max(parameters.size(), static_cast<std::size_t>(*position) + 1));
  }
  Values arguments;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& type = parameters[i].type;
    const bool is_response = position ? *position == static_cast<int>(i)
                                      : !type.empty() && type == library.response_type;
    Value argument = Value::Unknown("the request");
    if (is_response) {
      // What is copied is a handle: all copies are the one response.
      const bool is_place = position || parameters[i].is_reference;
      argument = is_place ? Value::Alias(response) : Value::Pointer(response);
    } else if (!type.empty() && type == library.answer_type) {
      Place status = response;
      status.path.push_back(library.status_field);
      argument = Value::Of(Object{
          .type = "",
          .fields = {{kAnswers, Value::Pointer(status)}, {kUnsetStatus, Value::Int(kUnset)}}});
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

int ThrownAt(const Value& exception) {
  if (!exception.Is(Kind::kObject)) return -1;
  const auto field = exception.object().fields.find(kThrownAt);
  const bool is_known = field != exception.object().fields.end() && field->second.Is(Kind::kInt);
  return is_known ? static_cast<int>(field->second.number()) : -1;
}

PathEnd EndOfStart(const FunctionFacts& start, const LibraryModel* server, bool listens,
                   Result result) {
  if (start.name != "main") BlindOfCaller(start.name, result);
  PathEnd end{.kind = PathEnd::Kind::kGoesOn};
  if (result.completion == Completion::kThrow) {
    end.kind = PathEnd::Kind::kTerminates;
    end.is_exception = true;
    end.by = kByMain;
    end.origin = ThrownAt(result.value);
  } else if (result.completion == Completion::kEnd) {
    end.kind = PathEnd::Kind::kTerminates;
    end.by = result.value.text();
  } else if (result.completion == Completion::kAnswer && server != nullptr) {
    end.kind = PathEnd::Kind::kAnswers;
    end.status = AnswerOf(*server, result.value);
    end.origin = end.status.origin;
  } else if (listens && !result.state.listened) {
    end.kind = PathEnd::Kind::kTerminates;
    end.by = kByExit;
  }
  end.fault = std::move(result.state.fault);
  end.executions = std::move(result.state.executions);
  return end;
}

PathEnd EndOf(const Program& program, const RegisteredHandler& handler, const Place& response,
              Result result) {
  PathEnd end{.kind = PathEnd::Kind::kAnswers};
  end.fault = std::move(result.state.fault);
  end.executions = std::move(result.state.executions);
  if (result.completion == Completion::kEnd) {
    end.kind = PathEnd::Kind::kTerminates;
    end.by = result.value.text();
    return end;
  }
  const LibraryModel& library = *handler.library;
  if (result.completion == Completion::kAnswer) {
    end.status = AnswerOf(library, result.value);
    end.origin = end.status.origin;
    return end;
  }
  if (result.completion == Completion::kThrow) {
    const std::optional<Value> status = ThrownStatus(program, handler, result.value);
    end.kind = status ? PathEnd::Kind::kAnswers : PathEnd::Kind::kEscapes;
    end.is_exception = true;
    end.status = status ? AnswerOf(library, *status) : ValueOf(ExceptionStatus(library));
    end.origin = ThrownAt(result.value);
    return end;
  }
  Place field = response;
  field.path.push_back(handler.library->status_field);
  end.status = result.state.memory.Read(field);
  end.origin = end.status.origin;
  const bool was_thrown = result.value.Is(Kind::kInt) && result.value.origin >= 0;
  if (was_thrown) {
    end.is_exception = true;
    if (result.value.number() == kEscaped) end.kind = PathEnd::Kind::kEscapes;
    end.origin = result.value.origin;
  }
  end.status = AnswerOf(library, end.status);
  return end;
}

}  // namespace filibuster
