#include "analyzer/library_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/analysis.h"
#include "analyzer/embedded_models.h"

namespace filibuster {
namespace {

constexpr int kSchemaVersion = 1;

template <typename Enum>
Enum FromName(const JsonReader& reader,
              std::initializer_list<std::pair<std::string_view, Enum>> names) {
  const std::string found = reader.String();
  std::vector<std::string_view> expected;
  for (const auto& [name, value] : names) {
    if (name == found) return value;
    expected.push_back(name);
  }
  reader.Fail(fmt::format("found \"{}\", expected one of: {}", found, fmt::join(expected, ", ")));
  return names.begin()->second;
}

Effect EffectFromJson(const JsonReader& reader) {
  return FromName<Effect>(reader, {{"configure", Effect::kConfigure},
                                   {"call", Effect::kCall},
                                   {"read", Effect::kRead},
                                   {"handle_requests", Effect::kHandleRequests},
                                   {"handle_exceptions", Effect::kHandleExceptions},
                                   {"handle_errors", Effect::kHandleErrors},
                                   {"listen", Effect::kListen},
                                   {"set_status", Effect::kSetStatus}});
}

ResultPart PartFromJson(const JsonReader& reader) {
  return FromName<ResultPart>(reader, {{"ok", ResultPart::kOk},
                                       {"failed", ResultPart::kFailed},
                                       {"error", ResultPart::kError},
                                       {"response", ResultPart::kResponse},
                                       {"status", ResultPart::kStatus},
                                       {"body", ResultPart::kBody}});
}

std::vector<std::string> NamesFromJson(const JsonReader& reader) {
  std::vector<std::string> names;
  for (const JsonReader& item : reader.Required("names").Items()) {
    std::ranges::move(ExpandBraces(item.String()), std::back_inserter(names));
  }
  return names;
}

std::map<std::string, int> RolesFromJson(const JsonReader& reader, std::string_view key) {
  std::map<std::string, int> roles;
  if (const auto object = reader.Optional(key)) {
    object->OnlyKeys({"host", "port", "timeout", "timeout_microseconds", "connection_timeout",
                      "connection_timeout_microseconds", "path", "pattern", "handler", "response",
                      "exception", "status"});
    for (const auto& [role, index] : object->Members()) roles[role] = static_cast<int>(index.Int());
  }
  return roles;
}

FaultModel FaultFromJson(const JsonReader& reader) {
  reader.OnlyKeys({"name", "restrictions", "metadata", "extended"});
  FaultModel fault{.name = reader.Required("name").String()};
  if (const auto restrictions = reader.Optional("restrictions")) {
    fault.restrictions = restrictions->String();
  }
  if (const auto metadata = reader.Optional("metadata")) fault.metadata = metadata->value();
  if (const auto extended = reader.Optional("extended")) fault.extended = extended->Bool();
  return fault;
}

ModelRow RowFromJson(const JsonReader& reader) {
  reader.OnlyKeys({"names", "effect", "value", "needs_success", "arguments", "parameters"});
  ModelRow row{.effect = EffectFromJson(reader.Required("effect")),
               .arguments = RolesFromJson(reader, "arguments"),
               .parameters = RolesFromJson(reader, "parameters")};
  if (row.effect == Effect::kRead) row.part = PartFromJson(reader.Required("value"));
  if (const auto needs = reader.Optional("needs_success")) row.needs_success = needs->Bool();
  return row;
}

void ReadServer(const JsonReader& reader, LibraryModel& model) {
  reader.OnlyKeys({"status_field", "default_status", "exception_status"});
  model.status_field = reader.Required("status_field").String();
  model.default_status = static_cast<int>(reader.Required("default_status").Int());
  model.exception_status = static_cast<int>(reader.Required("exception_status").Int());
}

std::optional<int> Find(const std::map<std::string, int>& roles, std::string_view role) {
  const auto it = roles.find(std::string(role));
  return it == roles.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace

std::optional<int> ModelRow::Argument(std::string_view role) const { return Find(arguments, role); }

std::optional<int> ModelRow::Parameter(std::string_view role) const {
  return Find(parameters, role);
}

std::vector<std::string> ExpandBraces(std::string_view pattern) {
  const size_t open = pattern.find('{');
  const size_t close = pattern.find('}', open);
  if (open == pattern.npos || close == pattern.npos) return {std::string(pattern)};
  std::vector<std::string> expanded;
  std::string_view choices = pattern.substr(open + 1, close - open - 1);
  while (true) {
    const size_t comma = choices.find(',');
    const std::string head = fmt::format("{}{}", pattern.substr(0, open), choices.substr(0, comma));
    for (const std::string& tail : ExpandBraces(pattern.substr(close + 1))) {
      expanded.push_back(head + tail);
    }
    if (comma == choices.npos) return expanded;
    choices.remove_prefix(comma + 1);
  }
}

std::expected<LibraryModel, Error> LibraryModelFromText(std::string_view text,
                                                        const std::string& name) {
  const auto json = ParseJson(text, name);
  if (!json) return std::unexpected(json.error());
  const JsonReader reader(*json, name);
  reader.OnlyKeys({"schema_version", "library", "module", "analysis_module", "pattern",
                   "namespaces", "faults", "no_fault", "statuses", "server", "functions",
                   "fields"});
  if (const auto version = reader.Required("schema_version"); version.Int() != kSchemaVersion) {
    version.Fail(fmt::format("expected version {}", kSchemaVersion));
  }
  LibraryModel model;
  model.library = reader.Required("library").String();
  model.module = reader.Required("module").String();
  model.analysis_module = reader.Required("analysis_module").String();
  model.pattern = reader.Required("pattern").String();
  for (const JsonReader& item : reader.Required("namespaces").Items()) {
    model.namespaces.push_back(item.String());
  }
  for (const JsonReader& item : reader.Required("faults").Items()) {
    model.faults.push_back(FaultFromJson(item));
  }
  if (const auto no_fault = reader.Optional("no_fault")) model.no_fault = no_fault->String();
  for (const JsonReader& item : reader.Required("statuses").Items()) {
    model.statuses.push_back(static_cast<int>(item.Int()));
  }
  if (const auto server = reader.Optional("server")) ReadServer(*server, model);
  for (const JsonReader& item : reader.Required("functions").Items()) {
    const ModelRow row = RowFromJson(item);
    for (std::string& function : NamesFromJson(item)) model.functions[std::move(function)] = row;
  }
  if (const auto fields = reader.Optional("fields")) {
    for (const JsonReader& item : fields->Items()) {
      item.OnlyKeys({"names", "value"});
      const ResultPart part = PartFromJson(item.Required("value"));
      for (std::string& field : NamesFromJson(item)) model.fields[std::move(field)] = part;
    }
  }
  if (reader.error()) return std::unexpected(*reader.error());
  return model;
}

const std::vector<LibraryModel>& BuiltInModels() {
  static const std::vector<LibraryModel> models = [] {
    std::vector<LibraryModel> read;
    for (const EmbeddedModel& embedded : EmbeddedModels()) {
      // A model that does not read is a mistake of the build; LibraryModelTest finds it.
      if (auto model = LibraryModelFromText(embedded.text, embedded.name)) {
        read.push_back(*std::move(model));
      }
    }
    return read;
  }();
  return models;
}

std::string HttpPattern() {
  std::vector<std::string> patterns;
  for (const LibraryModel& model : BuiltInModels()) patterns.push_back(model.pattern);
  return fmt::format("({})", fmt::join(patterns, ")|("));
}

Analysis DefaultAnalysis() {
  Analysis analysis;
  std::vector<int> statuses;
  for (const LibraryModel& model : BuiltInModels()) {
    Module module{.name = model.analysis_module, .pattern = model.pattern};
    for (const FaultModel& fault : model.faults) {
      if (fault.extended) continue;
      module.exceptions.push_back({fault.name, fault.restrictions, fault.metadata});
    }
    analysis.modules.push_back(std::move(module));
    statuses.insert(statuses.end(), model.statuses.begin(), model.statuses.end());
  }
  std::ranges::sort(statuses);
  const auto repeated = std::ranges::unique(statuses);
  statuses.erase(repeated.begin(), repeated.end());
  ServiceErrors errors{.service_name = ".*"};
  for (const int status : statuses) {
    errors.types.push_back({.return_value = {{"status_code", std::to_string(status)}}});
  }
  analysis.modules.push_back(
      {.name = "http", .pattern = HttpPattern(), .errors = {std::move(errors)}});
  std::ranges::sort(analysis.modules, {}, &Module::name);
  return analysis;
}

}  // namespace filibuster
