// A service that we start => its port is ours, as other programs of this machine see, until we end.
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>

#include "runtime/unique_fd.h"

namespace filibuster {

// The process that has the claim, if another one has it: services shared by two runs would take
// faults of both.
std::optional<pid_t> ClaimedByAnother(int port);

// Kept until the descriptor is closed; empty if this process has the claim already. Unexpected: the
// other process that has it.
std::expected<UniqueFd, pid_t> ClaimPort(int port);

}  // namespace filibuster
