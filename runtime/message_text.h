// message => its JSON text, as services and the control server send it. A JSON value in between
// took the larger part of what a call costs its caller. The way back: message_reader.h.
#pragma once

#include <string>
#include <string_view>

#include "runtime/protocol.h"

namespace filibuster {

// What a call returned that was answered.
struct ResponseText {
  std::string status_code;     // "200"
  std::string text;            // of the body: its MD5; "": it is not told
  std::string transformation;  // of the body, before the caller got it; "": none
};

// What it failed with.
struct ExceptionText {
  std::string_view name;  // "httplib::Error::Connection"
  const Json& metadata;
};

std::string MessageText(const Invocation& invocation);
std::string MessageText(const CreateAnswer& answer);
std::string MessageText(const RequestReceived& update);
std::string MessageText(const InvocationComplete& update);
// With `response` as its return_value.
std::string MessageText(const InvocationComplete& update, const ResponseText& response);
// With `exception` as its exception.
std::string MessageText(const InvocationComplete& update, const ExceptionText& exception);
std::string MessageText(const RequestComplete& update);

// Appends a JSON string of ASCII characters. What is not UTF-8 is replaced.
void AppendQuoted(std::string_view text, std::string* json);

}  // namespace filibuster
