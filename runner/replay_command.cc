#include "runner/replay_command.h"

#include <fmt/format.h>

#include <string_view>

namespace filibuster {
namespace {

std::string Quoted(std::string_view word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=@%+,-";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string ReplayCommand(const SessionOptions& options, const std::string& counterexample_file) {
  std::string command =
      fmt::format("filibuster --functional-test {}", Quoted(options.functional_test));
  if (options.application_file) {
    command += fmt::format(" --application {}", Quoted(options.application_file->string()));
  }
  return command + fmt::format(" --counterexample-file {}", Quoted(counterexample_file));
}

}  // namespace filibuster
