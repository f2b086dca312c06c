// fault as the control server plans it => how the call is to fail
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "filibuster/injector.h"
#include "runtime/protocol.h"

namespace filibuster {

// With a warning if it says neither an exception nor a status.
std::optional<InjectedFault> Translate(const Fault& fault);

// A field that may hold a value or its text: {"status_code": "503"}, {"status_code": 503}.
std::string TextAt(const Json& object, const char* key);

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

}  // namespace filibuster
