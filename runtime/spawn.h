// Command => a child process, as from a shell: standard input is empty, no other descriptor of ours
// is inherited, whoever opened it, and no signal is ignored or blocked.
#pragma once

#include <sys/types.h>

#include <expected>

#include "base/error.h"
#include "runtime/command.h"
#include "runtime/unique_fd.h"

namespace filibuster {

struct Child {
  pid_t pid;
  UniqueFd pidfd;
};

struct SpawnOptions {
  int output_fd;            // for standard output and standard error
  bool is_session = false;  // a session of its own; else a process group
  // What it gets when the thread that spawns it ends, however that ends; 0: it lives on.
  int signal_at_our_end = 0;
};

std::expected<Child, Error> Spawn(const Command& command, const SpawnOptions& options);

}  // namespace filibuster
