#include "analyzer/analysis_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <regex>
#include <utility>

#include "analyzer/fault_check.h"
#include "base/file.h"
#include "base/json_reader.h"

namespace filibuster {
namespace {

constexpr int kSchemaVersion = 1;

// The keys are written in an order that reads well, not by name.
using OrderedJson = nlohmann::ordered_json;

// ---- JSON => Analysis ------------------------------------------------------------------------

std::string PatternFromJson(const JsonReader& reader) {
  std::string pattern = reader.String();
  try {
    const std::regex compiled(pattern);
  } catch (const std::regex_error&) {
    reader.Fail(fmt::format("not a regular expression: \"{}\"", pattern));
  }
  return pattern;
}

std::optional<std::string> MaybeString(const JsonReader& reader, std::string_view key) {
  const auto value = reader.Optional(key);
  return value ? std::optional(value->String()) : std::nullopt;
}

std::string OptionalString(const JsonReader& reader, std::string_view key) {
  return MaybeString(reader, key).value_or(std::string());
}

bool IsSet(const JsonReader& reader, std::string_view key) {
  const auto value = reader.Optional(key);
  return value && value->Bool();
}

Json OptionalObject(const JsonReader& reader, std::string_view key) {
  const auto value = reader.Optional(key);
  if (!value) return nullptr;
  if (!value->value().is_object()) value->Fail("expected an object");
  return value->value();
}

template <typename FromJson>
auto OptionalList(const JsonReader& reader, std::string_view key, FromJson from_json) {
  std::vector<std::invoke_result_t<FromJson, const JsonReader&>> elements;
  const auto list = reader.Optional(key);
  if (!list) return elements;
  const auto items = list->Items();
  elements.reserve(items.size());
  for (const JsonReader& item : items) elements.push_back(std::invoke(from_json, item));
  return elements;
}

SourceLocation LocationFromJson(const JsonReader& reader) {
  const auto column = reader.Optional("column");
  return {.file = reader.Required("file").String(),
          .line = static_cast<int>(reader.Required("line").Int()),
          .column = column ? static_cast<int>(column->Int()) : 0};
}

ExceptionType ExceptionFromJson(const JsonReader& reader) {
  ExceptionType exception;
  CheckException(reader);
  exception.name = reader.Required("name").String();
  exception.restrictions = MaybeString(reader, "restrictions");
  if (Json metadata = OptionalObject(reader, "metadata"); metadata.is_object()) {
    exception.metadata = std::move(metadata);
  }
  return exception;
}

ErrorType ErrorTypeFromJson(const JsonReader& reader) {
  ErrorType type{.return_value = OptionalObject(reader, "return_value"),
                 .exception = OptionalObject(reader, "exception")};
  if (type.return_value.is_object() == type.exception.is_object()) {
    reader.Fail("expected either the key \"return_value\" or the key \"exception\"");
  }
  if (const auto return_value = reader.Optional("return_value")) CheckStatusCode(*return_value);
  return type;
}

ErrorSource ErrorSourceFromJson(const JsonReader& reader) {
  return {.status_code = OptionalString(reader, "status_code"),
          .location = LocationFromJson(reader),
          .function = OptionalString(reader, "function"),
          .unreached = IsSet(reader, "unreached"),
          .unresolved = MaybeString(reader, "unresolved")};
}

ServiceErrors ServiceErrorsFromJson(const JsonReader& reader) {
  return {.service_name = PatternFromJson(reader.Required("service_name")),
          .types = OptionalList(reader, "types", ErrorTypeFromJson),
          .sources = OptionalList(reader, "sources", ErrorSourceFromJson)};
}

Outcome OutcomeFromJson(const JsonReader& reader) {
  Outcome outcome;
  outcome.status_code = OptionalString(reader, "status_code");
  outcome.calls = OptionalList(reader, "calls", &JsonReader::String);
  outcome.calls_depend_on = OptionalList(reader, "calls_depend_on", &JsonReader::String);
  if (const auto unknown = reader.Optional("unknown")) {
    outcome.kind = Outcome::Kind::kUnknown;
    outcome.reason = unknown->String();
  } else if (IsSet(reader, "terminates")) {
    outcome.kind = Outcome::Kind::kTerminates;
  } else if (IsSet(reader, "escapes")) {
    outcome.kind = Outcome::Kind::kEscapes;
  } else if (IsSet(reader, "continues")) {
    outcome.kind = Outcome::Kind::kContinues;
  } else if (IsSet(reader, "retries")) {
    outcome.kind = Outcome::Kind::kRetries;
    if (const auto attempts = reader.Optional("attempts")) {
      outcome.attempts = static_cast<int>(attempts->Int());
    }
    outcome.unbounded = IsSet(reader, "unbounded");
  } else if (!outcome.status_code.empty()) {
    outcome.kind = Outcome::Kind::kAnswers;
  } else {
    reader.Fail("expected one of: status_code, escapes, continues, retries, unknown");
  }
  return outcome;
}

HandlerEntry HandlerFromJson(const JsonReader& reader) {
  HandlerEntry handler;
  for (const JsonReader& fault : reader.Required("faults").Items()) {
    handler.faults.push_back(fault.String());
  }
  handler.kind = reader.Required("kind").String();
  if (reader.Optional("file")) handler.location = LocationFromJson(reader);
  handler.outcome = OutcomeFromJson(reader.Required("outcome"));
  handler.catch_all = IsSet(reader, "catch_all");
  handler.does_nothing = IsSet(reader, "does_nothing");
  handler.ends_by = OptionalString(reader, "ends_by");
  handler.later_calls = OptionalList(reader, "later_calls", LocationFromJson);
  return handler;
}

CallStep CallStepFromJson(const JsonReader& reader) {
  return {.location = LocationFromJson(reader), .function = OptionalString(reader, "function")};
}

CallSite CallSiteFromJson(const JsonReader& reader) {
  CallSite site;
  site.service = reader.Required("service").String();
  site.location = LocationFromJson(reader);
  site.function = OptionalString(reader, "function");
  site.via = OptionalList(reader, "via", CallStepFromJson);
  site.module = reader.Required("module").String();
  site.method = reader.Required("method").String();
  if (const auto target = reader.Optional("target")) {
    site.target = {.url = MaybeString(*target, "url"),
                   .service = MaybeString(*target, "service"),
                   .unresolved = MaybeString(*target, "unresolved")};
  }
  site.timeout = IsSet(reader, "timeout");
  if (const auto seconds = reader.Optional("timeout_seconds")) {
    site.timeout_seconds = seconds->Number();
  }
  site.handlers = OptionalList(reader, "handlers", HandlerFromJson);
  return site;
}

Json OptionalValue(const JsonReader& reader, std::string_view key) {
  const auto value = reader.Optional(key);
  return value ? value->value() : Json(nullptr);
}

Module ModuleFromJson(const std::string& name, const JsonReader& reader) {
  if (const auto version = reader.Optional("schema_version")) {
    if (version->Int() > kSchemaVersion) {
      version->Fail(
          fmt::format("found version {}, expected at most {}", version->Int(), kSchemaVersion));
    }
  }
  return {.name = name,
          .pattern = PatternFromJson(reader.Required("pattern")),
          .exceptions = OptionalList(reader, "exceptions", ExceptionFromJson),
          .errors = OptionalList(reader, "errors", ServiceErrorsFromJson),
          .call_sites = OptionalList(reader, "call_sites", CallSiteFromJson),
          .latencies = OptionalValue(reader, "latencies"),
          .transformers = OptionalValue(reader, "transformers")};
}

// ---- Analysis => JSON ------------------------------------------------------------------------

template <typename Element>
OrderedJson ToJsonArray(const std::vector<Element>& elements,
                        OrderedJson (*to_json)(const Element&)) {
  OrderedJson array = OrderedJson::array();
  for (const Element& element : elements) array.push_back(to_json(element));
  return array;
}

template <typename Element, typename Key>
std::vector<Element> SortedBy(std::vector<Element> elements, Key key) {
  std::ranges::stable_sort(elements, {}, key);
  return elements;
}

void PutLocation(OrderedJson& json, const SourceLocation& location) {
  json["file"] = location.file;
  json["line"] = location.line;
  json["column"] = location.column;
}

OrderedJson ToOrderedJson(const ExceptionType& exception) {
  OrderedJson json = {{"name", exception.name}};
  if (exception.restrictions) json["restrictions"] = *exception.restrictions;
  if (!exception.metadata.empty()) json["metadata"] = exception.metadata;
  return json;
}

OrderedJson ToOrderedJson(const ErrorType& type) {
  return type.return_value.is_object() ? OrderedJson{{"return_value", type.return_value}}
                                       : OrderedJson{{"exception", type.exception}};
}

OrderedJson ToOrderedJson(const ErrorSource& source) {
  OrderedJson json = OrderedJson::object();
  if (source.unresolved) {
    json["unresolved"] = *source.unresolved;
  } else {
    json["status_code"] = source.status_code;
  }
  PutLocation(json, source.location);
  json["function"] = source.function;
  if (source.unreached) json["unreached"] = true;
  return json;
}

OrderedJson ToOrderedJson(const ServiceErrors& errors) {
  OrderedJson json = {{"service_name", errors.service_name}};
  json["types"] = ToJsonArray<ErrorType>(SortedBy(errors.types,
                                                  [](const ErrorType& type) {
                                                    return std::pair(type.return_value.dump(),
                                                                     type.exception.dump());
                                                  }),
                                         ToOrderedJson);
  if (!errors.sources.empty()) {
    json["sources"] =
        ToJsonArray<ErrorSource>(SortedBy(errors.sources,
                                          [](const ErrorSource& source) {
                                            return std::pair(source.location, source.status_code);
                                          }),
                                 ToOrderedJson);
  }
  return json;
}

OrderedJson ToOrderedJson(const Outcome& outcome) {
  OrderedJson json = OrderedJson::object();
  switch (outcome.kind) {
    case Outcome::Kind::kAnswers:
      break;
    case Outcome::Kind::kEscapes:
      json["escapes"] = true;
      break;
    case Outcome::Kind::kTerminates:
      json["escapes"] = true;
      json["terminates"] = true;
      break;
    case Outcome::Kind::kContinues:
      json["continues"] = true;
      break;
    case Outcome::Kind::kRetries:
      json["retries"] = true;
      if (outcome.attempts) json["attempts"] = *outcome.attempts;
      if (outcome.unbounded) json["unbounded"] = true;
      break;
    case Outcome::Kind::kUnknown:
      json["unknown"] = outcome.reason;
      break;
  }
  if (!outcome.status_code.empty()) json["status_code"] = outcome.status_code;
  if (!outcome.calls.empty()) json["calls"] = outcome.calls;
  if (!outcome.calls_depend_on.empty()) json["calls_depend_on"] = outcome.calls_depend_on;
  return json;
}

OrderedJson ToOrderedJson(const SourceLocation& location) {
  OrderedJson json = OrderedJson::object();
  PutLocation(json, location);
  return json;
}

OrderedJson ToOrderedJson(const HandlerEntry& handler) {
  OrderedJson json = {{"faults", handler.faults}, {"kind", handler.kind}};
  if (handler.location) PutLocation(json, *handler.location);
  json["outcome"] = ToOrderedJson(handler.outcome);
  if (handler.catch_all) json["catch_all"] = true;
  if (handler.does_nothing) json["does_nothing"] = true;
  if (!handler.ends_by.empty()) json["ends_by"] = handler.ends_by;
  if (!handler.later_calls.empty()) {
    json["later_calls"] = ToJsonArray<SourceLocation>(handler.later_calls, ToOrderedJson);
  }
  return json;
}

OrderedJson ToOrderedJson(const CallStep& step) {
  OrderedJson json = OrderedJson::object();
  PutLocation(json, step.location);
  json["function"] = step.function;
  return json;
}

OrderedJson ToOrderedJson(const CallTarget& target) {
  OrderedJson json = OrderedJson::object();
  if (target.url) json["url"] = *target.url;
  if (target.service) json["service"] = *target.service;
  if (target.unresolved) json["unresolved"] = *target.unresolved;
  return json;
}

OrderedJson ToOrderedJson(const CallSite& site) {
  OrderedJson json = {{"service", site.service}};
  PutLocation(json, site.location);
  json["function"] = site.function;
  if (!site.via.empty()) json["via"] = ToJsonArray<CallStep>(site.via, ToOrderedJson);
  json["module"] = site.module;
  json["method"] = site.method;
  json["target"] = ToOrderedJson(site.target);
  json["timeout"] = site.timeout;
  if (site.timeout_seconds) json["timeout_seconds"] = *site.timeout_seconds;
  json["handlers"] = ToJsonArray<HandlerEntry>(
      SortedBy(site.handlers,
               [](const HandlerEntry& handler) { return std::tie(handler.faults, handler.kind); }),
      ToOrderedJson);
  return json;
}

OrderedJson ToOrderedJson(const Module& module) {
  OrderedJson json = {{"schema_version", kSchemaVersion}, {"pattern", module.pattern}};
  if (!module.exceptions.empty()) {
    json["exceptions"] = ToJsonArray<ExceptionType>(module.exceptions, ToOrderedJson);
  }
  if (!module.errors.empty()) {
    json["errors"] = ToJsonArray<ServiceErrors>(
        SortedBy(module.errors, &ServiceErrors::service_name), ToOrderedJson);
  }
  if (!module.call_sites.empty()) {
    json["call_sites"] = ToJsonArray<CallSite>(
        SortedBy(module.call_sites,
                 [](const CallSite& site) {
                   return std::tie(site.service, site.location, site.module, site.method);
                 }),
        ToOrderedJson);
  }
  if (!module.latencies.is_null()) json["latencies"] = module.latencies;
  if (!module.transformers.is_null()) json["transformers"] = module.transformers;
  return json;
}

}  // namespace

std::expected<Analysis, Error> AnalysisFromText(std::string_view text, const std::string& name) {
  const auto json = ParseJson(text, name);
  if (!json) return std::unexpected(json.error());
  const JsonReader reader(*json, name);
  Analysis analysis;
  for (const auto& [module, value] : reader.Members()) {
    analysis.modules.push_back(ModuleFromJson(module, value));
  }
  if (analysis.modules.empty()) reader.Fail("found no module, expected at least one");
  if (reader.error()) return std::unexpected(*reader.error());
  return analysis;
}

std::expected<Analysis, Error> ReadAnalysis(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return std::unexpected(text.error());
  return AnalysisFromText(*text, path.string());
}

std::string AnalysisToText(const Analysis& analysis) {
  OrderedJson json = OrderedJson::object();
  for (const Module& module : SortedBy(analysis.modules, &Module::name)) {
    json[module.name] = ToOrderedJson(module);
  }
  // Names in sources may hold bytes that are not UTF-8; a replacement is better than no file.
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << ToOrderedJson(outcome).dump();
}

}  // namespace filibuster
