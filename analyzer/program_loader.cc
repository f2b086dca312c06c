#include "analyzer/program_loader.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/console.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> LibraryNamespaces(std::span<const LibraryModel> models) {
  std::vector<std::string> namespaces;
  for (const LibraryModel& model : models) {
    namespaces.insert(namespaces.end(), model.namespaces.begin(), model.namespaces.end());
  }
  return namespaces;
}

// Functions that are called and not defined, by the header that declares them.
struct Missing {
  std::set<std::string> names;
  std::string first;  // name
  Position position;  // of its first call
  const FileFacts* file = nullptr;
};

// Also of a file that is not there.
std::string Absolute(const fs::path& file) {
  std::error_code error;
  const fs::path absolute = fs::absolute(file, error);
  const fs::path canonical = fs::weakly_canonical(absolute, error);
  // A link to itself has no canonical path.
  return (error ? absolute.lexically_normal() : canonical).string();
}

class MissingFinder {
 public:
  MissingFinder(const FileFacts& file, const std::set<const Callee*>& undefined,
                std::map<std::string, Missing>& missing)
      : file_(file), undefined_(undefined), missing_(missing) {}

  void Visit(const Node& node) {
    if (node.op == Op::kCall || node.op == Op::kConstruct) {
      const Callee& callee = file_.callees[static_cast<std::size_t>(node.number)];
      if (undefined_.contains(&callee)) Add(callee, node.position);
    }
    for (const Node& kid : node.kids) Visit(kid);
  }

 private:
  void Add(const Callee& callee, const Position& position) {
    Missing& missing = missing_[callee.declared];
    missing.names.insert(callee.name);
    if (missing.file != nullptr) return;
    missing.first = callee.name;
    missing.position = position;
    missing.file = &file_;
  }

  const FileFacts& file_;
  const std::set<const Callee*>& undefined_;
  std::map<std::string, Missing>& missing_;
};

}  // namespace

ProgramLoader::ProgramLoader(const AnalyzerOptions& options, std::span<const LibraryModel> models,
                             BuildDescription build, fs::path root)
    : options_(options),
      models_(models),
      build_(std::move(build)),
      root_(std::move(root)),
      pool_(options.extract, LibraryNamespaces(models)) {}

void ProgramLoader::Begin(const ServiceSources& sources, const std::string& directory) {
  for (const fs::path& file : sources.files) Request(Absolute(file), directory, {});
}

void ProgramLoader::Request(const std::string& file, const std::string& directory,
                            const std::string& includer) {
  CompileCommand command = build_.CommandFor(file, directory, includer);
  command.arguments.insert(command.arguments.end(), options_.extra_arguments.begin(),
                           options_.extra_arguments.end());
  pool_.Request(std::move(command), directory);
}

std::unique_ptr<Program> ProgramLoader::Load(const ServiceSources& sources,
                                             const std::string& directory) {
  std::vector<const FileFacts*> files;
  std::set<std::string> tried;
  for (const fs::path& unreadable : sources.unreadable) {
    LogWarning("{}: cannot be read: permission denied; what it defines is missing from the result",
               unreadable.string());
    unread_.push_back(unreadable.string() + ": permission denied");
  }
  for (const fs::path& file : sources.files) {
    LogInfo("* starting analysis of C++ file: {}", file.string());
    files.push_back(&Get(Absolute(file)));
    tried.insert(files.back()->path);
  }
  auto program = std::make_unique<Program>(files, models_);
  for (bool found = true; found;) {
    found = false;
    std::map<std::string, std::string> headers;  // and who includes them
    for (const Program::UndefinedCallee& undefined : program->Undefined()) {
      headers.emplace(undefined.callee->declared, undefined.file->path);
    }
    for (const auto& [header, includer] : headers) {
      for (const std::string& definer : build_.DefinersOf(header, directory)) {
        if (found || !tried.insert(definer).second) continue;
        Request(definer, directory, includer);
        files.push_back(&Get(definer));
        found = true;
      }
    }
    if (found) program = std::make_unique<Program>(files, models_);
  }
  WarnOfMissing(*program, directory);
  return program;
}

const FileFacts& ProgramLoader::Get(const std::string& file) {
  const FileFacts& facts = pool_.Get(file);
  if (!seen_.insert(facts.path).second) return facts;
  if (facts.parse_error.empty()) {
    has_read_ = true;
    return facts;
  }
  const Position& position = facts.parse_error_position;
  std::string place = Shown(facts.files[static_cast<std::size_t>(position.file)]);
  if (position.line > 0) place += fmt::format(":{}:{}", position.line, position.column);
  if (facts.is_lost) {
    LogWarning("{}: cannot be read: {}; what it defines is missing from the result", place,
               facts.parse_error);
  } else {
    LogWarning("{}: does not parse: {}; what could be read is analyzed", place, facts.parse_error);
  }
  unread_.push_back(fmt::format("{}: {}", place, facts.parse_error));
  return facts;
}

void ProgramLoader::WarnOfMissing(const Program& program, const std::string& directory) {
  std::set<const Callee*> callees;
  for (const Program::UndefinedCallee& undefined : program.Undefined()) {
    callees.insert(undefined.callee);
  }
  std::map<std::string, Missing> missing;
  for (const FileFacts* file : program.files()) {
    // What code elsewhere lacks is not the service's concern.
    if (!file->path.starts_with(directory + "/")) continue;
    MissingFinder finder(*file, callees, missing);
    for (const FunctionFacts& function : file->functions) {
      for (const Node& init : function.inits) finder.Visit(init);
      finder.Visit(function.body);
    }
  }
  for (const auto& [header, what] : missing) {
    if (!warned_.insert(header).second) continue;
    const std::string& file = what.file->files[static_cast<std::size_t>(what.position.file)];
    const std::string others =
        what.names.size() > 1 ? fmt::format(" and {} more", what.names.size() - 1) : "";
    LogWarning(
        "{}:{}: no definition of {}{} was found (declared in {}): calls that it makes and "
        "what it throws are missing from the result",
        Shown(file), what.position.line, what.first, others, Shown(header));
  }
}

// As the services directory was given, if it is in there.
std::string ProgramLoader::Shown(const std::string& file) const {
  const fs::path relative = fs::path(file).lexically_relative(root_);
  if (relative.empty() || *relative.begin() == "..") return file;
  return (options_.services_directory / relative).string();
}

}  // namespace filibuster
