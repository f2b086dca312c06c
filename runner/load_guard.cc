#include "runner/load_guard.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "runtime/inject.h"

namespace filibuster {

std::expected<void, Error> GuardAddresses(const std::optional<Application>& application,
                                          int control_port, Command& command) {
  const char* preloaded = std::getenv("LD_PRELOAD");
  auto libraries =
      PreloadText(preloaded != nullptr ? preloaded : "", {"libfilibuster-preload-addresses.so"});
  if (!libraries) return std::unexpected(libraries.error());
  std::string ports = "any";
  if (application) {
    ports = std::to_string(control_port);
    for (const Service& service : application->services) ports += fmt::format(",{}", service.port);
  }
  command.environment["LD_PRELOAD"] = *std::move(libraries);
  command.environment["FILIBUSTER_LOAD_PORTS"] = std::move(ports);
  return {};
}

}  // namespace filibuster
