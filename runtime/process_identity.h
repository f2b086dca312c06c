// A process that somebody else started => is it still that one? The kernel gives the number of a
// process that ended to another one; when it started tells them apart.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace filibuster {

struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_time = 0;  // in ticks since the machine started
  std::string boot_id;           // which start of the machine

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

// Nullopt: no such process, or it ended and waits to be reaped.
std::optional<ProcessIdentity> IdentifyProcess(pid_t pid);
bool IsRunning(const ProcessIdentity& process);

// The process is on its way out: its connections may be closed already, though it has not ended.
bool IsExiting(pid_t pid);

// Somebody sent it SIGSTOP.
bool IsStopped(pid_t pid);

// Ends the process groups of those that still run: SIGTERM, and after the grace SIGKILL.
void EndGroups(const std::vector<ProcessIdentity>& processes, std::chrono::milliseconds grace);

}  // namespace filibuster
