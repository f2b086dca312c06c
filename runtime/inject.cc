#include "runtime/inject.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace filibuster {

std::expected<std::map<std::string, std::string>, Error> InjectEnvironment(
    const std::string& service_name, const std::string& preloaded) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path directory = program.parent_path().parent_path() / "lib";
  std::string libraries = preloaded;
  for (const char* name : {"libfilibuster-preload.so", "libfilibuster-preload-curl.so",
                           "libfilibuster-preload-grpc.so", "libfilibuster-preload-httplib.so",
                           "libfilibuster-preload-poco.so"}) {
    const std::string library = directory / name;
    if (!fs::exists(library, error)) {
      return std::unexpected(Error{fmt::format("{}: not found, and so not preloaded", library)});
    }
    // The dynamic linker takes LD_PRELOAD apart at both.
    if (library.find_first_of(": ") != library.npos) {
      return std::unexpected(Error{
          fmt::format("{}: cannot be preloaded from a path with a colon or a space", library)});
    }
    if (!libraries.empty()) libraries += ':';
    libraries += library;
  }
  return std::map<std::string, std::string>{{"FILIBUSTER_SERVICE_NAME", service_name},
                                            {"LD_PRELOAD", libraries}};
}

}  // namespace filibuster
