#include "runtime/control_messages.h"

#include <fmt/format.h>

#include <utility>

#include "base/json_nesting.h"
#include "runtime/message_reader.h"

namespace filibuster {
namespace {

std::unexpected<ControlAnswer> Refuse(std::string_view reason) {
  return std::unexpected(RefusedRequest(400, reason));
}

OrRefusal<Json> ParseBody(std::string_view text) {
  if (IsNestedTooDeep(text)) {
    return Refuse(fmt::format("the body is nested deeper than {} levels", kMaxJsonNesting));
  }
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    const std::string_view what = error.what();
    const size_t end_of_tag = what.find("] ");  // "[json.exception.parse_error.101] parse error…"
    return Refuse(fmt::format("the body is not JSON: {}",
                              what.substr(what.npos == end_of_tag ? 0 : end_of_tag + 2)));
  }
}

}  // namespace

ControlAnswer RefusedRequest(int status, std::string_view reason) {
  return {status, Json{{"error", reason}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

OrRefusal<Invocation> ParseInvocation(std::string_view body) {
  if (auto invocation = ReadInvocation(body)) return *std::move(invocation);
  const OrRefusal<Json> json = ParseBody(body);
  if (!json) return std::unexpected(json.error());
  std::string error;
  auto invocation = InvocationFromJson(*json, &error);
  if (!invocation) return Refuse(error);
  if (const std::string type = json->value("instrumentation_type", Json()).dump();
      type != "\"invocation\"") {
    return Refuse("instrumentation_type: found " + type + ", expected \"invocation\"");
  }
  if (invocation->source_service_name.empty()) {
    return Refuse("source_service_name: found \"\", expected a name");
  }
  return *std::move(invocation);
}

OrRefusal<Update> ParseUpdate(std::string_view body) {
  if (auto update = ReadUpdate(body)) return *std::move(update);
  const OrRefusal<Json> json = ParseBody(body);
  if (!json) return std::unexpected(json.error());
  std::string error;
  auto update = UpdateFromJson(*json, &error);
  if (!update) return Refuse(error);
  return *std::move(update);
}

}  // namespace filibuster
