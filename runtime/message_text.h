// message => its JSON text, as a service sends it. A JSON value in between took the larger part of
// what a call costs its caller.
#pragma once

#include <string>
#include <string_view>

#include "runtime/protocol.h"

namespace filibuster {

std::string MessageText(const Invocation& invocation);
std::string MessageText(const RequestReceived& update);
std::string MessageText(const InvocationComplete& update);

// Appends a JSON string of ASCII characters. What is not UTF-8 is replaced.
void AppendQuoted(std::string_view text, std::string* json);

}  // namespace filibuster
