#include "runtime/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

namespace filibuster {
namespace {

std::vector<std::string> Environment(const Command& command) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!command.environment.contains(std::string(text.substr(0, text.find('='))))) {
      environment.emplace_back(text);
    }
  }
  for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What the child needs, made before there is one.
struct Program {
  char* const* argv;
  char* const* environment;
  const char* directory;  // or null
  const SpawnOptions& options;
  pid_t parent;
  int error_fd;  // gets errno if there is no such program after all; closed by a good start
};

[[noreturn]] void Fail(int error_fd) {
  const int error = errno;
  (void)!::write(error_fd, &error, sizeof error);
  ::_exit(127);
}

// In the child, which has our memory until it is another program: nothing here allocates.
[[noreturn]] void Become(const Program& program) {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  if (program.options.is_session ? ::setsid() < 0 : ::setpgid(0, 0) != 0) Fail(program.error_fd);
  if (program.options.signal_at_our_end != 0) {
    ::prctl(PR_SET_PDEATHSIG, program.options.signal_at_our_end);
    if (::getppid() != program.parent) ::_exit(127);  // it ended before that
  }
  // Only now: the descriptors may be each other's numbers.
  constexpr int kErrorFd = STDERR_FILENO + 1;
  const int error_fd = ::fcntl(program.error_fd, F_DUPFD_CLOEXEC, kErrorFd + 1);
  if (error_fd < 0 || ::dup2(program.options.output_fd, STDOUT_FILENO) < 0 ||
      ::dup2(STDOUT_FILENO, STDERR_FILENO) < 0) {
    Fail(program.error_fd);
  }
  ::dup3(error_fd, kErrorFd, O_CLOEXEC);
  ::close(STDIN_FILENO);
  if (::open("/dev/null", O_RDONLY) != STDIN_FILENO) Fail(kErrorFd);
  ::close_range(kErrorFd + 1, ~0U, 0);
  if (program.directory != nullptr && ::chdir(program.directory) != 0) Fail(kErrorFd);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(program.argv[0], program.argv, program.environment);
  Fail(kErrorFd);
}

// A frame of its own: what a child that has our memory does to it, is done to this one.
[[gnu::noinline]] pid_t Fork(const Program& program) {
  const pid_t pid = ::vfork();
  if (pid == 0) Become(program);
  return pid;
}

// No handler of ours may run in the child.
pid_t ForkWithoutSignals(const Program& program) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = Fork(program);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

}  // namespace

// posix_spawn() cannot ask for a signal at our end, and for fork() we are large.
std::expected<Child, Error> Spawn(const Command& command, const SpawnOptions& options) {
  if (auto runnable = CheckExecutable(command); !runnable) {
    return std::unexpected(runnable.error());
  }
  // What a child leaves behind becomes ours and not init's, so that its end can be waited for.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return std::unexpected(Error{fmt::format("pipe: {}", ::strerror(errno))});
  }
  const UniqueFd error_read(ends[0]);
  UniqueFd error_write(ends[1]);
  std::vector<std::string> argv = command.argv;
  std::vector<std::string> environment = Environment(command);
  const std::vector<char*> argv_pointers = Pointers(argv);
  const std::vector<char*> environment_pointers = Pointers(environment);
  const std::string directory = command.working_directory.string();
  const pid_t pid =
      ForkWithoutSignals({.argv = argv_pointers.data(),
                          .environment = environment_pointers.data(),
                          .directory = directory.empty() ? nullptr : directory.c_str(),
                          .options = options,
                          .parent = ::getpid(),
                          .error_fd = error_write.get()});
  int error = pid < 0 ? errno : 0;
  error_write.reset();
  if (pid >= 0 && ::read(error_read.get(), &error, sizeof error) == sizeof error) {
    ::waitpid(pid, nullptr, 0);
  }
  if (error != 0) {
    return std::unexpected(Error{fmt::format("{}: cannot run: {}", argv[0], ::strerror(error))});
  }
  // glibc 2.36 declares pidfd_open without extern "C".
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) {
    const int reason = errno;
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return std::unexpected(Error{fmt::format("pidfd_open: {}", ::strerror(reason))});
  }
  return Child{pid, std::move(pidfd)};
}

}  // namespace filibuster
