#include "runtime/message_text.h"

#include <utility>

#include "runtime/plain_json.h"

namespace filibuster {
namespace {

// Most messages fit, and glibc keeps blocks up to this size at hand for a thread.
constexpr size_t kUsualSize = 1000;

void AppendValue(const Json& value, std::string* json) {
  if (value.is_string()) {
    AppendQuoted(value.get_ref<const std::string&>(), json);
  } else if (value.is_array()) {
    const char* separator = "[";
    for (const Json& element : value) {
      json->append(separator);
      AppendValue(element, json);
      separator = ",";
    }
    json->append(value.empty() ? "[]" : "]");
  } else if (value.is_object()) {
    const char* separator = "{";
    for (auto it = value.begin(); it != value.end(); ++it) {
      json->append(separator);
      AppendQuoted(it.key(), json);
      json->append(":");
      AppendValue(*it, json);
      separator = ",";
    }
    json->append(value.empty() ? "{}" : "}");
  } else {
    json->append(value.dump());
  }
}

class ObjectText {
 public:
  explicit ObjectText(size_t usual_size) {
    json_.reserve(usual_size);
    json_ = "{";
  }
  explicit ObjectText(std::string_view instrumentation_type) : ObjectText(kUsualSize) {
    AddString("instrumentation_type", instrumentation_type);
  }

  void AddString(std::string_view key, std::string_view value) {
    AddKey(key);
    AppendQuoted(value, &json_);
  }
  void AddValue(std::string_view key, const Json& value) {
    AddKey(key);
    AppendValue(value, &json_);
  }
  void AddObject(std::string_view key, std::string_view object) {
    AddKey(key);
    json_.append(object);
  }
  void AddNumber(std::string_view key, int value) {
    AddKey(key);
    json_ += std::to_string(value);
  }
  void AddClock(std::string_view key, const VectorClock& clock) {
    AddKey(key);
    const char* separator = "{";
    for (const auto& [service, calls] : clock) {
      json_ += separator;
      AppendQuoted(service, &json_);
      json_ += ':';
      json_ += std::to_string(calls);
      separator = ",";
    }
    json_ += clock.empty() ? "{}" : "}";
  }

  std::string Finish() {
    json_ += "}";
    return std::move(json_);
  }

 private:
  void AddKey(std::string_view key) {
    const char* const separator = json_.size() == 1 ? "\"" : ",\"";
    json_.append(separator).append(key).append("\":");
  }

  std::string json_;
};

ObjectText BeginCompletion(const InvocationComplete& update) {
  ObjectText text("invocation_complete");
  text.AddNumber("generated_id", update.generated_id);
  text.AddString("execution_index", update.execution_index);
  text.AddClock("vclock", update.vclock);
  return text;
}

}  // namespace

void AppendQuoted(std::string_view text, std::string* json) {
  const size_t begin = json->size();
  json->push_back('"');
  for (std::string_view rest = text;;) {
    const size_t size = PlainPrefix(rest);
    json->append(rest, 0, size);
    if (size == rest.size()) break;
    if (rest[size] != '"' && rest[size] != '\\') {
      json->resize(begin);
      json->append(Json(text).dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace));
      return;
    }
    json->push_back('\\');
    json->push_back(rest[size]);
    rest.remove_prefix(size + 1);
  }
  json->push_back('"');
}

std::string MessageText(const Invocation& invocation) {
  ObjectText text("invocation");
  text.AddString("source_service_name", invocation.source_service_name);
  text.AddString("module", invocation.module);
  text.AddString("method", invocation.method);
  text.AddValue("args", invocation.args);
  text.AddValue("kwargs", invocation.kwargs);
  text.AddString("callsite_file", invocation.callsite_file);
  text.AddString("callsite_line", invocation.callsite_line);
  text.AddString("full_traceback", invocation.full_traceback);
  text.AddValue("metadata", invocation.metadata);
  text.AddClock("vclock", invocation.vclock);
  text.AddClock("origin_vclock", invocation.origin_vclock);
  text.AddString("execution_index", invocation.execution_index);
  return text.Finish();
}

std::string MessageText(const CreateAnswer& answer) {
  ObjectText text(2 * answer.execution_index.size() + 50);
  text.AddNumber("generated_id", answer.generated_id);
  text.AddString("execution_index", answer.execution_index);
  if (answer.request_complete) text.AddValue("request_complete", true);
  if (answer.under_load) text.AddValue("under_load", true);
  if (answer.fault) {
    const Json fault = ToJson(*answer.fault);
    for (auto it = fault.begin(); it != fault.end(); ++it) text.AddValue(it.key(), *it);
  }
  return text.Finish();
}

// Its generated_id is a string: it comes from a header, and Filibuster sends it as it came.
std::string MessageText(const RequestReceived& update) {
  ObjectText text("request_received");
  text.AddString("generated_id", std::to_string(update.generated_id));
  text.AddString("execution_index", update.execution_index);
  text.AddString("target_service_name", update.target_service_name);
  return text.Finish();
}

std::string MessageText(const InvocationComplete& update) {
  ObjectText text = BeginCompletion(update);
  if (!update.return_value.is_null()) text.AddValue("return_value", update.return_value);
  if (!update.exception.is_null()) text.AddValue("exception", update.exception);
  return text.Finish();
}

std::string MessageText(const InvocationComplete& update, const ResponseText& response) {
  ObjectText value(150);
  value.AddString("__class__", "Response");
  value.AddString("status_code", response.status_code);
  if (!response.text.empty()) value.AddString("text", response.text);
  if (!response.transformation.empty()) value.AddString("transformation", response.transformation);
  ObjectText text = BeginCompletion(update);
  text.AddObject("return_value", value.Finish());
  return text.Finish();
}

std::string MessageText(const InvocationComplete& update, const ExceptionText& exception) {
  ObjectText value(150);
  value.AddValue("metadata", exception.metadata);
  value.AddString("name", exception.name);
  ObjectText text = BeginCompletion(update);
  text.AddObject("exception", value.Finish());
  return text.Finish();
}

std::string MessageText(const RequestComplete& update) {
  ObjectText text("request_complete");
  text.AddValue("generated_ids", update.generated_ids);
  if (!update.return_value.is_null()) text.AddValue("return_value", update.return_value);
  if (!update.exception.is_null()) text.AddValue("exception", update.exception);
  return text.Finish();
}

}  // namespace filibuster
