#include "analyzer/sources.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace filibuster {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> Fail(const fs::path& path, std::string_view what) {
  return std::unexpected(Error{path.string() + ": " + std::string(what)});
}

bool IsTest(const fs::path& file) {
  const std::string stem = file.stem().string();
  return stem == "test" || stem.starts_with("test_") || stem.ends_with("_test") ||
         stem.ends_with("_tests") || stem.ends_with("_unittest");
}

bool IsSkipped(const fs::path& directory) {
  const std::string name = directory.filename().string();
  std::error_code ignored;
  return name.starts_with(".") || name == "test" || name == "tests" || name == "CMakeFiles" ||
         fs::exists(directory / "CMakeCache.txt", ignored);
}

bool IsCSource(const fs::path& file) { return file.extension() == ".c"; }

bool CanBeListed(const fs::path& directory) {
  return ::access(directory.c_str(), R_OK | X_OK) == 0;
}

void AddSources(ServiceSources& service) {
  if (!CanBeListed(service.directory)) {
    service.unreadable.push_back(service.directory);
    return;
  }
  std::vector<fs::path>& files = service.files;
  std::error_code error;
  // Links to directories are not followed: they may lead around in a circle.
  fs::recursive_directory_iterator it(service.directory, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (it->is_directory(ignored)) {
      if (IsSkipped(it->path())) {
        it.disable_recursion_pending();
      } else if (!it->is_symlink(ignored) && !CanBeListed(it->path())) {
        it.disable_recursion_pending();
        service.unreadable.push_back(it->path());
      }
    } else if ((IsSource(it->path()) || IsCSource(it->path())) && !IsTest(it->path()) &&
               (it->is_regular_file(ignored) || !it->exists(ignored))) {
      // A link to nowhere is not passed over: it cannot be read, which is to be said.
      files.push_back(it->path());
    }
  }
  // C that belongs to no C++ is no service's.
  if (std::ranges::none_of(files, IsSource)) files.clear();
  std::ranges::sort(files);
  std::ranges::sort(service.unreadable);
}

// A link to the services directory, or to what it is in, is no service.
bool LeadsBack(const fs::path& folder, const fs::path& services_directory) {
  std::error_code ignored;
  const fs::path target = fs::canonical(folder, ignored);
  const fs::path services = fs::canonical(services_directory, ignored);
  const fs::path way = services.lexically_relative(target);
  return !way.empty() && *way.begin() != "..";
}

}  // namespace

bool IsSource(const fs::path& file) {
  constexpr std::array<std::string_view, 6> kExtensions = {".cc",  ".cpp", ".cxx",
                                                           ".c++", ".C",   ".cppm"};
  return std::ranges::find(kExtensions, file.extension().string()) != kExtensions.end();
}

bool IsHeader(const fs::path& file) {
  constexpr std::array<std::string_view, 5> kExtensions = {".h", ".hh", ".hpp", ".hxx", ".ipp"};
  return std::ranges::find(kExtensions, file.extension().string()) != kExtensions.end();
}

std::expected<std::vector<ServiceSources>, Error> FindServices(const fs::path& services_directory) {
  std::error_code error;
  if (!fs::exists(services_directory, error)) {
    return Fail(services_directory, "no such directory, expected one with a folder per service");
  }
  if (!fs::is_directory(services_directory, error)) {
    return Fail(services_directory, "not a directory, expected one with a folder per service");
  }
  std::vector<ServiceSources> services;
  bool found_folder = false;
  for (fs::directory_iterator it(services_directory, error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    const std::string name = it->path().filename().string();
    if (!it->is_directory(ignored) || name.starts_with(".")) continue;
    if (it->is_symlink(ignored) && LeadsBack(it->path(), services_directory)) continue;
    found_folder = true;
    ServiceSources service{.name = name, .directory = it->path()};
    AddSources(service);
    if (service.files.empty() && service.unreadable.empty()) continue;
    services.push_back(std::move(service));
  }
  if (error) return Fail(services_directory, "cannot read: " + error.message());
  if (!found_folder) return Fail(services_directory, "found no folder, expected one per service");
  if (std::ranges::all_of(services, [](const auto& service) { return service.files.empty(); })) {
    return Fail(services_directory, "found no C++ source in any of its folders");
  }
  std::ranges::sort(services, {}, &ServiceSources::name);
  return services;
}

}  // namespace filibuster
