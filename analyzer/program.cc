#include "analyzer/program.h"

#include <utility>

namespace filibuster {
namespace {

bool IsIn(const std::string& name, const std::string& space) {
  return name.size() > space.size() + 2 && name.starts_with(space) &&
         name.compare(space.size(), 2, "::") == 0;
}

}  // namespace

Program::Program(std::vector<const FileFacts*> files, std::span<const LibraryModel> models)
    : files_(std::move(files)), models_(models) {
  for (const FileFacts* file : files_) AddFile(*file);
  for (const FileFacts* file : files_) {
    std::vector<LinkedCallee>& linked = callees_[file];
    for (const Callee& callee : file->callees) {
      LinkedCallee link{.callee = &callee, .definition = FindFunction(*file, callee.usr)};
      for (const LibraryModel& model : models_) {
        if (const auto row = model.functions.find(callee.name); row != model.functions.end()) {
          link.library = &model;
          link.row = &row->second;
          break;
        }
        for (const std::string& space : model.namespaces) {
          if (IsIn(callee.name, space)) link.library = &model;
        }
      }
      linked.push_back(link);
    }
  }
}

void Program::AddFile(const FileFacts& file) {
  auto& own = own_[&file];
  for (const FunctionFacts& function : file.functions) {
    const FunctionRef ref{&file, &function};
    own.emplace(function.usr, ref);
    const bool is_first = functions_.emplace(function.usr, ref).second;
    if (is_first) {
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
    if (known == nullptr || known->bases.empty()) known = &record;
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
  for (const Node& kid : node.kids) CollectAssignments(kid);
}

const LinkedCallee& Program::CalleeOf(const FileFacts& file, std::int64_t index) const {
  return callees_.at(&file)[static_cast<std::size_t>(index)];
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

bool Program::DerivesFrom(const std::string& type, const std::string& base) const {
  if (type == base) return true;
  const bool is_pointer = type.ends_with(" *");
  if (is_pointer != base.ends_with(" *")) return false;
  if (is_pointer) {
    return DerivesFrom(type.substr(0, type.size() - 2), base.substr(0, base.size() - 2));
  }
  const auto record = classes_.find(type);
  if (record == classes_.end()) return false;
  for (const std::string& next : record->second->bases) {
    if (DerivesFrom(next, base)) return true;
  }
  return false;
}

const std::string& Program::TypeName(const std::string& type) const {
  const auto record = classes_.find(type);
  return record == classes_.end() ? type : record->second->name;
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

std::vector<const Callee*> Program::Undefined() const {
  std::vector<const Callee*> undefined;
  for (const FileFacts* file : files_) {
    for (const LinkedCallee& link : callees_.at(file)) {
      const Callee& callee = *link.callee;
      if (!link.definition && link.library == nullptr && !callee.is_system && !callee.is_bodiless) {
        undefined.push_back(link.callee);
      }
    }
  }
  return undefined;
}

}  // namespace filibuster
