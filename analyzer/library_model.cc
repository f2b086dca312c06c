#include "analyzer/library_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "analyzer/analysis.h"
#include "analyzer/embedded_models.h"
#include "base/file.h"

namespace filibuster {
namespace {

std::optional<int> Find(const std::map<std::string, int>& roles, std::string_view role) {
  const auto it = roles.find(std::string(role));
  return it == roles.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace

std::optional<int> ModelRow::Argument(std::string_view role) const { return Find(arguments, role); }

std::optional<int> ModelRow::Parameter(std::string_view role) const {
  return Find(parameters, role);
}

bool LibraryModel::HasTimeout(const std::string& type) const {
  if (type.empty()) return false;
  const auto is_member = [&](const std::string& name) {
    return name.starts_with(type) && name.compare(type.size(), 2, "::") == 0;
  };
  const auto is_timeout = [](const auto& role) { return role.first.find("timeout") == 0; };
  const auto sets = [&](const ModelRow& row) {
    return row.effect == Effect::kConfigure && std::ranges::any_of(row.arguments, is_timeout);
  };
  return std::ranges::any_of(functions,
                             [&](const auto& named) {
                               return is_member(named.first) &&
                                      std::ranges::any_of(named.second, sets);
                             }) ||
         std::ranges::any_of(settings, [&](const auto& setting) {
           return is_member(setting.first) && setting.second.starts_with("timeout");
         });
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

bool MatchesPattern(std::string_view name, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return name == pattern;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  name.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (std::size_t skipped = 0; skipped <= name.size(); ++skipped) {
    if (MatchesPattern(name.substr(skipped), pattern)) return true;
  }
  return false;
}

std::string FaultModel::Label() const {
  const auto code = metadata.find("code");
  return code != metadata.end() && code->is_string() ? code->get<std::string>() : name;
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

std::expected<std::vector<LibraryModel>, Error> ModelsWith(
    std::span<const std::filesystem::path> files) {
  std::vector<LibraryModel> models;
  const auto is_taken = [&](const LibraryModel& model) {
    const auto same = [&](const LibraryModel& other) {
      return other.analysis_module == model.analysis_module;
    };
    return std::ranges::any_of(models, same) || std::ranges::any_of(BuiltInModels(), same);
  };
  for (const std::filesystem::path& file : files) {
    const auto text = ReadFile(file);
    if (!text) return std::unexpected(text.error());
    auto model = LibraryModelFromText(*text, file.string());
    if (!model) return std::unexpected(model.error());
    if (is_taken(*model)) {
      return std::unexpected(Error{fmt::format(
          "{}: $.analysis_module: found \"{}\", which another model has, expected a new name",
          file.string(), model->analysis_module)});
    }
    models.push_back(*std::move(model));
  }
  models.insert(models.end(), BuiltInModels().begin(), BuiltInModels().end());
  return models;
}

std::string HttpPattern(std::span<const LibraryModel> models) {
  std::vector<std::string> patterns;
  for (const LibraryModel& model : models) {
    if (model.HasHttpStatuses()) patterns.push_back(model.pattern);
  }
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
    if (!model.HasHttpStatuses()) {
      // Whatever a handler does, it may throw.
      const Json metadata = {{"code", model.exception_status}};
      module.errors = {{.service_name = ".*", .types = {{.exception = {{"metadata", metadata}}}}}};
    }
    analysis.modules.push_back(std::move(module));
    if (!model.HasHttpStatuses()) continue;
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
      {.name = "http", .pattern = HttpPattern(BuiltInModels()), .errors = {std::move(errors)}});
  std::ranges::sort(analysis.modules, {}, &Module::name);
  return analysis;
}

}  // namespace filibuster
