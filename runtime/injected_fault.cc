#include "runtime/injected_fault.h"

#include "runtime/corrupted_body.h"
#include "runtime/warn.h"

namespace filibuster {

std::string TextAt(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto it = object.find(key);
  if (it == object.end() || it->is_null()) return {};
  return it->is_string() ? it->get<std::string>()
                         : it->dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::optional<InjectedFault> Translate(const Fault& fault) {
  InjectedFault result;
  if (const auto* exception = std::get_if<ForcedException>(&fault)) {
    result.exception = exception->name;
    result.code = TextAt(exception->metadata, "code");
    result.call_first =
        exception->name == kLatency || TextAt(exception->metadata, "abort") == "false";
    if (result.call_first) {
      result.messages = ParseNumber<int>(TextAt(exception->metadata, "messages")).value_or(0);
    }
    if (exception->name == kCorruptedBody) {
      result.transformation = TextAt(exception->metadata, "transformation");
    }
    return result;
  }
  const auto& failure = std::get<FailureMetadata>(fault);
  if (failure.exception.is_object()) {
    const auto metadata = failure.exception.find("metadata");
    if (metadata != failure.exception.end()) result.code = TextAt(*metadata, "code");
    if (!result.code.empty()) return result;
  } else if (const auto status = ParseNumber<int>(TextAt(failure.return_value, "status_code"))) {
    result.status = *status;
    if (*status >= 100 && *status <= 999) return result;
  }
  Warn("this fault has neither an exception nor a status, and is not injected: " +
       ToJson(fault).dump(-1, ' ', true, Json::error_handler_t::replace));
  return std::nullopt;
}

}  // namespace filibuster
