// Command => how it ended, and what it wrote. A command gets a process group of its own, so that
// all that it started can be ended with it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <variant>

#include "base/error.h"
#include "runtime/command.h"
#include "runtime/unique_fd.h"

namespace filibuster {

struct ExitCode {
  int code = 0;
  friend bool operator==(const ExitCode&, const ExitCode&) = default;
};
struct Signal {
  int number = 0;
  friend bool operator==(const Signal&, const Signal&) = default;
};
// Ended by us, because it took too long.
struct TimedOut {
  std::chrono::milliseconds after{};
  friend bool operator==(const TimedOut&, const TimedOut&) = default;
};
// Ended by us, because we were asked to stop.
struct Stopped {
  friend bool operator==(const Stopped&, const Stopped&) = default;
};
using TerminationStatus = std::variant<ExitCode, Signal, TimedOut, Stopped>;

// "exit code 1", "signal 11 (SIGSEGV, Segmentation fault)", "no end after 60 s", "stopped"
std::string ToString(const TerminationStatus& status);
std::ostream& operator<<(std::ostream& out, const TerminationStatus& status);

struct RunOptions {
  std::optional<std::chrono::milliseconds> timeout;
  std::chrono::milliseconds grace{2000};  // from SIGTERM to SIGKILL
  int stop_fd = -1;                       // readable: stop (see signals.h)
  std::size_t max_output = 1024 * 1024;   // the end is kept
};

struct RunResult {
  TerminationStatus status;
  std::string output;                // standard output and standard error, as they came
  std::uint64_t output_dropped = 0;  // bytes before `output`
  std::chrono::nanoseconds duration{};
};

// Runs to the end. When it returns, nothing of the command's process group runs any more. If we are
// killed, the command's own process is, too.
std::expected<RunResult, Error> RunCommand(const Command& command, const RunOptions& options = {});

// A process that runs beside us. Its output is appended to a file.
class BackgroundProcess {
 public:
  // kGroup: ends with this object; if we are killed, the command's own process is asked to end.
  // kSession: outlives us, for Release().
  enum class Kind { kGroup, kSession };
  static std::expected<BackgroundProcess, Error> Start(const Command& command,
                                                       const std::filesystem::path& log_file,
                                                       Kind kind = Kind::kGroup);
  BackgroundProcess(BackgroundProcess&&) noexcept = default;
  BackgroundProcess& operator=(BackgroundProcess&& other) noexcept;
  ~BackgroundProcess();

  pid_t pid() const { return pid_; }
  // How it ended; nullopt while it runs. With a timeout: waits that long for its end.
  std::optional<TerminationStatus> Poll(std::chrono::milliseconds timeout = {});
  // Asks the group to end; Stop() waits for it.
  void Terminate();
  // Ends the group: SIGTERM, and after the grace SIGKILL.
  TerminationStatus Stop(std::chrono::milliseconds grace = std::chrono::milliseconds(2000));
  // From here on it is on its own.
  void Release();

 private:
  BackgroundProcess(pid_t pid, UniqueFd pidfd);

  pid_t pid_ = 0;
  UniqueFd pidfd_;
  std::optional<TerminationStatus> status_;
};

}  // namespace filibuster
