#include "analyzer/status.h"

#include <algorithm>
#include <cstdlib>

namespace filibuster {

bool Status::IsError() const {
  constexpr int kFirstError = 400;
  return number >= (module.empty() ? kFirstError : 1);
}

std::string Status::Text() const { return name.empty() ? std::to_string(number) : name; }

Status StatusOf(const LibraryModel& library, int number) {
  if (library.HasHttpStatuses()) return {.number = number};
  Status status{.module = library.module, .number = number};
  const auto index = static_cast<std::size_t>(number);
  status.name = index < library.codes.size() ? library.codes[index] : std::to_string(number);
  return status;
}

Status ExceptionStatus(const LibraryModel& library) {
  if (library.HasHttpStatuses()) return {.number = std::atoi(library.exception_status.c_str())};
  const auto code = std::ranges::find(library.codes, library.exception_status);
  const bool is_code = code != library.codes.end();
  return {.module = library.module,
          .number = is_code ? static_cast<int>(code - library.codes.begin()) : 1,
          .name = library.exception_status};
}

Value ValueOf(const Status& status) { return Value::Int(status.number, status.name); }

Status StatusOf(const LibraryModel& library, const Value& number) {
  Status status = StatusOf(library, static_cast<int>(number.number()));
  if (!library.thrown_status.empty() && status.number != 0) status.name = number.text();
  return status;
}

}  // namespace filibuster
