#include "analyzer/compile_commands.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <tuple>

#include "analyzer/sources.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr char kFileName[] = "compile_commands.json";

// The databases of a directory and of the build directories in it.
std::vector<fs::path> DatabasesIn(const fs::path& directory) {
  std::vector<fs::path> found;
  const auto add = [&](const fs::path& candidate) {
    std::error_code ignored;
    if (fs::is_regular_file(candidate / kFileName, ignored)) found.push_back(candidate / kFileName);
  };
  add(directory);
  add(directory / "build");
  std::set<fs::path> builds;
  std::error_code error;
  for (fs::directory_iterator it(directory / "build", error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    builds.insert(it->path());
  }
  for (const fs::path& build : builds) add(build);
  return found;
}

bool IsUnder(const std::string& file, const fs::path& directory) {
  return file.starts_with(directory.string() + "/");
}

// Those directly in `directory` that headers lie in, or their `include`.
std::set<fs::path> DirectoriesWithHeaders(const fs::path& directory) {
  constexpr int kMaxEntries = 1000;  // of a directory that is no project's there may be any number
  std::set<fs::path> found;
  std::error_code error;
  int entries = 0;
  for (fs::directory_iterator it(directory, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    std::error_code ignored;
    if (it->path().filename().string().starts_with(".") || !it->is_directory(ignored)) continue;
    for (const fs::path& candidate : {it->path(), it->path() / "include"}) {
      std::error_code unreadable;
      for (fs::directory_iterator file(candidate, unreadable);
           !unreadable && file != fs::directory_iterator() && ++entries <= kMaxEntries;
           file.increment(unreadable)) {
        if (IsHeader(file->path())) {
          found.insert(candidate);
          break;
        }
      }
    }
  }
  return found;
}

// Of filibuster/httplib.h and the like: installed beside the program, else of the tree that it was
// built from.
std::optional<fs::path> RuntimeIncludeDirectory() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& directory : {program.parent_path().parent_path() / "include",
                                    fs::path(FILIBUSTER_RUNTIME_INCLUDE_DIR)}) {
    if (fs::exists(directory / "filibuster" / "httplib.h", error)) return directory;
  }
  return std::nullopt;
}

// x/include/y => x/src/y; otherwise x/src for x.
fs::path SourceDirectoryOf(const fs::path& header) {
  fs::path below;
  for (fs::path directory = header.parent_path(); directory.has_relative_path();
       directory = directory.parent_path()) {
    if (directory.filename() == "include") return directory.parent_path() / "src" / below;
    below = below.empty() ? directory.filename() : directory.filename() / below;
  }
  return header.parent_path() / "src";
}

bool Mentions(const CompileCommands& commands, const fs::path& directory) {
  return std::ranges::any_of(commands.all(), [&](const CompileCommand& command) {
    return IsUnder(command.file, directory);
  });
}

}  // namespace

std::expected<BuildDescription, Error> BuildDescription::Find(
    const fs::path& services_directory, const std::optional<fs::path>& given) {
  BuildDescription build;
  std::error_code ignored;
  build.services_directory_ = fs::canonical(services_directory, ignored);
  for (const fs::path& around :
       {build.services_directory_, build.services_directory_.parent_path()}) {
    for (const fs::path& found : DirectoriesWithHeaders(around)) {
      build.shared_includes_.push_back(found);
    }
  }
  if (given) {
    auto commands = CompileCommands::Read(*given);
    if (!commands) return std::unexpected(commands.error());
    build.commands_ = *std::move(commands);
    return build;
  }
  for (fs::path directory = build.services_directory_; directory.has_relative_path();
       directory = directory.parent_path()) {
    for (const fs::path& database : DatabasesIn(directory)) {
      auto commands = CompileCommands::Read(database);
      // One that was not asked for and does not know the services is somebody else's.
      if (!commands || !Mentions(*commands, build.services_directory_)) continue;
      build.commands_ = *std::move(commands);
      return build;
    }
  }
  return build;
}

CompileCommand BuildDescription::CommandFor(const std::string& file, const fs::path& service,
                                            const std::string& includer) const {
  if (auto command = commands_.Find(file)) return *std::move(command);
  if (auto command = commands_.Find(includer)) {
    for (std::string& argument : command->arguments) {
      if (NamesSource(*command, argument)) argument = file;
    }
    command->file = file;
    return *std::move(command);
  }
  CompileCommand command{.file = file, .directory = service.string()};
  command.arguments = file.ends_with(".c") ? std::vector<std::string>{"clang"}
                                           : std::vector<std::string>{"clang++", "-std=c++23"};
  const fs::path parent = services_directory_.parent_path();
  std::set<fs::path> known;
  const auto add = [&](const fs::path& directory) {
    std::error_code ignored;
    if (fs::is_directory(directory, ignored) && known.insert(directory).second) {
      command.arguments.push_back("-I" + directory.string());
    }
  };
  for (const fs::path& directory : {fs::path(file).parent_path(), service, service / "include",
                                    services_directory_, parent, parent / "include"}) {
    add(directory);
  }
  // What services share lies beside them, or beside their directory: ../common.
  for (const fs::path& directory : shared_includes_) add(directory);
  if (const auto runtime = RuntimeIncludeDirectory()) add(*runtime);
  command.arguments.push_back(file);
  return command;
}

std::vector<std::string> BuildDescription::DefinersOf(const std::string& header,
                                                      const std::string& service) const {
  const fs::path header_path(header);
  const fs::path project = services_directory_.parent_path();
  // Not of the same directory, not of the same name, path: in the order to be tried.
  std::set<std::tuple<bool, bool, std::string>> candidates;
  const auto add = [&](const std::string& file) {
    const fs::path path(file);
    candidates.emplace(path.stem() != header_path.stem(),
                       path.parent_path() != header_path.parent_path(), file);
  };
  for (const CompileCommand& command : commands_.all()) {
    const bool is_other_service =
        IsUnder(command.file, services_directory_) && !IsUnder(command.file, service);
    const bool is_near =
        IsUnder(command.file, project) || IsUnder(command.file, header_path.parent_path());
    if (is_near && !is_other_service && IsSource(command.file)) add(command.file);
  }
  std::error_code ignored;
  for (const fs::path& directory : {header_path.parent_path(), SourceDirectoryOf(header_path)}) {
    for (const char* extension : {".cc", ".cpp", ".cxx"}) {
      const fs::path definer = directory / header_path.filename().replace_extension(extension);
      if (fs::is_regular_file(definer, ignored)) add(definer.string());
    }
  }
  std::vector<std::string> files;
  for (const auto& [other_name, other_directory, file] : candidates) {
    // Without the same name only what is in the same directory is likely.
    if (!other_name || !other_directory) files.push_back(file);
  }
  return files;
}

}  // namespace filibuster
