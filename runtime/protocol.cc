#include "runtime/protocol.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "runtime/message_text.h"

namespace filibuster {
namespace {

// The fields of one JSON object. The first mistake is kept; after it reads return empty values, so
// that a decoder checks once, at its end. Absent and null are the same: Filibuster sends both.
class Fields {
 public:
  Fields(const Json& json, std::string path, std::string* error)
      : json_(json), path_(std::move(path)), error_(error) {
    if (!json.is_object()) Fail(path_, json, "an object");
  }

  bool ok() const { return error_->empty(); }

  const Json* Find(const char* key) const {
    if (!json_.is_object()) return nullptr;
    const auto it = json_.find(key);
    return it == json_.end() || it->is_null() ? nullptr : &*it;
  }

  std::string String(const char* key) {
    const Json* value = Required(key, "a string");
    return value == nullptr ? std::string() : AsString(key, *value);
  }

  std::string OptionalString(const char* key) {
    const Json* value = Find(key);
    return value == nullptr ? std::string() : AsString(key, *value);
  }

  // A number, or its digits as a string: some clients stringify line numbers.
  std::string OptionalText(const char* key) {
    const Json* value = Find(key);
    if (value != nullptr && value->is_number_integer()) return value->dump();
    return value == nullptr ? std::string() : AsString(key, *value);
  }

  // An id: a number, or its digits as a string, as headers carry it.
  int Id(const char* key) {
    const char* expected = "a number or its digits as a string";
    const Json* value = Required(key, expected);
    if (value == nullptr) return 0;
    if (value->is_string()) {
      const auto& text = value->get_ref<const std::string&>();
      int id = 0;
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
      if (failed == std::errc() && end == text.data() + text.size() && id >= 0) return id;
    } else if (const auto id = AsInt(*value)) {
      return *id;
    }
    Fail(Path(key), *value, expected);
    return 0;
  }

  std::vector<int> Ids(const char* key) {
    std::vector<int> ids;
    const Json* value = Required(key, "an array of numbers");
    if (value == nullptr) return ids;
    for (const Json& element : value->is_array() ? *value : Json::array({*value})) {
      const auto id = AsInt(element);
      if (!value->is_array() || !id) {
        Fail(Path(key), element, "an array of numbers");
        return {};
      }
      ids.push_back(*id);
    }
    return ids;
  }

  bool OptionalBool(const char* key) {
    const Json* value = Find(key);
    if (value == nullptr || value->is_boolean()) return value != nullptr && value->get<bool>();
    Fail(Path(key), *value, "true or false");
    return false;
  }

  Json Object(const char* key) { return Container(key, Json::value_t::object, "an object"); }
  Json Array(const char* key) { return Container(key, Json::value_t::array, "an array"); }

  // Null if absent, otherwise an object.
  Json ObjectOrNull(const char* key) { return Find(key) == nullptr ? Json() : Object(key); }

  VectorClock Clock(const char* key) {
    VectorClock clock;
    const Json object = Object(key);
    for (const auto& [service, count] : object.items()) {
      if (const auto calls = AsInt(count)) {
        clock[service] = *calls;
      } else {
        Fail(Path(key) + "." + service, count, "a count of calls");
      }
    }
    return clock;
  }

  std::string Path(const char* key) const { return path_.empty() ? key : path_ + "." + key; }

  void Fail(const std::string& path, const Json& found, const char* expected) {
    if (!ok()) return;
    const std::string prefix = path.empty() ? "" : path + ": ";
    *error_ = prefix + "found " + Describe(found) + ", expected " + expected;
  }

  // What a call, or a request, ended with.
  void ExactlyOne(const Json& return_value, const Json& exception) {
    if (return_value.is_null() != exception.is_null()) return;
    const std::string found =
        exception.is_null() ? "neither return_value nor exception" : "return_value and exception";
    Fail((path_.empty() ? "" : path_ + ": ") + "found " + found + ", expected one of the two");
  }

  void Fail(const std::string& message) {
    if (ok()) *error_ = message;
  }

 private:
  static std::string Describe(const Json& json) {
    if (json.is_primitive() && !json.is_null()) {
      const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
      if (text.size() <= 40) return text;
    }
    return json.type_name();
  }

  static std::optional<int> AsInt(const Json& json) {
    if (!json.is_number_integer()) return std::nullopt;
    constexpr int kMax = std::numeric_limits<int>::max();
    if (json.is_number_unsigned()) {
      if (json.get<std::uint64_t>() > kMax) return std::nullopt;
    } else if (const auto value = json.get<std::int64_t>(); value < 0 || value > kMax) {
      return std::nullopt;
    }
    return json.get<int>();
  }

  const Json* Required(const char* key, const char* expected) {
    const Json* value = Find(key);
    if (value == nullptr) Fail(Path(key), Json(), expected);
    return value;
  }

  std::string AsString(const char* key, const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    Fail(Path(key), value, "a string");
    return {};
  }

  Json Container(const char* key, Json::value_t type, const char* expected) {
    const Json* value = Find(key);
    if (value == nullptr) return Json(type);
    if (value->type() == type) return *value;
    Fail(Path(key), *value, expected);
    return Json(type);
  }

  const Json& json_;
  const std::string path_;
  std::string* const error_;
};

std::optional<Fault> ReadFault(const Json& json, std::string* error) {
  Fields fields(json, "", error);
  if (fields.Find("forced_exception") != nullptr && fields.Find("failure_metadata") != nullptr) {
    fields.Fail("found forced_exception and failure_metadata, expected one of the two");
  } else if (const Json* exception = fields.Find("forced_exception")) {
    Fields inner(*exception, "forced_exception", error);
    return ForcedException{inner.String("name"), inner.Object("metadata")};
  } else if (const Json* failure = fields.Find("failure_metadata")) {
    Fields inner(*failure, "failure_metadata", error);
    FailureMetadata fault{inner.ObjectOrNull("return_value"), inner.ObjectOrNull("exception")};
    inner.ExactlyOne(fault.return_value, fault.exception);
    return fault;
  }
  return std::nullopt;
}

}  // namespace

Json ToJson(const Fault& fault) {
  if (const auto* exception = std::get_if<ForcedException>(&fault)) {
    return {{"forced_exception", {{"name", exception->name}, {"metadata", exception->metadata}}}};
  }
  const auto& failure = std::get<FailureMetadata>(fault);
  Json metadata = Json::object();
  if (!failure.return_value.is_null()) metadata["return_value"] = failure.return_value;
  if (!failure.exception.is_null()) metadata["exception"] = failure.exception;
  return {{"failure_metadata", std::move(metadata)}};
}

Json ToJson(const Invocation& invocation) { return Json::parse(MessageText(invocation)); }

Json ToJson(const CreateAnswer& answer) {
  Json json = answer.fault ? ToJson(*answer.fault) : Json::object();
  json["generated_id"] = answer.generated_id;
  json["execution_index"] = answer.execution_index;
  if (answer.request_complete) json["request_complete"] = true;
  if (answer.under_load) json["under_load"] = true;
  return json;
}

Json ToJson(const RequestReceived& update) { return Json::parse(MessageText(update)); }

Json ToJson(const InvocationComplete& update) { return Json::parse(MessageText(update)); }

std::optional<Invocation> InvocationFromJson(const Json& json, std::string* error) {
  error->clear();
  Fields fields(json, "", error);
  Invocation invocation;
  invocation.source_service_name = fields.String("source_service_name");
  invocation.module = fields.String("module");
  invocation.method = fields.String("method");
  invocation.args = fields.Array("args");
  invocation.kwargs = fields.Object("kwargs");
  invocation.callsite_file = fields.OptionalString("callsite_file");
  invocation.callsite_line = fields.OptionalText("callsite_line");
  invocation.full_traceback = fields.OptionalString("full_traceback");
  invocation.metadata = fields.Object("metadata");
  invocation.vclock = fields.Clock("vclock");
  invocation.origin_vclock = fields.Clock("origin_vclock");
  invocation.execution_index = fields.String("execution_index");
  if (!fields.ok()) return std::nullopt;
  return invocation;
}

std::optional<CreateAnswer> CreateAnswerFromJson(const Json& json, std::string* error) {
  error->clear();
  Fields fields(json, "", error);
  CreateAnswer answer;
  answer.generated_id = fields.Id("generated_id");
  answer.execution_index = fields.String("execution_index");
  answer.fault = ReadFault(json, error);
  answer.request_complete = fields.OptionalBool("request_complete");
  answer.under_load = fields.OptionalBool("under_load");
  if (!fields.ok()) return std::nullopt;
  return answer;
}

std::optional<Update> UpdateFromJson(const Json& json, std::string* error) {
  error->clear();
  Fields fields(json, "", error);
  const std::string type = fields.String("instrumentation_type");
  Update update;
  if (type == "request_received") {
    RequestReceived received;
    received.generated_id = fields.Id("generated_id");
    received.execution_index = fields.String("execution_index");
    received.target_service_name = fields.String("target_service_name");
    update = std::move(received);
  } else if (type == "invocation_complete") {
    InvocationComplete complete;
    complete.generated_id = fields.Id("generated_id");
    complete.execution_index = fields.String("execution_index");
    complete.vclock = fields.Clock("vclock");
    complete.return_value = fields.ObjectOrNull("return_value");
    complete.exception = fields.ObjectOrNull("exception");
    fields.ExactlyOne(complete.return_value, complete.exception);
    update = std::move(complete);
  } else if (type == "request_complete") {
    RequestComplete complete;
    complete.generated_ids = fields.Ids("generated_ids");
    complete.return_value = fields.ObjectOrNull("return_value");
    complete.exception = fields.ObjectOrNull("exception");
    fields.ExactlyOne(complete.return_value, complete.exception);
    update = std::move(complete);
  } else {
    fields.Fail("instrumentation_type", json.is_object() ? Json(type) : json,
                "request_received, invocation_complete or request_complete");
  }
  if (!fields.ok()) return std::nullopt;
  return update;
}

std::optional<Fault> FaultFromJson(const Json& json, std::string* error) {
  error->clear();
  Fields fields(json, "", error);
  std::optional<Fault> fault = ReadFault(json, error);
  if (fields.ok() && !fault)
    fields.Fail("found neither forced_exception nor failure_metadata, expected one of the two");
  if (!fields.ok()) return std::nullopt;
  return fault;
}

}  // namespace filibuster
