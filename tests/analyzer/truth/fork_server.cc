// Runs the service's main() in a child for each plan. It does so from a constructor that comes
// before all of the service's own: what the service does before main() is done in each child anew.
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/analyzer/truth/plan.h"

namespace truth {
namespace {

constexpr int kMostCalls = 100;              // then the service is taken to go on for ever
constexpr rlim_t kMostProcessorSeconds = 1;  // a loop without an end
constexpr unsigned kMostSeconds = 10;        // a wait without one
constexpr int kThreadMilliseconds = 300;

int events = -1;

// Not destroyed: threads that are still there when the process ends may ask.
Plan& MutablePlan() {
  static Plan* const plan = new Plan;
  return *plan;
}

std::atomic<int> calls = 0;
std::atomic<int> occurrences = 0;  // of the plan's call

int Threads() {
  int count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

// Until the child and all that it started have closed the pipe, or it was ended for its time.
std::string ReadAll(int from) {
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got <= 0) return text;
    text.append(buffer.data(), got);
  }
}

// True in the child, which then goes on to main().
bool RunChild(const Plan& plan) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  const pid_t child = fork();
  if (child < 0) std::abort();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    const rlimit processor = {kMostProcessorSeconds, kMostProcessorSeconds};
    setrlimit(RLIMIT_CPU, &processor);
    alarm(kMostSeconds);
    events = ends[1];
    MutablePlan() = plan;
    const int null = open("/dev/null", O_RDWR);
    for (const int standard : {0, 1, 2}) dup2(null, standard);
    return true;
  }
  close(ends[1]);
  const std::string told = ReadAll(ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  std::cout << told;
  if (WIFSIGNALED(status)) {
    std::cout << "signal " << WTERMSIG(status) << '\n';
  } else {
    std::cout << "exit " << WEXITSTATUS(status) << '\n';
  }
  std::cout << std::endl;
  return false;
}

[[gnu::constructor(101)]] void Serve() {
  static std::ios_base::Init init;  // before the service's own
  std::string line;
  while (std::getline(std::cin, line)) {
    Plan plan;
    std::istringstream words(line);
    words >> plan.route >> plan.flavour >> plan.occurrence >> plan.always >> plan.fault >>
        plan.method;
    std::getline(words >> std::ws, plan.url);
    if (RunChild(plan)) return;
  }
  _exit(0);
}

}  // namespace

const Plan& ThePlan() { return MutablePlan(); }

void Tell(const std::string& event) {
  const std::string line = event + '\n';
  if (write(events, line.data(), line.size()) < 0) std::abort();
}

std::optional<std::string> Call(std::string_view method, const std::string& url) {
  const int number = calls++;
  if (number >= kMostCalls) {
    Tell("too many calls");
    _exit(0);
  }
  std::array<void*, 128> frames;
  const int depth = backtrace(frames.data(), frames.size());
  const Plan& plan = ThePlan();
  const bool is_meant = method == plan.method && url == plan.url;
  const int before = is_meant ? occurrences++ : -1;
  const bool fails =
      is_meant && (before == plan.occurrence || (plan.always && before > plan.occurrence));
  std::ostringstream event;
  event << "call " << method << '\t' << url << '\t' << (fails ? "fails" : "") << '\t'
        << (gettid() == getpid() ? "" : "elsewhere") << '\t';
  for (int frame = 2; frame < depth; ++frame) event << frames[frame] << ' ';
  Tell(event.str());
  return fails ? std::optional(plan.fault) : std::nullopt;
}

void EndOfRequest() {
  for (int waited = 0; Threads() > 1 && waited < kThreadMilliseconds; ++waited) {
    poll(nullptr, 0, 1);
  }
  Tell("finished");
  _exit(0);
}

}  // namespace truth

// What no fault decides, as the plan's flavour has it.
extern "C" int rand() {
  static int number = 0;
  return truth::ThePlan().flavour == 0 ? 0 : ++number % 3;
}

// A service that waits before it tries again need not be waited for.
extern "C" int nanosleep(const timespec*, timespec*) { return 0; }
extern "C" int clock_nanosleep(clockid_t, int, const timespec*, timespec*) { return 0; }
