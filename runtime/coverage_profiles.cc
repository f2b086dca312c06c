#include "runtime/coverage_profiles.h"

#include <fmt/format.h>

#include <algorithm>

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr char kExtension[] = ".profraw";

std::vector<fs::path> Profiles(const fs::path& directory) {
  std::vector<fs::path> profiles;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    if (entry.path().extension() == kExtension) profiles.push_back(entry.path());
  }
  std::sort(profiles.begin(), profiles.end());
  return profiles;
}

// What follows the service's name is a process id: "foo" does not take the files of "foo-bar".
std::vector<fs::path> ProfilesIn(const fs::path& directory, const std::string& service) {
  std::vector<fs::path> profiles = Profiles(directory);
  std::erase_if(profiles, [&](const fs::path& path) {
    const std::string stem = path.stem();
    return !stem.starts_with(service + "-") ||
           stem.find_first_not_of("0123456789", service.size() + 1) != stem.npos;
  });
  return profiles;
}

fs::path SnapshotDirectory(Executions executions, const fs::path& coverage_directory) {
  return coverage_directory /
         (executions == Executions::kFaultFree ? "fault-free" : "all-executions");
}

}  // namespace

std::string ProfilePattern(const std::string& service, const fs::path& coverage_directory) {
  // %p: the process id; %c: continuous mode.
  return fs::absolute(coverage_directory) / (service + "-%p%c" + kExtension);
}

std::vector<fs::path> ProfilesOf(const std::string& service, Executions executions,
                                 const fs::path& coverage_directory) {
  auto profiles = ProfilesIn(SnapshotDirectory(executions, coverage_directory), service);
  if (profiles.empty() && executions == Executions::kAll) {
    profiles = ProfilesIn(coverage_directory, service);
  }
  return profiles;
}

void RemoveProfiles(const std::string& service, const fs::path& coverage_directory) {
  for (const fs::path& directory :
       {coverage_directory, SnapshotDirectory(Executions::kFaultFree, coverage_directory),
        SnapshotDirectory(Executions::kAll, coverage_directory)}) {
    std::error_code ignored;
    for (const fs::path& profile : ProfilesIn(directory, service)) fs::remove(profile, ignored);
  }
}

std::expected<void, Error> SnapshotProfiles(Executions executions,
                                            const fs::path& coverage_directory) {
  const std::vector<fs::path> profiles = Profiles(coverage_directory);
  if (profiles.empty()) {
    return std::unexpected(
        Error{fmt::format("{}: no coverage data: were the services built with the coverage preset?",
                          coverage_directory.string())});
  }
  const fs::path target = SnapshotDirectory(executions, coverage_directory);
  std::error_code error;
  for (const fs::path& old : Profiles(target)) fs::remove(old, error);
  fs::create_directories(target, error);
  for (const fs::path& profile : profiles) {
    if (!error) fs::copy_file(profile, target / profile.filename(), error);
  }
  if (error) {
    return std::unexpected(
        Error{fmt::format("{}: cannot keep coverage data: {}", target.string(), error.message())});
  }
  return {};
}

}  // namespace filibuster
