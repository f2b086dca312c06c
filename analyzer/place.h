// What the interpreter's values refer to: places, functions.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "analyzer/facts.h"

namespace filibuster {

// Where a value is kept: a variable of a frame, a global, something allocated; and the fields that
// lead from there to a part of it.
struct Root {
  int frame = 0;  // the depth of the call that it belongs to, or one of these
  int variable = 0;

  static constexpr int kHeap = -1;
  static constexpr int kGlobals = -2;

  auto operator<=>(const Root&) const = default;
};

struct Place {
  Root root;
  std::vector<std::string> path;

  bool operator==(const Place&) const = default;
};

struct FunctionRef {
  const FileFacts* file = nullptr;
  const FunctionFacts* function = nullptr;

  explicit operator bool() const { return function != nullptr; }
  bool operator==(const FunctionRef&) const = default;
};

}  // namespace filibuster
