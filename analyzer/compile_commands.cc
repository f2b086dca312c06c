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

CompileCommand BuildDescription::CommandFor(const std::string& file,
                                            const fs::path& service) const {
  if (auto command = commands_.Find(file)) return *std::move(command);
  CompileCommand command{
      .file = file, .directory = service.string(), .arguments = {"clang++", "-std=c++23"}};
  std::error_code ignored;
  const fs::path parent = services_directory_.parent_path();
  for (const fs::path& directory : {fs::path(file).parent_path(), service, service / "include",
                                    services_directory_, parent, parent / "include"}) {
    if (fs::is_directory(directory, ignored))
      command.arguments.push_back("-I" + directory.string());
  }
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
  for (const char* extension : {".cc", ".cpp", ".cxx"}) {
    const fs::path beside = fs::path(header).replace_extension(extension);
    if (fs::is_regular_file(beside, ignored)) add(beside.string());
  }
  std::vector<std::string> files;
  for (const auto& [other_name, other_directory, file] : candidates) {
    // Without the same name only what is in the same directory is likely.
    if (!other_name || !other_directory) files.push_back(file);
  }
  return files;
}

}  // namespace filibuster
