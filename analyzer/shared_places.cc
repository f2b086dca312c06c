#include "analyzer/shared_places.h"

#include <algorithm>
#include <utility>

#include "analyzer/handler_runs.h"
#include "analyzer/library_fields.h"

namespace filibuster {
namespace {

using Kind = Value::Kind;

}  // namespace

void SharedPlaces::Add(Place place) {
  if (std::ranges::find(places_, place) == places_.end()) places_.push_back(std::move(place));
}

void SharedPlaces::AddChanged(const Memory& before, const Memory& after) {
  for (const auto& [root, value] : before.values()) {
    const Value* now = after.Find(root);
    if (now == nullptr || *now == value) continue;
    std::vector<Place> places;
    Differences({root, {}}, value, *now, places);
    for (Place& place : places) Add(std::move(place));
  }
}

void SharedPlaces::AddReachable(const Program& program, const Reaches& reaches,
                                const FunctionFacts& function, const Memory& memory) {
  for (const std::string& usr : reaches.GlobalsOf(reaches.From(function))) {
    const Program::GlobalRef* global = program.FindGlobal(usr);
    if (global == nullptr) continue;
    const Place place{{Root::kGlobals, global->index}, {}};
    const Value* value = memory.Find(place.root);
    if (value == nullptr) continue;
    AddReachable(global->global->is_const ? *value : Value::Alias(place), memory);
  }
}

void SharedPlaces::AddReachable(const Value& value, const Memory& memory) {
  switch (value.kind()) {
    case Kind::kFunction:
      for (const auto& [variable, captured] : value.closure().captures) {
        AddReachable(captured, memory);
      }
      for (const Value& bound : value.closure().bound) AddReachable(bound, memory);
      break;
    case Kind::kChoice:
    case Kind::kList:
      for (const Value& one : value.elements()) AddReachable(one, memory);
      break;
    case Kind::kObject:
      for (const auto& [name, field] : value.object().fields) AddReachable(field, memory);
      break;
    case Kind::kPointer:
    case Kind::kAlias: {
      const Place place = memory.Resolve(value.place());
      if (std::ranges::find(seen_, place) != seen_.end()) return;
      seen_.push_back(place);
      AddParts(place, memory.Read(place), memory);
      break;
    }
    default:
      break;
  }
}

void SharedPlaces::AddParts(const Place& place, const Value& value, const Memory& memory) {
  if (value.Is(Kind::kObject)) {
    for (const auto& [name, field] : value.object().fields) {
      if (IsSetting(name)) continue;
      Place part = place;
      part.path.push_back(name);
      AddParts(part, field, memory);
    }
  } else if (value.Is(Kind::kPointer) || value.Is(Kind::kAlias) || value.Is(Kind::kFunction)) {
    AddReachable(value, memory);
  } else {
    Add(place);
  }
}

}  // namespace filibuster
