#include "analyzer/program.h"

#include <algorithm>
#include <utility>

namespace filibuster {
namespace {

// A file that names one of these need not show what it derives from.
const std::unordered_map<std::string_view, std::string_view>& StandardBases() {
  static const std::unordered_map<std::string_view, std::string_view> bases = {
      {"std::logic_error", "std::exception"},
      {"std::invalid_argument", "std::logic_error"},
      {"std::domain_error", "std::logic_error"},
      {"std::length_error", "std::logic_error"},
      {"std::out_of_range", "std::logic_error"},
      {"std::future_error", "std::logic_error"},
      {"std::runtime_error", "std::exception"},
      {"std::range_error", "std::runtime_error"},
      {"std::overflow_error", "std::runtime_error"},
      {"std::underflow_error", "std::runtime_error"},
      {"std::system_error", "std::runtime_error"},
      {"std::bad_alloc", "std::exception"},
      {"std::bad_cast", "std::exception"},
      {"std::bad_typeid", "std::exception"},
      {"std::bad_weak_ptr", "std::exception"},
      {"std::bad_function_call", "std::exception"},
      {"std::bad_optional_access", "std::exception"},
      {"std::bad_variant_access", "std::exception"},
      {"std::bad_expected_access", "std::exception"},
      {"std::bad_any_cast", "std::bad_cast"},
      {"nlohmann::detail::parse_error", "nlohmann::detail::exception"},
      {"nlohmann::detail::invalid_iterator", "nlohmann::detail::exception"},
      {"nlohmann::detail::type_error", "nlohmann::detail::exception"},
      {"nlohmann::detail::out_of_range", "nlohmann::detail::exception"},
      {"nlohmann::detail::other_error", "nlohmann::detail::exception"},
      {"nlohmann::detail::exception", "std::exception"},
  };
  return bases;
}

bool IsIn(const std::string& name, const std::string& space) {
  return name.size() > space.size() + 2 && name.starts_with(space) &&
         name.compare(space.size(), 2, "::") == 0;
}

bool IsTimeout(const std::string& role) { return role.find("timeout") != std::string::npos; }

bool HasTimeout(const std::map<std::string, int>& roles) {
  return std::ranges::any_of(roles, [](const auto& role) { return IsTimeout(role.first); });
}

// The model says how a timeout is set.
bool KnowsTimeouts(const LibraryModel& model) {
  const auto row_has = [](const ModelRow& row) { return HasTimeout(row.arguments); };
  return std::ranges::any_of(
             model.functions,
             [&](const auto& named) { return std::ranges::any_of(named.second, row_has); }) ||
         std::ranges::any_of(model.patterns,
                             [&](const auto& named) { return row_has(named.second); }) ||
         std::ranges::any_of(model.settings,
                             [](const auto& setting) { return IsTimeout(setting.second); });
}

}  // namespace

Program::Program(std::vector<const FileFacts*> files, std::span<const LibraryModel> models)
    : files_(std::move(files)), models_(models) {
  for (const FileFacts* file : files_) AddFile(*file);
  for (const LibraryModel& model : models_) {
    if (!KnowsTimeouts(model)) sets_timeouts_.insert(&model);
  }
  for (const FileFacts* file : files_) {
    std::vector<LinkedCallee>& linked = callees_[file];
    for (const Callee& callee : file->callees) {
      linked.push_back(Link(*file, callee));
      const LinkedCallee& link = linked.back();
      const bool sets = std::ranges::any_of(
          link.rows, [](const ModelRow* row) { return HasTimeout(row->arguments); });
      if (sets) sets_timeouts_.insert(link.library);
    }
  }
}

LinkedCallee Program::Link(const FileFacts& file, const Callee& callee) const {
  LinkedCallee link{.callee = &callee, .definition = FindFunction(file, callee.usr)};
  link.compares = ComparesBy(callee);
  for (const LibraryModel& model : models_) {
    const auto add = [&](const ModelRow& row) {
      if (Fits(callee, row.shape)) link.rows.push_back(&row);
    };
    if (const auto rows = model.functions.find(callee.name); rows != model.functions.end()) {
      for (const ModelRow& row : rows->second) add(row);
    }
    for (const auto& [pattern, row] : model.patterns) {
      if (MatchesPattern(callee.name, pattern)) add(row);
    }
    if (!link.rows.empty()) {
      link.library = &model;
      return link;
    }
    const bool is_inside =
        std::ranges::any_of(model.namespaces,
                            [&](const std::string& space) { return IsIn(callee.name, space); }) ||
        std::ranges::any_of(model.prefixes, [&](const std::string& prefix) {
          return callee.name.starts_with(prefix);
        });
    if (is_inside && link.library == nullptr) link.library = &model;
  }
  return link;
}

bool Program::FitsClass(const std::string& class_key, const Shape& shape) const {
  if (!shape.derives_from.empty() && !DerivesFrom(class_key, shape.derives_from)) return false;
  if (shape.class_has.empty()) return true;
  std::vector<std::string> classes = {class_key};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto record = classes_.find(classes[i]);
    if (record == classes_.end()) continue;
    if (std::ranges::find(record->second->fields, shape.class_has) !=
        record->second->fields.end()) {
      return true;
    }
    classes.insert(classes.end(), record->second->bases.begin(), record->second->bases.end());
  }
  return false;
}

bool Program::Fits(const Callee& callee, const Shape& shape) const {
  if (shape.arity && callee.parameter_types.size() != static_cast<std::size_t>(*shape.arity)) {
    return false;
  }
  for (const auto& [index, type] : shape.takes) {
    const auto position = static_cast<std::size_t>(index);
    if (position >= callee.parameter_types.size() || callee.parameter_types[position] != type) {
      return false;
    }
  }
  if (!shape.returns.empty() && callee.return_type != shape.returns) return false;
  if (!shape.overrides.empty() &&
      std::ranges::none_of(callee.override_names, [&](const std::string& name) {
        return MatchesPattern(name, shape.overrides);
      })) {
    return false;
  }
  return FitsClass(callee.class_usr, shape);
}

bool Program::IsHandler(const LibraryModel& library, const FunctionFacts& function,
                        bool registered) const {
  return std::ranges::any_of(library.handlers, [&](const Shape& shape) {
    if (shape.registered && !registered) return false;
    Callee callee{.return_type = function.return_type,
                  .class_usr = function.class_usr,
                  .override_names = function.override_names};
    for (const Parameter& parameter : function.parameters) {
      callee.parameter_types.push_back(parameter.type);
    }
    return Fits(callee, shape);
  });
}

void Program::AddFile(const FileFacts& file) {
  auto& own = own_[&file];
  for (const FunctionFacts& function : file.functions) {
    const FunctionRef ref{&file, &function};
    own.emplace(function.usr, ref);
    const bool is_first = functions_.emplace(function.usr, ref).second;
    if (is_first) {
      if (!function.class_usr.empty() && function.name.ends_with("::operator()")) {
        call_operators_[function.class_usr].push_back(ref);
      }
      for (const std::string& overridden : function.overrides) {
        overriders_[overridden].push_back(ref);
      }
    }
    for (const Node& init : function.inits) CollectAssignments(init);
    CollectAssignments(function.body);
  }
  for (const ClassFacts& record : file.classes) {
    const ClassFacts*& known = classes_[record.usr];
    // A class that is only declared here may be defined elsewhere.
    if (known == nullptr || (known->bases.empty() && known->destructor.empty())) known = &record;
    keys_.emplace(record.name, record.usr);
  }
  for (const GlobalFacts& global : file.globals) {
    GlobalRef& known = globals_[global.usr];
    if (known.global == nullptr) known.index = static_cast<int>(globals_.size());
    const bool has_init = global.init.op != Op::kUnknown;
    if (known.global == nullptr || has_init) {
      known.file = &file;
      known.global = &global;
    }
  }
}

void Program::CollectAssignments(const Node& node) {
  const auto is_changed = [](const Node& parent) {
    return parent.op == Op::kAssign || parent.op == Op::kAddress ||
           (parent.op == Op::kUnary &&
            (parent.text.starts_with("++") || parent.text.starts_with("--")));
  };
  if (is_changed(node) && !node.kids.empty() && node.kids[0].op == Op::kGlobal) {
    assigned_.insert(node.kids[0].text);
  }
  if (node.op == Op::kAssign && node.kids[0].op == Op::kField) {
    for (const LibraryModel& model : models_) {
      const auto setting = model.settings.find(node.kids[0].type);
      const bool is_timeout = setting != model.settings.end() && IsTimeout(setting->second);
      if (is_timeout) sets_timeouts_.insert(&model);
    }
  }
  for (const Node& kid : node.kids) CollectAssignments(kid);
}

const LinkedCallee& Program::CalleeOf(const FileFacts& file, std::int64_t index) const {
  return callees_.at(&file)[static_cast<std::size_t>(index)];
}

bool Program::Uses(const LibraryModel& library) const {
  return std::ranges::any_of(callees_, [&](const auto& linked) {
    return std::ranges::any_of(linked.second,
                               [&](const LinkedCallee& link) { return link.library == &library; });
  });
}

bool Program::IsOfLibrary(const FunctionRef& function) const {
  const FunctionFacts& facts = *function.function;
  Callee callee{.usr = facts.usr,
                .name = facts.name,
                .return_type = facts.return_type,
                .class_usr = facts.class_usr,
                .override_names = facts.override_names};
  for (const Parameter& parameter : facts.parameters) {
    callee.parameter_types.push_back(parameter.type);
  }
  return !Link(*function.file, callee).rows.empty();
}

FunctionRef Program::FindFunction(const FileFacts& from, const std::string& usr) const {
  // The USR of what only one file can see need not be unique in the service.
  const auto& own = own_.at(&from);
  if (const auto it = own.find(usr); it != own.end()) return it->second;
  const auto it = functions_.find(usr);
  return it == functions_.end() ? FunctionRef() : it->second;
}

FunctionRef Program::Override(const std::string& type, const std::string& method) const {
  const auto candidates = overriders_.find(method);
  if (candidates == overriders_.end()) return {};
  // From the class itself outward through its bases: the first that overrides it.
  std::vector<std::string> classes = {type};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    for (const FunctionRef& candidate : candidates->second) {
      if (candidate.function->class_usr == classes[i]) return candidate;
    }
    if (const auto record = classes_.find(classes[i]); record != classes_.end()) {
      classes.insert(classes.end(), record->second->bases.begin(), record->second->bases.end());
    }
  }
  return {};
}

std::span<const FunctionRef> Program::OverridersOf(const std::string& method) const {
  const auto overriders = overriders_.find(method);
  if (overriders == overriders_.end()) return {};
  return overriders->second;
}

std::vector<FunctionRef> Program::HandlersOf(const LibraryModel& library,
                                             const std::string& type) const {
  std::vector<FunctionRef> handlers;
  std::unordered_set<std::string> seen;
  for (const FileFacts* file : files_) {
    for (const FunctionFacts& function : file->functions) {
      if (!function.class_usr.empty() && IsHandler(library, function, /*registered=*/true) &&
          DerivesFrom(type, function.class_usr) && seen.insert(function.usr).second) {
        handlers.push_back({file, &function});
      }
    }
  }
  return handlers;
}

std::vector<std::string> Program::BasesOf(const std::string& type) const {
  std::vector<std::string> bases;
  const auto record = classes_.find(type);
  if (record != classes_.end()) bases = record->second->bases;
  // What models and the standard say counts where the class was not seen whole.
  const std::string& name = TypeName(type);
  for (const LibraryModel& model : models_) {
    if (const auto known = model.types.find(name); known != model.types.end()) {
      for (const std::string& base : known->second.bases) bases.push_back(KeyOf(base));
    }
  }
  if (const auto base = StandardBases().find(name); base != StandardBases().end()) {
    bases.push_back(KeyOf(std::string(base->second)));
  }
  return bases;
}

bool Program::DerivesFrom(const std::string& type, const std::string& base) const {
  // Instances of a template share its name.
  if (type == base || TypeName(type) == base || KeyOf(type) == KeyOf(base)) return true;
  const bool is_pointer = type.ends_with(" *");
  if (is_pointer != base.ends_with(" *")) return false;
  if (is_pointer) {
    return DerivesFrom(type.substr(0, type.size() - 2), base.substr(0, base.size() - 2));
  }
  return std::ranges::any_of(BasesOf(KeyOf(type)), [&](const std::string& next) {
    return next != type && DerivesFrom(next, base);
  });
}

const std::string& Program::KeyOf(const std::string& name) const {
  const auto key = keys_.find(name);
  return key == keys_.end() ? name : key->second;
}

const std::string& Program::TypeName(const std::string& type) const {
  const auto record = classes_.find(type);
  return record == classes_.end() ? type : record->second->name;
}

std::optional<int> Program::ThrownStatus(const LibraryModel& library,
                                         const std::string& type) const {
  std::vector<std::string> classes = {type};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto known = library.types.find(TypeName(classes[i]));
    if (known != library.types.end() && known->second.status) return known->second.status;
    for (std::string& base : BasesOf(classes[i])) classes.push_back(std::move(base));
  }
  return std::nullopt;
}

const Program::GlobalRef* Program::FindGlobal(const std::string& usr) const {
  const auto it = globals_.find(usr);
  return it == globals_.end() ? nullptr : &it->second;
}

const ResultPart* Program::FieldPart(const std::string& qualified_name) const {
  for (const LibraryModel& model : models_) {
    const auto field = model.fields.find(qualified_name);
    if (field != model.fields.end()) return &field->second;
  }
  return nullptr;
}

const std::string* Program::FieldRole(const std::string& qualified_name) const {
  for (const LibraryModel& model : models_) {
    const auto field = model.settings.find(qualified_name);
    if (field != model.settings.end()) return &field->second;
  }
  return nullptr;
}

const std::string& Program::Canonical(const std::string& enumerator) const {
  for (const LibraryModel& model : models_) {
    const auto alias = model.aliases.find(enumerator);
    if (alias != model.aliases.end()) return alias->second;
  }
  return enumerator;
}

std::optional<Value> Program::Constant(const std::string& qualified_name) const {
  for (const LibraryModel& model : models_) {
    const auto constant = model.constants.find(qualified_name);
    if (constant != model.constants.end()) return Value::Int(constant->second);
    const auto text = model.texts.find(qualified_name);
    if (text != model.texts.end()) return Value::String(text->second);
  }
  return std::nullopt;
}

std::vector<Program::UndefinedCallee> Program::Undefined() const {
  std::vector<UndefinedCallee> undefined;
  for (const FileFacts* file : files_) {
    for (const LinkedCallee& link : callees_.at(file)) {
      const Callee& callee = *link.callee;
      if (!link.definition && link.library == nullptr && !callee.is_system && !callee.is_bodiless) {
        undefined.push_back({link.callee, file});
      }
    }
  }
  return undefined;
}

}  // namespace filibuster
