#include "base/json_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/json_nesting.h"

namespace filibuster {
namespace {

const Json& Null() {
  static const Json null;
  return null;
}

}  // namespace

struct JsonReader::Document {
  std::string name;
  std::optional<Error> error;
};

std::expected<Json, Error> ParseJson(std::string_view text, const std::string& name) {
  if (IsNestedTooDeep(text)) {
    return std::unexpected(
        Error{fmt::format("{}: nested deeper than {} levels", name, kMaxJsonNesting)});
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const size_t end = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    const std::string_view before = text.substr(0, end);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t newline = before.rfind('\n');
    const size_t column = newline == before.npos ? end + 1 : end - newline;
    const std::string_view what = error.what();
    const size_t colon = what.rfind(": ");
    return std::unexpected(Error{fmt::format("{}:{}:{}: not JSON: {}", name, line, column,
                                             what.substr(colon == what.npos ? 0 : colon + 2))});
  } catch (const Json::exception& error) {  // a number that no double holds
    return std::unexpected(Error{fmt::format("{}: not JSON: {}", name, error.what())});
  }
}

std::expected<Json, Error> ReadJsonFile(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return std::unexpected(text.error());
  return ParseJson(*text, path.string());
}

JsonReader::JsonReader(const Json& root, std::string name)
    : JsonReader(std::make_shared<Document>(Document{std::move(name), {}}), &root, "$") {}

JsonReader::JsonReader(std::shared_ptr<Document> document, const Json* value, std::string path)
    : document_(std::move(document)), value_(value), path_(std::move(path)) {}

JsonReader JsonReader::Required(std::string_view key) const {
  if (!value_->is_object()) {
    FailType("an object");
  } else if (const auto it = value_->find(key); it != value_->end()) {
    return {document_, &*it, fmt::format("{}.{}", path_, key)};
  } else {
    Fail(fmt::format("expected the key \"{}\"", key));
  }
  return {document_, &Null(), fmt::format("{}.{}", path_, key)};
}

std::optional<JsonReader> JsonReader::Optional(std::string_view key) const {
  if (!value_->is_object()) {
    FailType("an object");
    return std::nullopt;
  }
  const auto it = value_->find(key);
  if (it == value_->end() || it->is_null()) return std::nullopt;
  return JsonReader{document_, &*it, fmt::format("{}.{}", path_, key)};
}

std::vector<JsonReader> JsonReader::Items() const {
  std::vector<JsonReader> items;
  if (!value_->is_array()) {
    FailType("an array");
    return items;
  }
  items.reserve(value_->size());
  for (size_t i = 0; i < value_->size(); ++i) {
    items.push_back({document_, &(*value_)[i], fmt::format("{}[{}]", path_, i)});
  }
  return items;
}

std::vector<std::pair<std::string, JsonReader>> JsonReader::Members() const {
  std::vector<std::pair<std::string, JsonReader>> members;
  if (!value_->is_object()) {
    FailType("an object");
    return members;
  }
  members.reserve(value_->size());
  for (const auto& [key, value] : value_->items()) {
    members.emplace_back(key, JsonReader{document_, &value, fmt::format("{}.{}", path_, key)});
  }
  return members;
}

std::string JsonReader::String() const {
  if (const auto* string = value_->get_ptr<const Json::string_t*>()) return *string;
  FailType("a string");
  return {};
}

std::int64_t JsonReader::Int() const {
  if (value_->is_number_integer()) return value_->get<std::int64_t>();
  FailType("an integer");
  return 0;
}

double JsonReader::Number() const {
  if (value_->is_number()) return value_->get<double>();
  FailType("a number");
  return 0;
}

bool JsonReader::Bool() const {
  if (value_->is_boolean()) return value_->get<bool>();
  FailType("true or false");
  return false;
}

void JsonReader::OnlyKeys(std::initializer_list<std::string_view> keys) const {
  if (!value_->is_object()) return FailType("an object");
  for (const auto& [key, value] : value_->items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      return Fail(fmt::format("unknown key \"{}\", expected one of: {}", key,
                              fmt::join(keys.begin(), keys.end(), ", ")));
    }
  }
}

void JsonReader::FailType(std::string_view expected) const {
  // A missing parent has been reported already: Fail keeps the first mistake.
  Fail(fmt::format("found {}, expected {}", value_->is_null() ? "null" : value_->type_name(),
                   expected));
}

void JsonReader::Fail(std::string_view what) const {
  if (!document_->error) {
    document_->error = Error{fmt::format("{}: {}: {}", document_->name, path_, what)};
  }
}

const std::optional<Error>& JsonReader::error() const { return document_->error; }

}  // namespace filibuster
