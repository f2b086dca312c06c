// JSON text => a value read field by field, every mistake with its file and JSON path.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace filibuster {

using Json = nlohmann::json;

// Parses a whole file; the error names the file, line and column.
std::expected<Json, Error> ReadJsonFile(const std::filesystem::path& path);
std::expected<Json, Error> ParseJson(std::string_view text, const std::string& name);

// A place in a JSON document. The first mistake met anywhere below the root is kept and read by
// error(); after a mistake reads return empty values, so that a decoder checks once, at its end.
class JsonReader {
 public:
  // `name` is the file (or other origin) that messages begin with. `root` must outlive the reader.
  JsonReader(const Json& root, std::string name);

  JsonReader Required(std::string_view key) const;
  std::optional<JsonReader> Optional(std::string_view key) const;  // absent or null: nullopt
  std::vector<JsonReader> Items() const;                           // of an array
  std::vector<std::pair<std::string, JsonReader>> Members() const;  // of an object

  std::string String() const;
  std::int64_t Int() const;
  double Number() const;
  bool Bool() const;
  const Json& value() const { return *value_; }

  // An error at this place for any key other than these: for formats that are ours alone.
  void OnlyKeys(std::initializer_list<std::string_view> keys) const;

  // Records `name: path: what` unless an earlier mistake is recorded.
  void Fail(std::string_view what) const;
  const std::optional<Error>& error() const;
  const std::string& path() const { return path_; }  // "$.services.foo[2].call"

 private:
  struct Document;
  JsonReader(std::shared_ptr<Document> document, const Json* value, std::string path);
  void FailType(std::string_view expected) const;

  std::shared_ptr<Document> document_;
  const Json* value_;
  std::string path_;
};

}  // namespace filibuster
