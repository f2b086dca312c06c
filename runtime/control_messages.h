// body of a request to the control server => the message, or the answer that refuses it
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "runtime/protocol.h"

namespace filibuster {

struct ControlAnswer {
  int status = 200;
  std::string body;
};

// {"error": reason} with a status of 4xx.
ControlAnswer RefusedRequest(int status, std::string_view reason);

// Or the answer that refuses what was found in its place.
template <typename T>
using OrRefusal = std::expected<T, ControlAnswer>;

OrRefusal<Invocation> ParseInvocation(std::string_view body);
OrRefusal<Update> ParseUpdate(std::string_view body);

}  // namespace filibuster
