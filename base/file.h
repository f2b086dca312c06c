// Path => content, and content => path, whole or not at all.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace filibuster {

// The whole content. Errors name the path and the system's reason.
std::expected<std::string, Error> ReadFile(const std::filesystem::path& path);

// Replaces `path` in one step (write to a temporary file beside it, fsync, rename), so that a
// reader, a full disk or a signal never leaves half a file. A path that is a device or a pipe is
// written directly. The permissions of a file that is there already are kept.
std::expected<void, Error> WriteFile(const std::filesystem::path& path, std::string_view content);

// Whether WriteFile(path) could work, asked before the work whose result it is to hold.
std::expected<void, Error> CheckWritable(const std::filesystem::path& path);

}  // namespace filibuster
