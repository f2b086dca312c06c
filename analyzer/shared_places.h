// Memory before and after a handler => the places that requests share, and may find changed.
#pragma once

#include <vector>

#include "analyzer/program.h"
#include "analyzer/reach.h"
#include "analyzer/state.h"

namespace filibuster {

class SharedPlaces {
 public:
  // What differs, as deep as it can be told apart.
  void AddChanged(const Memory& before, const Memory& after);
  // All that can be come to from a value and may be changed there.
  void AddReachable(const Value& value, const Memory& memory);
  // The same of the globals that a function comes to.
  void AddReachable(const Program& program, const Reaches& reaches, const FunctionFacts& function,
                    const Memory& memory);
  const std::vector<Place>& places() const { return places_; }

 private:
  void Add(Place place);
  void AddParts(const Place& place, const Value& value, const Memory& memory);

  std::vector<Place> places_;
  std::vector<Place> seen_;  // by AddReachable
};

}  // namespace filibuster
