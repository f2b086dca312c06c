// What the interpreter's values refer to: places, functions.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
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

// An element of a list is a part of it, too: the one with that index, or one that is not known.
inline constexpr char kAnyElement[] = "[]";
std::string ElementPart(std::int64_t index);
// Its index; nullopt of a field, and of an element that is not known.
std::optional<std::size_t> ElementIndex(const std::string& part);
inline bool IsElement(const std::string& part) { return part.starts_with('['); }

struct Place {
  Root root;
  std::vector<std::string> path;

  // A field or an element of it; "" of a base, whose fields are its own.
  Place Part(const std::string& part) const;
  Place Element(std::size_t index) const;

  bool operator==(const Place&) const = default;
};

// Of an element all that it is in.
Place WithoutElements(Place place);

struct FunctionRef {
  const FileFacts* file = nullptr;
  const FunctionFacts* function = nullptr;

  explicit operator bool() const { return function != nullptr; }
  bool operator==(const FunctionRef&) const = default;
};

}  // namespace filibuster
