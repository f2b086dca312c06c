#include "planner/call_result.h"

#include <fmt/format.h>

#include <ostream>
#include <string_view>

#include "runtime/corrupted_body.h"

namespace filibuster {
namespace {

std::string CodeText(const Json& code) {
  return code.is_string() ? code.get<std::string>() : code.dump();
}

// Filibuster for Python reports the code that it injects as "StatusCode.UNAVAILABLE".
std::string ExceptionCode(const Json& code) {
  constexpr std::string_view kEnumeration = "StatusCode.";
  std::string text = CodeText(code);
  if (text.starts_with(kEnumeration)) text.erase(0, kEnumeration.size());
  return text;
}

CallResult ExceptionResult(const std::string& name, const Json& metadata) {
  CallResult result{.exception = name};
  Json rest = Json::object();
  for (const auto& [key, value] : metadata.items()) {
    if (value.is_null() || value == "") continue;
    if (key == "code") {
      result.status_code = ExceptionCode(value);
    } else {
      rest[key] = value;
    }
  }
  if (!rest.empty()) result.metadata = rest.dump();
  // A caller tells a status by its code, whichever class carries it.
  if (!result.status_code.empty()) result.exception.clear();
  return result;
}

CallResult StatusResult(const Json& return_value) {
  const auto code = return_value.find("status_code");
  if (code == return_value.end() || code->is_null()) return {.metadata = return_value.dump()};
  return {.status_code = CodeText(*code)};
}

// "requests.Timeout" and "requests.exceptions.Timeout" are one class: a caller reports where it is
// defined, whatever name the fault was planned by.
std::string_view ClassName(std::string_view exception) {
  const size_t dot = exception.find_last_of(".:");
  return dot == exception.npos ? exception : exception.substr(dot + 1);
}

}  // namespace

CallResult ResultOf(const Fault& fault) {
  if (const auto* exception = std::get_if<ForcedException>(&fault)) {
    return ExceptionResult(exception->name, exception->metadata);
  }
  const auto& failure = std::get<FailureMetadata>(fault);
  CallResult result = *ResultOf(failure.return_value, failure.exception);
  // By its status alone this is no failure: what makes it one is the body, which is not the
  // callee's.
  if (!result.status_code.empty() && result.status_code[0] >= '1' && result.status_code[0] < '4') {
    result.metadata = "injected";
  }
  return result;
}

std::optional<CallResult> ResultOf(const Json& return_value, const Json& exception) {
  if (exception.is_object()) {
    const auto name = exception.find("name");
    const auto metadata = exception.find("metadata");
    return ExceptionResult(
        name != exception.end() && name->is_string() ? name->get<std::string>() : std::string(),
        metadata != exception.end() && metadata->is_object() ? *metadata : Json::object());
  }
  if (return_value.is_object()) return StatusResult(return_value);
  return std::nullopt;
}

bool IsSeen(const Fault& planned, const Json& return_value, const Json& exception) {
  const std::optional<CallResult> observed = ResultOf(return_value, exception);
  if (!observed) return false;
  if (const std::string transformation = TransformationOf(planned); !transformation.empty()) {
    return return_value.is_object() &&
           return_value.value("transformation", Json()) == transformation;
  }
  const CallResult result = ResultOf(planned);
  if (std::holds_alternative<FailureMetadata>(planned) && return_value.is_object() &&
      std::get<FailureMetadata>(planned).return_value.is_object() &&
      observed->status_code.empty()) {
    return true;  // An answer came, and this caller does not say which status it had.
  }
  if (!result.status_code.empty()) return result.status_code == observed->status_code;
  if (result.exception.empty()) return result.metadata == observed->metadata;
  // Named by its class alone, though the caller may report a code as well.
  const auto name = exception.is_object() ? exception.value("name", Json()) : Json();
  return name.is_string() &&
         ClassName(name.get_ref<const std::string&>()) == ClassName(result.exception);
}

bool CalleeRuns(const Fault& fault) {
  const auto* exception = std::get_if<ForcedException>(&fault);
  if (exception == nullptr) return false;
  const auto abort = exception->metadata.find("abort");
  return abort != exception->metadata.end() && *abort == false;
}

bool IsLatency(const Fault& fault) {
  const auto* exception = std::get_if<ForcedException>(&fault);
  return exception != nullptr && exception->name == kLatency;
}

std::string TransformationOf(const Fault& fault) {
  const auto* exception = std::get_if<ForcedException>(&fault);
  if (exception == nullptr || exception->name != kCorruptedBody) return "";
  const Json transformation = exception->metadata.value("transformation", Json());
  return transformation.is_string() ? transformation.get<std::string>() : "unknown";
}

std::string FaultName(const Fault& fault) {
  const CallResult result = ResultOf(fault);
  if (const auto* exception = std::get_if<ForcedException>(&fault)) {
    if (IsLatency(fault)) {
      return fmt::format("latency ({} s)", exception->metadata.value("sleep", Json()).dump());
    }
    if (const std::string transformation = TransformationOf(fault); !transformation.empty()) {
      return fmt::format("corrupted body ({})", transformation);
    }
    const Json messages = exception->metadata.value("messages", Json());
    return exception->name +
           (result.status_code.empty() ? "" : fmt::format(" ({})", result.status_code)) +
           (messages.is_null() ? "" : fmt::format(", answers before it: {}", messages.dump()));
  }
  return ResultName(result);
}

std::string ResultName(const CallResult& result) {
  if (!result.exception.empty()) return result.exception;
  return result.status_code.empty() ? result.metadata : result.status_code;
}

std::ostream& operator<<(std::ostream& out, const CallResult& result) {
  out << (result.exception.empty() ? result.status_code : result.exception);
  return out << result.metadata;
}

}  // namespace filibuster
