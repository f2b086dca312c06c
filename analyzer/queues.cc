// Results of calls that come to a queue, where another thread takes them: the fault is assumed
// there, of everything that is known by the tag.
#include <algorithm>
#include <utility>

#include "analyzer/interpreter_internal.h"
#include "analyzer/library_fields.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

Place PartOf(Place place, const std::string& field) {
  place.path.push_back(field);
  return place;
}

// Others may have changed it, at any time: what it is stays, what it has does not.
Value MeanwhileChanged(const Value& value) {
  const Value unknown = Value::Unknown("a variable that threads share");
  switch (value.kind()) {
    case Kind::kPointer:
    case Kind::kAlias:
    case Kind::kFunction:
      return value;
    case Kind::kObject: {
      Object changed{.type = value.object().type, .fields = {}};
      for (const auto& [name, field] : value.object().fields) {
        if (name.starts_with("$") && !IsSetting(name) && name != kHas && name != kTaken) {
          return unknown;
        }
        changed.fields.emplace(name, IsSetting(name) ? field : MeanwhileChanged(field));
      }
      return Value::Of(std::move(changed));
    }
    default:
      return unknown;
  }
}

}  // namespace

// Notes where the result comes to. Whether somebody was seen to wait for it there.
bool LibraryState::QueueOf(const CallContext& call, const ModelRow& row, const State& state,
                           ObservedCall& observed) const {
  const Value* given = call.Argument(row.Argument("completions"));
  const auto place = given == nullptr ? std::nullopt : PlaceOf(state, *given);
  if (!place) {
    observed.is_lost_in_queue = true;
    return false;
  }
  if (std::ranges::find(observed.queues, *place) == observed.queues.end()) {
    observed.queues.push_back(*place);
  }
  return state.memory.Read(PartOf(*place, kTaken)) == Value::Int(kByOthers);
}

// The tag leads to the status, or it does not tell the call.
void LibraryState::AddQueued(const State& state, const Value& into, const Value& tag,
                             const CallResult& result) {
  ObservedCall& call = facts_.calls[static_cast<std::size_t>(result.site)];
  const auto status = PlaceOf(state, into);
  const auto object = PlaceOf(state, tag);
  const bool leads_there =
      status && object && status->root == object->root &&
      status->path.size() >= object->path.size() &&
      std::equal(object->path.begin(), object->path.end(), status->path.begin());
  if (!leads_there || frames_.size() < 2) {
    call.is_lost_in_queue = true;
    return;
  }
  const Value value = state.memory.Read(*object);
  QueuedCall queued{
      .site = result.site,
      .program = frames_[1].function.function,
      .tag_type = value.Is(Kind::kObject) ? value.object().type : "",
      .status = {status->path.begin() + static_cast<std::ptrdiff_t>(object->path.size()),
                 status->path.end()}};
  for (const Place& queue : call.queues) {
    queued.queue = queue;
    if (std::ranges::find(facts_.queued, queued) == facts_.queued.end()) {
      facts_.queued.push_back(queued);
    }
  }
}

// queue.Next(&tag, &ok): on a path without a fault, one after the other of the calls whose results
// come to it may have failed.
Results Interpreter::TakeTag(const CallContext& call, const ModelRow& row, State state) {
  const auto queue = PlaceOf(state, ObjectOf(call, row, state));
  Results failed;
  if (!state.fault && frames_.size() > 1) {
    for (const QueuedCall& queued : facts_.queued) {
      const bool may_be_this = !queue || *queue == queued.queue;
      const FunctionFacts& entry = *frames_[1].function.function;
      if (may_be_this && queued.program == &entry) {
        Append(failed, TakeFailed(call, row, state, queued));
      } else if (may_be_this && entry.name != "main") {
        // A handler takes it too, and what that does is not looked at.
        facts_.calls[static_cast<std::size_t>(queued.site)].is_lost_in_queue = true;
      }
    }
  }
  if (queue) {
    const Place taken = PartOf(*queue, kTaken);
    const Value before = state.memory.Read(taken);
    // Once is no loop that takes all that comes.
    if (before == Value::Int(kHere)) thread_.queues.push_back(*queue);
    if (before != Value::Int(kByOthers)) state.memory.Write(taken, Value::Int(kHere));
  }
  Results results = CallUnmodelled(call, std::move(state));
  Append(results, std::move(failed));
  return results;
}

Results LibraryState::TakeFailed(const CallContext& call, const ModelRow& row, const State& state,
                                 const QueuedCall& queued) {
  const ObservedCall& observed = facts_.calls[static_cast<std::size_t>(queued.site)];
  Results results = TryFaults(state, queued.site, observed.has_timeout);
  const Place made = Allocate(call.node);
  for (Result& result : results) {
    Memory& memory = result.state.memory;
    const Memory before = memory;
    for (const auto& [root, value] : before.values()) memory.Set(root, MeanwhileChanged(value));
    result.state.fault->was_taken = true;
    memory.Set(made.root, Value::Of(Object{.type = queued.tag_type, .fields = {}}));
    Place status = made;
    status.path = queued.status;
    memory.Write(PartOf(status, kResult), result.value);
    if (const Value* tag = call.Argument(row.Argument("tag"))) {
      WriteTo(result.state, *tag, Value::Pointer(made));
    }
    if (const Value* ok = call.Argument(row.Argument("ok"))) {
      WriteTo(result.state, *ok, Value::Int(1));
    }
    result.value = Value::Int(1);
  }
  return results;
}

}  // namespace filibuster
