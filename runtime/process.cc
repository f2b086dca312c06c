#include "runtime/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ostream>
#include <utility>

#include "runtime/spawn.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Only that the child ended is told; it is not reaped, so that its id stays its own.
bool HasEnded(int pidfd) {
  siginfo_t info{};
  return ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != 0;
}

// Ends what is left of the group of a child that ended, and waits until all of it is gone. Killed
// before the child is reaped: until then no other group can have its number.
TerminationStatus Reap(pid_t pid, int pidfd) {
  ::kill(-pid, SIGKILL);
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED) != 0 && errno == EINTR) {
  }
  // Orphans come to us: see Spawn.
  siginfo_t member{};
  while (::waitid(P_PGID, static_cast<id_t>(pid), &member, WEXITED) == 0 || errno == EINTR) {
  }
  if (info.si_code == CLD_EXITED) return ExitCode{info.si_status};
  return Signal{info.si_status};
}

// A stopped process, too.
void AskToEnd(pid_t group) {
  ::kill(-group, SIGTERM);
  ::kill(-group, SIGCONT);
}

bool WaitReadable(int fd, milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    pollfd waiting{fd, POLLIN, 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

// The end of what a command wrote.
class OutputTail {
 public:
  explicit OutputTail(std::size_t max) : max_(max) {}

  // Reads what is there; false at the end of the output. A writer that never pauses is left to the
  // next call.
  bool ReadFrom(int fd) {
    char buffer[64 * 1024];
    for (int round = 0; round < 16; ++round) {
      const ssize_t size = ::read(fd, buffer, sizeof buffer);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return errno == EAGAIN;
      if (size == 0) return false;
      text_.append(buffer, static_cast<size_t>(size));
      if (text_.size() > 2 * max_) Trim();
    }
    return true;
  }

  void MoveTo(RunResult* result) {
    Trim();
    result->output = std::move(text_);
    result->output_dropped = dropped_;
  }

 private:
  void Trim() {
    if (text_.size() <= max_) return;
    dropped_ += text_.size() - max_;
    text_.erase(0, text_.size() - max_);
  }

  std::size_t max_;
  std::string text_;
  std::uint64_t dropped_ = 0;
};

// When a command is asked to end, and when it is made to.
class Deadlines {
 public:
  Deadlines(pid_t pid, const RunOptions& options, Clock::time_point start)
      : pid_(pid), options_(options) {
    if (options.timeout) at_ = start + *options.timeout;
  }

  int PollTimeout() const {
    if (at_ == kNever) return -1;
    const auto left = std::chrono::ceil<milliseconds>(at_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
  }
  void Check() {
    if (Clock::now() < at_) return;
    if (ended_) {
      ::kill(-pid_, SIGKILL);
      at_ = kNever;
    } else {
      Terminate(TimedOut{*options_.timeout});
    }
  }
  void Terminate(TerminationStatus why) {
    ended_ = why;
    AskToEnd(pid_);
    at_ = Clock::now() + options_.grace;
  }
  const std::optional<TerminationStatus>& ended() const { return ended_; }

 private:
  pid_t pid_;
  const RunOptions& options_;
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  Clock::time_point at_ = kNever;
  std::optional<TerminationStatus> ended_;
};

}  // namespace

std::string ToString(const TerminationStatus& status) {
  if (const auto* exit_code = std::get_if<ExitCode>(&status)) {
    return fmt::format("exit code {}", exit_code->code);
  }
  if (const auto* signal = std::get_if<Signal>(&status)) {
    const char* name = ::sigabbrev_np(signal->number);
    if (name == nullptr) return fmt::format("signal {}", signal->number);
    return fmt::format("signal {} (SIG{}, {})", signal->number, name,
                       ::sigdescr_np(signal->number));
  }
  if (const auto* timed_out = std::get_if<TimedOut>(&status)) {
    return fmt::format("no end after {} s", static_cast<double>(timed_out->after.count()) / 1000);
  }
  return "stopped";
}

std::ostream& operator<<(std::ostream& out, const TerminationStatus& status) {
  return out << ToString(status);
}

std::expected<RunResult, Error> RunCommand(const Command& command, const RunOptions& options) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return std::unexpected(Error{fmt::format("pipe: {}", ::strerror(errno))});
  }
  const UniqueFd output(ends[0]);
  UniqueFd output_write(ends[1]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
  const auto start = Clock::now();
  // Nobody waits for its result if we are killed.
  auto child = Spawn(command, {.output_fd = output_write.get(), .signal_at_our_end = SIGKILL});
  if (!child) return std::unexpected(child.error());
  output_write.reset();

  OutputTail tail(options.max_output);
  Deadlines deadlines(child->pid, options, start);
  pollfd waiting[] = {
      {child->pidfd.get(), POLLIN, 0}, {output.get(), POLLIN, 0}, {options.stop_fd, POLLIN, 0}};
  // The end of the child is the end of the command: what it leaves behind may hold the pipe open.
  for (;;) {
    if (::poll(waiting, 3, deadlines.PollTimeout()) < 0) continue;  // a signal
    if (waiting[1].revents != 0 && !tail.ReadFrom(output.get())) waiting[1].fd = -1;
    if (waiting[0].revents != 0) break;
    if (waiting[2].revents != 0) {
      waiting[2].fd = -1;
      if (!deadlines.ended()) deadlines.Terminate(Stopped{});
    }
    deadlines.Check();
  }
  RunResult result;
  result.status = Reap(child->pid, child->pidfd.get());
  result.duration = Clock::now() - start;
  if (deadlines.ended()) result.status = *deadlines.ended();
  if (waiting[1].fd >= 0) tail.ReadFrom(output.get());
  tail.MoveTo(&result);
  return result;
}

std::expected<BackgroundProcess, Error> BackgroundProcess::Start(const Command& command,
                                                                 const fs::path& log_file,
                                                                 Kind kind) {
  const UniqueFd log(::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!log) {
    return std::unexpected(
        Error{fmt::format("{}: cannot write: {}", log_file.string(), ::strerror(errno))});
  }
  // Even if we are killed, it ends.
  auto child = Spawn(command, {.output_fd = log.get(),
                               .is_session = kind == Kind::kSession,
                               .signal_at_our_end = kind == Kind::kGroup ? SIGTERM : 0});
  if (!child) return std::unexpected(child.error());
  return BackgroundProcess(child->pid, std::move(child->pidfd));
}

BackgroundProcess::BackgroundProcess(pid_t pid, UniqueFd pidfd)
    : pid_(pid), pidfd_(std::move(pidfd)) {}

BackgroundProcess& BackgroundProcess::operator=(BackgroundProcess&& other) noexcept {
  // What was ours ends with `other`.
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(status_, other.status_);
  return *this;
}

BackgroundProcess::~BackgroundProcess() {
  if (pidfd_) Stop();
}

std::optional<TerminationStatus> BackgroundProcess::Poll(milliseconds timeout) {
  if (!status_ && WaitReadable(pidfd_.get(), timeout) && HasEnded(pidfd_.get())) {
    status_ = Reap(pid_, pidfd_.get());
  }
  return status_;
}

void BackgroundProcess::Terminate() {
  if (!Poll()) AskToEnd(pid_);
}

TerminationStatus BackgroundProcess::Stop(milliseconds grace) {
  Terminate();
  if (const auto ended = Poll(grace)) return *ended;
  ::kill(-pid_, SIGKILL);
  status_ = Reap(pid_, pidfd_.get());
  return *status_;
}

void BackgroundProcess::Release() { pidfd_.reset(); }

}  // namespace filibuster
