// What a person wrote => what can be run.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace filibuster {

struct Command {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;  // beside our own
  std::filesystem::path working_directory;         // empty: ours
};

// What a person wrote => argv: the name of a file stands for itself, all else goes to /bin/sh. An
// error if it can be seen now that it cannot run.
std::expected<std::vector<std::string>, Error> ParseCommand(
    const std::string& text, const std::filesystem::path& working_directory = {});
// A program without a slash in its name, on PATH.
std::optional<std::filesystem::path> FindProgram(const std::string& name);
// The program of a command is there and can be run; else an error that names it.
std::expected<void, Error> CheckExecutable(const Command& command);

}  // namespace filibuster
