#include "planner/application_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/file.h"

namespace filibuster {
namespace {

constexpr int kSchemaVersion = 1;

std::string Text(const JsonReader& reader, std::string_view key, std::string fallback) {
  const auto value = reader.Optional(key);
  return value ? value->String() : fallback;
}

int StatusFrom(const JsonReader& reader) {
  const auto status = reader.Int();
  if (!reader.error() && (status < 100 || status > 599)) {
    reader.Fail(fmt::format("found {}, expected a status from 100 to 599", status));
  }
  return static_cast<int>(status);
}

// Reads the body of one service. Flags and signatures are numbered within it, calls in the model.
class BodyReader {
 public:
  BodyReader(ServiceModel& service, ApplicationModel& model) : service_(service), model_(model) {}

  Statements ReadStatements(const JsonReader& reader) {
    Statements statements;
    for (const JsonReader& item : reader.Items()) statements.push_back(ReadStatement(item));
    return statements;
  }

 private:
  Statement ReadStatement(const JsonReader& reader) {
    if (reader.value().is_object()) {
      if (reader.Optional("call")) return {ReadCall(reader)};
      if (const auto status = reader.Optional("return")) {
        reader.OnlyKeys({"return"});
        return {ReturnStatement{StatusFrom(*status)}};
      }
      if (const auto flag = reader.Optional("set")) {
        reader.OnlyKeys({"set"});
        return {SetStatement{FlagFrom(*flag)}};
      }
      if (const auto flag = reader.Optional("if")) {
        reader.OnlyKeys({"if", "then", "else"});
        return {IfStatement{FlagFrom(*flag), OptionalStatements(reader, "then"),
                            OptionalStatements(reader, "else")}};
      }
    }
    reader.Fail("expected a statement: an object with the key call, return, set or if");
    return {ReturnStatement{}};
  }

  Statements OptionalStatements(const JsonReader& reader, std::string_view key) {
    const auto statements = reader.Optional(key);
    return statements ? ReadStatements(*statements) : Statements{};
  }

  CallStatement ReadCall(const JsonReader& reader) {
    reader.OnlyKeys({"call", "on", "ok"});
    const JsonReader call = reader.Required("call");
    call.OnlyKeys({"service", "site", "timeout", "instrumented", "module", "method"});
    CallStatement statement;
    statement.path = call.path();
    statement.service = call.Required("service").String();
    statement.site = Text(call, "site", "");
    if (const auto timeout = call.Optional("timeout")) {
      timeout->Number();
      statement.timeout = timeout->value();
    }
    const auto instrumented = call.Optional("instrumented");
    statement.instrumented = !instrumented || instrumented->Bool();
    statement.module = Text(call, "module", statement.module);
    statement.method = Text(call, "method", statement.method);
    statement.id = ++model_.calls;
    statement.signature = NumberOf(
        signatures_, {statement.site, statement.service, statement.module, statement.method});
    service_.signatures = static_cast<std::uint32_t>(signatures_.size());
    if (const auto on = reader.Optional("on")) {
      for (const JsonReader& clause : on->Items()) statement.on.push_back(ReadClause(clause));
    }
    statement.ok = OptionalStatements(reader, "ok");
    if (statement.instrumented) called_.emplace_back(call.Required("service"), statement.service);
    return statement;
  }

  Clause ReadClause(const JsonReader& reader) {
    reader.OnlyKeys({"faults", "do"});
    Clause clause;
    for (const JsonReader& fault : reader.Required("faults").Items()) {
      clause.faults.push_back(fault.String());
    }
    const JsonReader body = reader.Required("do");
    clause.body = ReadStatements(body);
    clause.body_text = body.value().dump();
    return clause;
  }

  std::uint32_t FlagFrom(const JsonReader& reader) {
    const std::uint32_t flag = NumberOf(flags_, {reader.String()});
    service_.flags = static_cast<std::uint32_t>(flags_.size());
    return flag;
  }

  static std::uint32_t NumberOf(std::vector<std::vector<std::string>>& known,
                                std::vector<std::string> key) {
    const auto it = std::ranges::find(known, key);
    if (it == known.end()) {
      known.push_back(std::move(key));
      return static_cast<std::uint32_t>(known.size() - 1);
    }
    return static_cast<std::uint32_t>(it - known.begin());
  }

 public:
  // The services that are called, to be looked up once all are known.
  std::vector<std::pair<JsonReader, std::string>> called_;

 private:
  ServiceModel& service_;
  ApplicationModel& model_;
  std::vector<std::vector<std::string>> signatures_;
  std::vector<std::vector<std::string>> flags_;
};

}  // namespace

std::expected<ApplicationModel, Error> ModelFromText(std::string_view text,
                                                     const std::string& name) {
  const auto json = ParseJson(text, name);
  if (!json) return std::unexpected(json.error());
  const JsonReader reader(*json, name);
  reader.OnlyKeys({"schema_version", "name", "entry", "services", "expect"});
  if (const auto version = reader.Required("schema_version");
      !reader.error() && version.Int() != kSchemaVersion) {
    version.Fail(fmt::format("found version {}, expected {}", version.Int(), kSchemaVersion));
  }
  ApplicationModel model{.file = name, .name = Text(reader, "name", "")};
  const JsonReader entry = reader.Required("entry");
  model.entry = entry.String();
  std::vector<std::pair<JsonReader, std::string>> called = {{entry, model.entry}};
  for (const auto& [service_name, body] : reader.Required("services").Members()) {
    ServiceModel& service = model.services[service_name];
    service.name = service_name;
    BodyReader body_reader(service, model);
    service.body = body_reader.ReadStatements(body);
    std::ranges::move(body_reader.called_, std::back_inserter(called));
  }
  if (const auto expect = reader.Optional("expect")) {
    model.expect.emplace();
    for (const JsonReader& status : expect->Items()) model.expect->push_back(StatusFrom(status));
  }
  for (const auto& [place, service] : called) {
    if (!model.services.contains(service)) {
      place.Fail(fmt::format("unknown service \"{}\", expected one of $.services", service));
    }
  }
  if (reader.error()) return std::unexpected(*reader.error());
  return model;
}

std::expected<ApplicationModel, Error> ReadModel(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return std::unexpected(text.error());
  return ModelFromText(*text, path.string());
}

}  // namespace filibuster
