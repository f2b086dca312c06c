// application => a functional test that can connect to nothing else
#pragma once

#include <expected>
#include <optional>

#include "base/error.h"
#include "runtime/application.h"
#include "runtime/command.h"

namespace filibuster {

// Preloads a library into `command` that lets it connect to the ports of the application on
// loopback and to the control server's; without an application, to any port on loopback.
std::expected<void, Error> GuardAddresses(const std::optional<Application>& application,
                                          int control_port, Command& command);

}  // namespace filibuster
