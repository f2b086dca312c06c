#include "runtime/message_reader.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "runtime/plain_json.h"

namespace filibuster {
namespace {

bool TakeContainer(PlainJsonReader* reader, Json::value_t type, Json* value) {
  return reader->TakeValue(value) && value->type() == type;
}

bool TakeTrue(PlainJsonReader* reader) {
  Json value;
  return reader->TakeValue(&value) && value == true;
}

// The digits of a number, as a header carries it.
bool TakeQuotedCount(PlainJsonReader* reader, int* count) {
  std::string_view digits;
  if (!reader->TakeName(&digits) || digits.empty()) return false;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return false;
  }
  return std::from_chars(digits.data(), digits.data() + digits.size(), *count).ec == std::errc();
}

}  // namespace

std::optional<Invocation> ReadInvocation(std::string_view text) {
  Invocation invocation;
  PlainJsonReader reader(text);
  std::string_view type;
  const auto take_member = [&](std::string_view key) {
    if (key == "instrumentation_type") return reader.TakeName(&type);
    if (key == "source_service_name") return reader.TakeString(&invocation.source_service_name);
    if (key == "module") return reader.TakeString(&invocation.module);
    if (key == "method") return reader.TakeString(&invocation.method);
    if (key == "args") return TakeContainer(&reader, Json::value_t::array, &invocation.args);
    if (key == "kwargs") return TakeContainer(&reader, Json::value_t::object, &invocation.kwargs);
    if (key == "callsite_file") return reader.TakeString(&invocation.callsite_file);
    if (key == "callsite_line") return reader.TakeString(&invocation.callsite_line);
    if (key == "full_traceback") return reader.TakeString(&invocation.full_traceback);
    if (key == "metadata") {
      return TakeContainer(&reader, Json::value_t::object, &invocation.metadata);
    }
    if (key == "vclock") return reader.TakeClock(&invocation.vclock);
    if (key == "origin_vclock") return reader.TakeClock(&invocation.origin_vclock);
    if (key == "execution_index") return reader.TakeString(&invocation.execution_index);
    return false;
  };
  const bool is_read = reader.TakeObject(take_member) && reader.AtEnd() && type == "invocation";
  if (!is_read || invocation.source_service_name.empty() || invocation.module.empty() ||
      invocation.method.empty() || invocation.execution_index.empty()) {
    return std::nullopt;
  }
  return invocation;
}

std::optional<CreateAnswer> ReadCreateAnswer(std::string_view text, std::string* mailbox) {
  CreateAnswer answer;
  PlainJsonReader reader(text);
  bool has_id = false;
  const auto take_member = [&](std::string_view key) {
    if (key == "generated_id") return has_id = reader.TakeCount(&answer.generated_id);
    if (key == "execution_index") return reader.TakeString(&answer.execution_index);
    if (key == "request_complete") return answer.request_complete = TakeTrue(&reader);
    if (key == "under_load") return answer.under_load = TakeTrue(&reader);
    if (key == "mailbox" && mailbox != nullptr) return reader.TakeString(mailbox);
    return false;
  };
  const bool is_read = reader.TakeObject(take_member) && reader.AtEnd();
  if (!is_read || !has_id || answer.execution_index.empty()) return std::nullopt;
  return answer;
}

std::optional<Update> ReadUpdate(std::string_view text) {
  PlainJsonReader reader(text);
  std::string_view type;
  bool has_id = false;
  std::string target;
  InvocationComplete complete;
  const auto take_member = [&](std::string_view key) {
    if (key == "instrumentation_type") return reader.TakeName(&type);
    if (key == "generated_id") {  // a string in request_received, which is known by now
      return has_id = type == "request_received" ? TakeQuotedCount(&reader, &complete.generated_id)
                                                 : reader.TakeCount(&complete.generated_id);
    }
    if (key == "execution_index") return reader.TakeString(&complete.execution_index);
    if (key == "target_service_name") return reader.TakeString(&target);
    if (key == "vclock") return reader.TakeClock(&complete.vclock);
    if (key == "return_value") {
      return TakeContainer(&reader, Json::value_t::object, &complete.return_value);
    }
    if (key == "exception") {
      return TakeContainer(&reader, Json::value_t::object, &complete.exception);
    }
    return false;
  };
  const bool is_read = reader.TakeObject(take_member) && reader.AtEnd();
  if (!is_read || !has_id || complete.execution_index.empty()) return std::nullopt;
  if (type == "request_received" && !target.empty()) {
    return RequestReceived{complete.generated_id, std::move(complete.execution_index),
                           std::move(target)};
  }
  if (type == "invocation_complete" &&
      complete.return_value.is_null() != complete.exception.is_null()) {
    return complete;
  }
  return std::nullopt;
}

}  // namespace filibuster
