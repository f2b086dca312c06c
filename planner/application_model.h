// model.json => ApplicationModel: an application as data. Format: docs/formats/model.md.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/json_reader.h"

namespace filibuster {

struct Statement;
using Statements = std::vector<Statement>;

// What a service does once one of the faults came.
struct Clause {
  std::vector<std::string> faults;  // "exception", "status", "any", "404", an exception's name
  Statements body;
  std::string body_text;  // bodies with the same text have the same outcome
};

struct CallStatement {
  std::string service;
  std::string site;             // tells two call sites to one service apart
  std::optional<Json> timeout;  // a number of seconds
  bool instrumented = true;     // false: an external service
  std::string module = "httplib";
  std::string method = "Get";
  std::vector<Clause> on;
  Statements ok;
  std::string path;      // "$.services.foo[0].call"
  std::uint32_t id = 0;  // from 1, in the whole model
  std::uint32_t signature =
      0;  // equal, within a service, for calls that only their count tells apart
};

struct ReturnStatement {
  int status_code = 200;
};

struct SetStatement {
  std::uint32_t flag = 0;  // number within the service
};

struct IfStatement {
  std::uint32_t flag = 0;
  Statements then;
  Statements otherwise;
};

struct Statement {
  std::variant<CallStatement, ReturnStatement, SetStatement, IfStatement> action;
};

struct ServiceModel {
  std::string name;
  Statements body;
  std::uint32_t flags = 0;       // how many it has
  std::uint32_t signatures = 0;  // how many it has
};

struct ApplicationModel {
  std::string file;  // for messages
  std::string name;
  std::string entry;
  std::map<std::string, ServiceModel> services;
  std::uint32_t calls = 0;                 // how many call statements there are
  std::optional<std::vector<int>> expect;  // what the entry may answer under faults
};

// Errors name the file and the JSON path.
std::expected<ApplicationModel, Error> ReadModel(const std::filesystem::path& path);
std::expected<ApplicationModel, Error> ModelFromText(std::string_view text,
                                                     const std::string& name);

}  // namespace filibuster
