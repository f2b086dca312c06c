#include "runtime/inject.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <vector>

#include "runtime/command.h"

namespace filibuster {

namespace {

namespace fs = std::filesystem;

// Beside this program, installed or just built. A functional test that starts services itself
// (filibuster/gtest.h) is elsewhere: then beside the filibuster-inject on PATH.
fs::path LibraryDirectory() {
  std::error_code error;
  std::vector<fs::path> programs = {fs::read_symlink("/proc/self/exe", error)};
  if (const auto inject = FindProgram("filibuster-inject")) {
    programs.push_back(fs::canonical(*inject, error));
  }
  for (const fs::path& program : programs) {
    const fs::path libraries = program.parent_path().parent_path() / "lib";
    for (const fs::path& directory : {libraries / "filibuster", libraries}) {
      if (fs::exists(directory / "libfilibuster-preload.so", error)) return directory;
    }
  }
  return "";
}

}  // namespace

std::expected<std::string, Error> PreloadText(std::string preloaded,
                                              std::initializer_list<const char*> libraries) {
  std::error_code error;
  const fs::path directory = LibraryDirectory();
  if (directory.empty()) {
    return std::unexpected(Error{
        "nothing can be preloaded: found no libfilibuster-preload.so beside this program, and no "
        "filibuster-inject on PATH that has it"});
  }
  for (const char* name : libraries) {
    const std::string library = directory / name;
    if (!fs::exists(library, error)) {
      return std::unexpected(Error{fmt::format("{}: not found, and so not preloaded", library)});
    }
    // The dynamic linker takes LD_PRELOAD apart at both.
    if (library.find_first_of(": ") != library.npos) {
      return std::unexpected(Error{
          fmt::format("{}: cannot be preloaded from a path with a colon or a space", library)});
    }
    if (!preloaded.empty()) preloaded += ':';
    preloaded += library;
  }
  return preloaded;
}

std::expected<std::map<std::string, std::string>, Error> InjectEnvironment(
    const std::string& service_name, const std::string& preloaded) {
  auto libraries =
      PreloadText(preloaded, {"libfilibuster-preload.so", "libfilibuster-preload-cpprest.so",
                              "libfilibuster-preload-curl.so", "libfilibuster-preload-grpc.so",
                              "libfilibuster-preload-httplib.so", "libfilibuster-preload-poco.so",
                              "libfilibuster-preload-thrift.so"});
  if (!libraries) return std::unexpected(libraries.error());
  return std::map<std::string, std::string>{{"FILIBUSTER_SERVICE_NAME", service_name},
                                            {"LD_PRELOAD", *std::move(libraries)}};
}

}  // namespace filibuster
