#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "analyzer/library_model.h"

namespace filibuster {
namespace {

constexpr int kSchemaVersion = 1;
constexpr int kMaxIndex = 63;

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
                                   {"create", Effect::kCreate},
                                   {"call", Effect::kCall},
                                   {"read", Effect::kRead},
                                   {"then", Effect::kThen},
                                   {"take", Effect::kTake},
                                   {"handle_requests", Effect::kHandleRequests},
                                   {"handle_exceptions", Effect::kHandleExceptions},
                                   {"handle_errors", Effect::kHandleErrors},
                                   {"listen", Effect::kListen},
                                   {"set_status", Effect::kSetStatus},
                                   {"itself", Effect::kItself},
                                   {"address", Effect::kAddress},
                                   {"compare", Effect::kCompare},
                                   {"answer", Effect::kAnswer},
                                   {"invoke", Effect::kInvoke},
                                   {"nothing", Effect::kNothing}});
}

ResultPart PartFromJson(const JsonReader& reader) {
  return FromName<ResultPart>(reader, {{"ok", ResultPart::kOk},
                                       {"failed", ResultPart::kFailed},
                                       {"error", ResultPart::kError},
                                       {"response", ResultPart::kResponse},
                                       {"status", ResultPart::kStatus},
                                       {"body", ResultPart::kBody},
                                       {"pair", ResultPart::kPair}});
}

std::vector<std::string> NamesFromJson(const JsonReader& reader) {
  std::vector<std::string> names;
  for (const JsonReader& item : reader.Required("names").Items()) {
    std::ranges::move(ExpandBraces(item.String()), std::back_inserter(names));
  }
  return names;
}

std::vector<std::string> Strings(const JsonReader& reader) {
  std::vector<std::string> strings;
  for (const JsonReader& item : reader.Items()) strings.push_back(item.String());
  return strings;
}

void Set(const JsonReader& reader, std::string_view key, std::string& value) {
  if (const auto found = reader.Optional(key)) value = found->String();
}

void Set(const JsonReader& reader, std::string_view key, bool& value) {
  if (const auto found = reader.Optional(key)) value = found->Bool();
}

void Set(const JsonReader& reader, std::string_view key, std::vector<std::string>& value) {
  if (const auto found = reader.Optional(key)) value = Strings(*found);
}

int IndexFromJson(const JsonReader& reader) {
  const std::int64_t index = reader.Int();
  if (index < 0 || index > kMaxIndex) {
    reader.Fail(fmt::format("found {}, expected the index of an argument, from 0", index));
  }
  return static_cast<int>(index);
}

std::map<std::string, int> RolesFromJson(const JsonReader& reader, std::string_view key) {
  std::map<std::string, int> roles;
  if (const auto object = reader.Optional(key)) {
    object->OnlyKeys({"answer",
                      "body",
                      "callback",
                      "connection_timeout",
                      "connection_timeout_microseconds",
                      "connection_timeout_milliseconds",
                      "error",
                      "exception",
                      "fail_on_status",
                      "handle",
                      "handler",
                      "host",
                      "inner",
                      "method",
                      "into",
                      "object",
                      "options",
                      "path",
                      "pattern",
                      "port",
                      "queue",
                      "request",
                      "response",
                      "service",
                      "status",
                      "timeout",
                      "timeout_microseconds",
                      "timeout_milliseconds",
                      "to",
                      "value"});
    for (const auto& [role, index] : object->Members()) roles[role] = IndexFromJson(index);
  }
  return roles;
}

FaultModel FaultFromJson(const JsonReader& reader) {
  reader.OnlyKeys({"name", "restrictions", "metadata", "extended", "error", "number", "exception"});
  FaultModel fault{.name = reader.Required("name").String()};
  if (const auto restrictions = reader.Optional("restrictions")) {
    fault.restrictions = restrictions->String();
  }
  if (const auto metadata = reader.Optional("metadata")) fault.metadata = metadata->value();
  fault.error = fault.exception = fault.name;
  Set(reader, "extended", fault.extended);
  Set(reader, "error", fault.error);
  Set(reader, "exception", fault.exception);
  if (const auto number = reader.Optional("number")) {
    fault.number = static_cast<int>(number->Int());
  }
  return fault;
}

// The keys of a shape are those of the row that has it.
Shape ShapeFromJson(const JsonReader& reader) {
  Shape shape;
  if (const auto takes = reader.Optional("takes")) {
    for (const auto& [index, type] : takes->Members()) {
      int number = -1;
      const char* end = index.data() + index.size();
      if (std::from_chars(index.data(), end, number).ptr != end || number < 0) {
        type.Fail(fmt::format("found the key \"{}\", expected the index of a parameter", index));
      }
      shape.takes[number] = type.String();
    }
  }
  Set(reader, "returns", shape.returns);
  Set(reader, "overrides", shape.overrides);
  Set(reader, "derives_from", shape.derives_from);
  Set(reader, "class_has", shape.class_has);
  Set(reader, "registered", shape.registered);
  if (const auto arity = reader.Optional("arity")) shape.arity = IndexFromJson(*arity);
  return shape;
}

void ReadThrows(const JsonReader& reader, ModelRow& row) {
  const auto throws = reader.Optional("throws");
  if (!throws) return;
  row.throws = true;
  if (throws->value().is_array()) {
    row.throws_only = Strings(*throws);
  } else {
    row.throws = throws->Bool();
  }
}

void ReadWhen(const JsonReader& reader, ModelRow& row) {
  const auto when = reader.Optional("when");
  if (!when) return;
  when->OnlyKeys({"argument", "is"});
  const int argument = IndexFromJson(when->Required("argument"));
  for (std::string& name : Strings(when->Required("is"))) {
    for (std::string& one : ExpandBraces(name)) row.when.emplace_back(argument, std::move(one));
  }
}

ModelRow RowFromJson(const JsonReader& reader) {
  reader.OnlyKeys({"names",      "effect",    "value",         "needs_success", "arguments",
                   "parameters", "throws",    "throws_status", "keeps",         "faults",
                   "statuses",   "method",    "path",          "when",          "takes",
                   "returns",    "overrides", "derives_from",  "class_has",     "arity",
                   "clears",     "gives",     "later"});
  ModelRow row{.effect = EffectFromJson(reader.Required("effect")),
               .shape = ShapeFromJson(reader),
               .arguments = RolesFromJson(reader, "arguments"),
               .parameters = RolesFromJson(reader, "parameters")};
  if (row.effect == Effect::kRead) row.part = PartFromJson(reader.Required("value"));
  if (row.effect == Effect::kCall) {
    const auto part = reader.Optional("value");
    row.part = part ? PartFromJson(*part) : ResultPart::kResponse;
  }
  Set(reader, "needs_success", row.needs_success);
  Set(reader, "throws_status", row.throws_status);
  Set(reader, "keeps", row.keeps);
  Set(reader, "later", row.later);
  Set(reader, "clears", row.clears);
  Set(reader, "statuses", row.has_statuses);
  Set(reader, "faults", row.faults);
  Set(reader, "method", row.method);
  if (const auto path = reader.Optional("path")) {
    row.path = FromName<std::string>(*path, {{"callee", "callee"}, {"method", "method"}});
  }
  ReadThrows(reader, row);
  ReadWhen(reader, row);
  if (const auto gives = reader.Optional("gives")) {
    for (const auto& [field, what] : gives->Members()) row.gives[field] = what.String();
  }
  return row;
}

void ReadServer(const JsonReader& reader, LibraryModel& model) {
  reader.OnlyKeys({"status_field", "default_status", "exception_status", "response_type",
                   "answer_type", "returns_status", "thrown_status", "handlers"});
  model.status_field = reader.Required("status_field").String();
  model.default_status = static_cast<int>(reader.Required("default_status").Int());
  model.exception_status = reader.Required("exception_status").String();
  Set(reader, "response_type", model.response_type);
  Set(reader, "answer_type", model.answer_type);
  Set(reader, "returns_status", model.returns_status);
  Set(reader, "thrown_status", model.thrown_status);
  if (const auto handlers = reader.Optional("handlers")) {
    for (const JsonReader& item : handlers->Items()) {
      item.OnlyKeys(
          {"takes", "returns", "overrides", "derives_from", "class_has", "arity", "registered"});
      model.handlers.push_back(ShapeFromJson(item));
    }
  }
}

void ReadTypes(const JsonReader& reader, LibraryModel& model) {
  for (const auto& [name, item] : reader.Members()) {
    item.OnlyKeys({"bases", "status"});
    TypeModel type;
    Set(item, "bases", type.bases);
    if (const auto status = item.Optional("status")) type.status = static_cast<int>(status->Int());
    for (std::string& one : ExpandBraces(name)) model.types[std::move(one)] = type;
  }
}

void ReadStatuses(const JsonReader& reader, LibraryModel& model) {
  for (const JsonReader& item : reader.Required("statuses").Items()) {
    model.statuses.push_back(static_cast<int>(item.Int()));
  }
  if (const auto failed = reader.Optional("failed_status")) {
    model.failed_status = static_cast<int>(failed->Int());
  }
  if (const auto error = reader.Optional("status_error")) {
    error->OnlyKeys({"error", "number", "exception", "client_exception"});
    Set(*error, "error", model.status_error.error);
    Set(*error, "exception", model.status_error.exception);
    model.client_exception = model.status_error.exception;
    Set(*error, "client_exception", model.client_exception);
    if (const auto number = error->Optional("number")) {
      model.status_error.number = static_cast<int>(number->Int());
    }
  }
  if (const auto codes = reader.Optional("codes")) {
    codes->OnlyKeys({"prefix", "names"});
    model.code_prefix = codes->Required("prefix").String();
    Set(*codes, "names", model.codes);
  }
  if (const auto aliases = reader.Optional("aliases")) {
    for (const auto& [name, now] : aliases->Members()) model.aliases[name] = now.String();
  }
  if (const auto constants = reader.Optional("constants")) {
    for (const auto& [name, value] : constants->Members()) {
      for (std::string& one : ExpandBraces(name)) {
        if (value.value().is_string()) {
          model.texts[std::move(one)] = value.String();
        } else {
          model.constants[std::move(one)] = static_cast<int>(value.Int());
        }
      }
    }
  }
}

void ReadFields(const JsonReader& reader, LibraryModel& model) {
  for (const JsonReader& item : reader.Items()) {
    item.OnlyKeys({"names", "value", "role"});
    const auto role = item.Optional("role");
    for (std::string& field : NamesFromJson(item)) {
      if (role) {
        model.settings[std::move(field)] = role->String();
      } else {
        model.fields[std::move(field)] = PartFromJson(item.Required("value"));
      }
    }
  }
}

void ReadFunctions(const JsonReader& reader, LibraryModel& model) {
  for (const JsonReader& item : reader.Items()) {
    const ModelRow row = RowFromJson(item);
    for (std::string& function : NamesFromJson(item)) {
      if (function.find('*') != function.npos && !function.ends_with("operator*")) {
        model.patterns.emplace_back(std::move(function), row);
      } else {
        model.functions[std::move(function)].push_back(row);
      }
    }
  }
}

}  // namespace

std::expected<LibraryModel, Error> LibraryModelFromText(std::string_view text,
                                                        const std::string& name) {
  const auto json = ParseJson(text, name);
  if (!json) return std::unexpected(json.error());
  const JsonReader reader(*json, name);
  reader.OnlyKeys({"schema_version",
                   "library",
                   "module",
                   "analysis_module",
                   "pattern",
                   "namespaces",
                   "prefixes",
                   "faults",
                   "no_fault",
                   "statuses",
                   "failed_status",
                   "status_error",
                   "zero_is_no_timeout",
                   "default_timeout",
                   "codes",
                   "constants",
                   "aliases",
                   "types",
                   "server",
                   "functions",
                   "fields"});
  if (const auto version = reader.Required("schema_version"); version.Int() != kSchemaVersion) {
    version.Fail(fmt::format("expected version {}", kSchemaVersion));
  }
  LibraryModel model;
  model.library = reader.Required("library").String();
  model.module = reader.Required("module").String();
  model.analysis_module = reader.Required("analysis_module").String();
  model.pattern = reader.Required("pattern").String();
  model.namespaces = Strings(reader.Required("namespaces"));
  Set(reader, "prefixes", model.prefixes);
  for (const JsonReader& item : reader.Required("faults").Items()) {
    model.faults.push_back(FaultFromJson(item));
  }
  Set(reader, "no_fault", model.no_fault);
  ReadStatuses(reader, model);
  Set(reader, "zero_is_no_timeout", model.zero_is_no_timeout);
  if (const auto timeout = reader.Optional("default_timeout")) {
    model.default_timeout = static_cast<int>(timeout->Int());
  }
  if (const auto types = reader.Optional("types")) ReadTypes(*types, model);
  if (const auto server = reader.Optional("server")) ReadServer(*server, model);
  ReadFunctions(reader.Required("functions"), model);
  if (const auto fields = reader.Optional("fields")) ReadFields(*fields, model);
  if (reader.error()) return std::unexpected(*reader.error());
  return model;
}

}  // namespace filibuster
