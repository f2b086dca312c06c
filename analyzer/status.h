// A status that a service answers with: one of HTTP, or a code or an exception that only one
// library has.
//
// LibraryModel x Value => Status
#pragma once

#include <compare>
#include <string>

#include "analyzer/library_model.h"
#include "analyzer/value.h"

namespace filibuster {

struct Status {
  std::string module;  // of the library, "grpc"; empty: HTTP
  int number = 0;
  std::string name;  // "NOT_FOUND", "shop::OutOfStock"; empty: HTTP

  bool IsError() const;
  std::string Text() const;  // "503", "NOT_FOUND"

  auto operator<=>(const Status&) const = default;
};

// The status of that number, of a library's calls and handlers.
Status StatusOf(const LibraryModel& library, int number);
// What a handler of `library` that throws answers with, if nothing says otherwise.
Status ExceptionStatus(const LibraryModel& library);
// A status as a value, and back. What is no number stays as it is.
Value ValueOf(const Status& status);
Status StatusOf(const LibraryModel& library, const Value& number);

}  // namespace filibuster
