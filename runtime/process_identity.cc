#include "runtime/process_identity.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sstream>
#include <utility>

#include "base/file.h"
#include "runtime/unique_fd.h"

namespace filibuster {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// How long a killed group may take to be gone.
constexpr milliseconds kKillTime(2000);
constexpr milliseconds kKillInterval(5);

std::string BootId() {
  std::string id = ReadFile("/proc/sys/kernel/random/boot_id").value_or("");
  std::erase(id, '\n');
  return id;
}

struct Stat {
  char state = 0;
  pid_t group = 0;
  std::uint64_t flags = 0;
  std::uint64_t start_time = 0;
};

constexpr std::uint64_t kExitingFlag = 0x4;  // the kernel's PF_EXITING

// Nullopt: no such process, or it ended and waits to be reaped.
std::optional<Stat> ReadStat(const std::string& pid) {
  const auto text = ReadFile("/proc/" + pid + "/stat");
  if (!text) return std::nullopt;
  // The name of the program, in parentheses, may hold anything.
  std::istringstream fields(text->substr(text->rfind(')') + 1));
  Stat stat;
  std::string skipped;
  fields >> stat.state >> skipped >> stat.group >> skipped >> skipped >> skipped >> stat.flags;
  for (int field = 10; field < 22; ++field) fields >> skipped;  // as proc(5) counts them
  fields >> stat.start_time;
  if (!fields || stat.state == 'Z' || stat.state == 'X') return std::nullopt;
  return stat;
}

bool HasMembers(pid_t group) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    const auto stat = ReadStat(name);
    if (stat && stat->group == group) return true;
  }
  return false;
}

// Waits for the end of the process behind `pidfd`; whether it came in time.
bool WaitForEnd(int pidfd, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{pidfd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

}  // namespace

std::optional<ProcessIdentity> IdentifyProcess(pid_t pid) {
  const auto stat = ReadStat(std::to_string(pid));
  if (!stat) return std::nullopt;
  return ProcessIdentity{pid, stat->start_time, BootId()};
}

bool IsRunning(const ProcessIdentity& process) { return IdentifyProcess(process.pid) == process; }

bool IsExiting(pid_t pid) {
  const auto stat = ReadStat(std::to_string(pid));
  return !stat || (stat->flags & kExitingFlag) != 0;
}

bool IsStopped(pid_t pid) {
  const auto stat = ReadStat(std::to_string(pid));
  return stat && stat->state == 'T';
}

void EndGroups(const std::vector<ProcessIdentity>& processes, milliseconds grace) {
  const auto deadline = Clock::now() + grace;
  std::vector<std::pair<pid_t, UniqueFd>> ending;
  for (const ProcessIdentity& process : processes) {
    // The process behind the descriptor stays the same, whatever happens to its number.
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    if (!pidfd || !IsRunning(process)) continue;
    ::kill(-process.pid, SIGTERM);
    ::kill(-process.pid, SIGCONT);
    ending.emplace_back(process.pid, std::move(pidfd));
  }
  for (const auto& [pid, pidfd] : ending) {
    if (!WaitForEnd(pidfd.get(), deadline)) {
      ::kill(-pid, SIGKILL);
      WaitForEnd(pidfd.get(), Clock::now() + kKillTime);
    }
    // Its number stays reserved while its group has members: they are what it left behind, unless a
    // process has the number. Then the group was empty, and this is another one.
    const auto end = Clock::now() + kKillTime;
    while (!IdentifyProcess(pid) && HasMembers(pid) && Clock::now() < end) {
      ::kill(-pid, SIGKILL);
      ::poll(nullptr, 0, kKillInterval.count());
    }
  }
}

}  // namespace filibuster
