#include "runtime/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace filibuster {
namespace {

namespace fs = std::filesystem;

bool IsPlain(std::string_view word) {
  return word.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "_-+./,:@") == word.npos;
}

std::expected<void, Error> CheckProgram(const fs::path& path, const std::string& name) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return std::unexpected(Error{name + ": no such file, expected a program"});
  }
  if (fs::is_directory(status)) {
    return std::unexpected(Error{name + ": is a directory, expected a program"});
  }
  if (::access(path.c_str(), X_OK) != 0) {
    return std::unexpected(Error{name + ": is not executable (chmod +x?)"});
  }
  return {};
}

}  // namespace

std::expected<std::vector<std::string>, Error> ParseCommand(const std::string& text,
                                                            const fs::path& working_directory) {
  const std::string_view blanks = " \t\n";
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return std::unexpected(Error{"the command is empty"});
  const fs::path whole = working_directory / text;
  std::error_code ignored;
  if (fs::exists(whole, ignored)) {
    if (auto runnable = CheckProgram(whole, text); !runnable) {
      return std::unexpected(runnable.error());
    }
    // Without a slash it would be looked for on PATH.
    return std::vector<std::string>{text.find('/') == text.npos ? "./" + text : text};
  }
  const std::string word = text.substr(begin, text.find_first_of(blanks, begin) - begin);
  if (word.find('/') != word.npos && IsPlain(word)) {
    if (auto runnable = CheckProgram(working_directory / word, word); !runnable) {
      return std::unexpected(runnable.error());
    }
  }
  return std::vector<std::string>{"/bin/sh", "-c", text};
}

std::optional<fs::path> FindProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view left = path != nullptr ? path : "/usr/bin:/bin";
  while (!left.empty()) {
    const std::string_view entry = left.substr(0, left.find(':'));
    left.remove_prefix(std::min(left.size(), entry.size() + 1));
    if (fs::path found = fs::path(entry) / name; CheckProgram(found, name)) return found;
  }
  return std::nullopt;
}

std::expected<void, Error> CheckExecutable(const Command& command) {
  const fs::path& directory = command.working_directory;
  std::error_code ignored;
  if (!directory.empty() && !fs::is_directory(directory, ignored)) {
    return std::unexpected(Error{directory.string() + ": no such directory"});
  }
  if (command.argv.empty() || command.argv[0].empty()) {
    return std::unexpected(Error{"the command is empty"});
  }
  const std::string& program = command.argv[0];
  if (program.find('/') != program.npos) return CheckProgram(directory / program, program);
  if (FindProgram(program)) return {};
  return std::unexpected(Error{program + ": not found on PATH"});
}

}  // namespace filibuster
