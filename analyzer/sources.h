// A services directory => its services and their C++ sources (and what is C among those).
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace filibuster {

struct ServiceSources {
  std::string name;                               // of its folder
  std::filesystem::path directory;                // as given: services/foo
  std::vector<std::filesystem::path> files;       // sorted, as given: services/foo/foo.cc
  std::vector<std::filesystem::path> unreadable;  // directories, likewise

  bool operator==(const ServiceSources&) const = default;
};

// One folder with C++ sources is one service. Tests of a service are no part of it: they do not run
// in it.
std::expected<std::vector<ServiceSources>, Error> FindServices(
    const std::filesystem::path& services_directory);

// Whether the name of a file is that of a C++ source.
bool IsSource(const std::filesystem::path& file);
bool IsHeader(const std::filesystem::path& file);

}  // namespace filibuster
