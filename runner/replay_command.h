// How filibuster was called, and a counterexample's file => the command that replays it.
#pragma once

#include <string>

#include "runner/session.h"

namespace filibuster {

// For a shell, in the directory that filibuster was called in.
std::string ReplayCommand(const SessionOptions& options, const std::string& counterexample_file);

}  // namespace filibuster
