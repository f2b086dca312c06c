#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "analyzer/lint/diff.h"

extern char** environ;

namespace filibuster {

// git tells what is wrong with a revision on standard error, which is ours.
std::expected<std::string, Error> GitDiff(const std::filesystem::path& root,
                                          const std::string& revision) {
  std::vector<std::string> arguments = {"git",
                                        "-C",
                                        root.string(),
                                        "diff",
                                        "-U0",
                                        "--no-color",
                                        "--no-ext-diff",
                                        "--src-prefix=a/",
                                        "--dst-prefix=b/",
                                        "--end-of-options",
                                        revision,
                                        "--"};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) {
    return std::unexpected(Error{fmt::format("git diff: {}", std::strerror(errno))});
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, "git", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);

  std::string output;
  std::array<char, 4096> buffer;
  ssize_t count = 0;
  while ((count = ::read(pipe[0], buffer.data(), buffer.size())) > 0 ||
         (count < 0 && errno == EINTR)) {
    if (count > 0) output.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  if (error != 0) return std::unexpected(Error{fmt::format("git: {}", std::strerror(error))});
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return std::unexpected(
        Error{fmt::format("git diff {}: failed in {}, expected a revision of its repository",
                          revision, root.string())});
  }
  return output;
}

}  // namespace filibuster
