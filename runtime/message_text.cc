#include "runtime/message_text.h"

#include <utility>

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
  explicit ObjectText(const char* instrumentation_type) : json_("{") {
    json_.reserve(kUsualSize);
    AddString("instrumentation_type", instrumentation_type);
  }

  void AddString(const char* key, std::string_view value) {
    AddKey(key);
    AppendQuoted(value, &json_);
  }
  void AddValue(const char* key, const Json& value) {
    AddKey(key);
    AppendValue(value, &json_);
  }
  void AddNumber(const char* key, int value) {
    AddKey(key);
    json_ += std::to_string(value);
  }
  void AddClock(const char* key, const VectorClock& clock) {
    AddKey(key);
    const char* separator = "{";
    for (const auto& [service, calls] : clock) {
      json_ += separator;
      AppendQuoted(service, &json_);
      json_ += ":" + std::to_string(calls);
      separator = ",";
    }
    json_ += clock.empty() ? "{}" : "}";
  }

  std::string Finish() {
    json_ += "}";
    return std::move(json_);
  }

 private:
  void AddKey(const char* key) {
    json_ += json_.size() == 1 ? "\"" : ",\"";
    json_ += key;
    json_ += "\":";
  }

  std::string json_;
};

}  // namespace

void AppendQuoted(std::string_view text, std::string* json) {
  const size_t begin = json->size();
  json->push_back('"');
  for (const char c : text) {
    if (c < ' ' || c > '~') {
      json->resize(begin);
      json->append(Json(text).dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace));
      return;
    }
    if (c == '"' || c == '\\') json->push_back('\\');
    json->push_back(c);
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

// Its generated_id is a string: it comes from a header, and Filibuster sends it as it came.
std::string MessageText(const RequestReceived& update) {
  ObjectText text("request_received");
  text.AddString("generated_id", std::to_string(update.generated_id));
  text.AddString("execution_index", update.execution_index);
  text.AddString("target_service_name", update.target_service_name);
  return text.Finish();
}

std::string MessageText(const InvocationComplete& update) {
  ObjectText text("invocation_complete");
  text.AddNumber("generated_id", update.generated_id);
  text.AddString("execution_index", update.execution_index);
  text.AddClock("vclock", update.vclock);
  if (!update.return_value.is_null()) text.AddValue("return_value", update.return_value);
  if (!update.exception.is_null()) text.AddValue("exception", update.exception);
  return text.Finish();
}

}  // namespace filibuster
