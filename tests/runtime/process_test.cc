#include "runtime/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include <fstream>
#include <functional>
#include <thread>

#include "base/file.h"
#include "runtime/signals.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

// Time for what takes milliseconds, on a machine that is busy with other things.
constexpr seconds kBusyMachine(60);

Command Shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {}, {}}; }

RunResult RunShell(const std::string& script, const RunOptions& options = {}) {
  auto result = RunCommand(Shell(script), options);
  EXPECT_TRUE(result) << result.error();
  return result.value_or(RunResult{});
}

bool IsAlive(pid_t pid) {
  // A process that ended and waits to be reaped (by init) is not alive.
  const auto status = ReadFile("/proc/" + std::to_string(pid) + "/stat");
  return status && status->substr(status->rfind(')') + 2, 1) != "Z";
}

// Reads a number that a child writes to a file, waiting for it.
pid_t ReadPid(const std::filesystem::path& path) {
  for (const auto end = steady_clock::now() + kBusyMachine; steady_clock::now() < end;) {
    const auto text = ReadFile(path);
    if (text && text->ends_with('\n')) return std::stoi(*text);
    std::this_thread::yield();
  }
  ADD_FAILURE() << path << " was not written";
  return 0;
}

bool EndsSoon(pid_t pid) {
  for (const auto end = steady_clock::now() + kBusyMachine; steady_clock::now() < end;) {
    if (!IsAlive(pid)) return true;
    std::this_thread::yield();
  }
  return false;
}

void WriteScript(const std::filesystem::path& path, const std::string& text) {
  ASSERT_TRUE(WriteFile(path, text));
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

TEST(RunTest, ReturnsTheExitCodeAndTheOutput) {
  const RunResult result = RunShell("echo out; echo err >&2; exit 3");
  EXPECT_EQ(result.status, TerminationStatus(ExitCode{3}));
  EXPECT_EQ(result.output, "out\nerr\n");
  EXPECT_EQ(result.output_dropped, 0u);
  EXPECT_GT(result.duration.count(), 0);
}

TEST(RunTest, ReturnsTheSignal) {
  EXPECT_EQ(RunShell("kill -SEGV $$").status, TerminationStatus(Signal{SIGSEGV}));
}

TEST(RunTest, SaysHowACommandEnded) {
  EXPECT_EQ(ToString(ExitCode{1}), "exit code 1");
  EXPECT_EQ(ToString(Signal{SIGSEGV}), "signal 11 (SIGSEGV, Segmentation fault)");
  EXPECT_EQ(ToString(TimedOut{milliseconds(1500)}), "no end after 1.5 s");
  EXPECT_EQ(ToString(Stopped{}), "stopped");
}

TEST(RunTest, PassesArgumentsEnvironmentAndDirectory) {
  TempDir dir;
  ::setenv("FILIBUSTER_TEST_KEPT", "kept", 1);
  ::setenv("FILIBUSTER_TEST_REPLACED", "old", 1);
  const auto result = RunCommand(
      {{"/bin/sh", "-c", "echo $0 \"$1\" $FILIBUSTER_TEST_KEPT $FILIBUSTER_TEST_REPLACED; pwd",
        "zero", "a  b"},
       {{"FILIBUSTER_TEST_REPLACED", "new"}},
       dir.path()});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->output,
            "zero a  b kept new\n" + std::filesystem::canonical(dir.path()).string() + "\n");
}

TEST(RunTest, InheritsNoDescriptorOfOurs) {
  const int leaked = ::eventfd(0, 0);  // without O_CLOEXEC, as some libraries open theirs
  EXPECT_EQ(RunShell("ls -x /proc/self/fd").output, "0  1  2  3\n");  // 3 is ls's own
  ::close(leaked);
}

TEST(RunTest, GivesTheCommandAnEmptyInputAndDefaultSignals) {
  ::signal(SIGTERM, SIG_IGN);
  EXPECT_EQ(RunShell("cat; kill -TERM $$; echo not reached").output, "");
  ::signal(SIGTERM, SIG_DFL);
}

TEST(RunTest, KeepsTheEndOfALongOutput) {
  const RunResult result = RunShell("yes | head -c 3000000; echo end", {.max_output = 1000});
  EXPECT_EQ(result.output.size(), 1000u);
  EXPECT_TRUE(result.output.ends_with("y\nend\n"));
  EXPECT_EQ(result.output_dropped, 3'000'004u - 1000u);
}

// Runs a script that hangs once it has written `ready`: with more time if a busy machine had not
// come so far when the time was up.
RunResult RunUntilItHangs(const std::string& script, const std::filesystem::path& ready) {
  for (milliseconds timeout(250);; timeout *= 4) {
    RunResult result = RunShell(script, {.timeout = timeout, .grace = kBusyMachine});
    EXPECT_EQ(result.status, TerminationStatus(TimedOut{timeout}));
    if (ReadFile(ready).value_or("").ends_with('\n') || timeout > kBusyMachine) return result;
  }
}

TEST(RunTest, EndsTheWholeGroupOfACommandThatHangs) {
  TempDir dir;
  const auto pid = dir.path() / "pid";
  const RunResult result =
      RunUntilItHangs("echo before; sleep 1000 & echo $! > " + pid.string() + "; wait", pid);
  EXPECT_EQ(result.output, "before\n");
  EXPECT_TRUE(EndsSoon(ReadPid(dir.path() / "pid")));
}

TEST(RunTest, KillsACommandThatIgnoresTheRequestToEnd) {
  const auto start = steady_clock::now();
  const RunResult result = RunShell("trap '' TERM; while :; do sleep 0.01; done",
                                    {.timeout = milliseconds(100), .grace = milliseconds(100)});
  EXPECT_EQ(result.status, TerminationStatus(TimedOut{milliseconds(100)}));
  EXPECT_LT(steady_clock::now() - start, kBusyMachine);
}

TEST(RunTest, ShowsWhatACommandWritesWhenAskedToEnd) {
  TempDir dir;
  const auto begun = dir.path() / "begun";
  const RunResult result =
      RunUntilItHangs("trap 'echo cleaning up; exit 0' TERM; echo ready; echo > " + begun.string() +
                          "; while :; do sleep 0.01; done",
                      begun);
  EXPECT_THAT(result.output, testing::StartsWith("ready\n"));
  EXPECT_THAT(result.output, testing::EndsWith("cleaning up\n"));
}

TEST(RunTest, DoesNotWaitForGrandchildrenThatKeepTheOutputOpen) {
  TempDir dir;
  const auto start = steady_clock::now();
  // One in the group, which ends with it, and one that left the group and floods the output.
  const RunResult result = RunShell("sleep 1000 & setsid sh -c 'echo $$ > " +
                                    (dir.path() / "pid").string() + "; exec yes' & while [ ! -s " +
                                    (dir.path() / "pid").string() + " ]; do :; done; exit 0");
  EXPECT_EQ(result.status, TerminationStatus(ExitCode{0}));
  EXPECT_LT(steady_clock::now() - start, kBusyMachine);
  const pid_t pid = ReadPid(dir.path() / "pid");
  EXPECT_TRUE(EndsSoon(pid));  // by SIGPIPE: nobody reads
  ::kill(pid, SIGKILL);
}

TEST(RunTest, LeavesNothingOfTheGroupBehind) {
  const RunResult result = RunShell("sleep 1000 & echo $!");
  EXPECT_EQ(result.status, TerminationStatus(ExitCode{0}));
  EXPECT_TRUE(EndsSoon(std::stoi(result.output)));
}

// Starts something in a process of its own, and kills that.
void KillTheOwnerOf(const std::function<void()>& start, const std::filesystem::path& started) {
  const pid_t owner = ::fork();
  if (owner == 0) {
    start();
    ::_exit(0);
  }
  ReadPid(started);
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
}

TEST(RunTest, EndsWithAnOwnerThatIsKilled) {
  TempDir dir;
  const auto pid = dir.path() / "pid";
  KillTheOwnerOf(
      [&] {
        (void)RunCommand(Shell("trap '' TERM; echo $$ > " + pid.string() + "; exec sleep 1000"));
      },
      pid);
  EXPECT_TRUE(EndsSoon(ReadPid(pid)));
}

TEST(RunTest, StopsWhenAsked) {
  const StopSignals stop;
  std::thread other([] { ::kill(::getpid(), SIGINT); });
  const RunResult result = RunShell("sleep 1000", {.stop_fd = stop.fd()});
  other.join();
  EXPECT_EQ(result.status, TerminationStatus(Stopped{}));
  EXPECT_EQ(stop.received(), SIGINT);
  // Asked once, stopped for good.
  EXPECT_EQ(RunShell("sleep 1000", {.stop_fd = stop.fd()}).status, TerminationStatus(Stopped{}));
}

TEST(RunTest, RefusesWhatCannotRun) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir.path() / "text", "x"));
  const auto error = [](const Command& command) { return RunCommand(command).error().message; };
  EXPECT_EQ(error({{"/nonexistent/x"}, {}, {}}),
            "/nonexistent/x: no such file, expected a program");
  EXPECT_THAT(error({{(dir.path() / "text").string()}, {}, {}}), HasSubstr("is not executable"));
  EXPECT_EQ(error({{"no-such-program-here"}, {}, {}}), "no-such-program-here: not found on PATH");
  EXPECT_EQ(error({{}, {}, {}}), "the command is empty");
  EXPECT_EQ(error({{"true"}, {}, "/nonexistent"}), "/nonexistent: no such directory");
  WriteScript(dir.path() / "bad", "#!/nonexistent/interpreter\n");
  EXPECT_THAT(error({{(dir.path() / "bad").string()}, {}, {}}), HasSubstr("cannot run"));
}

TEST(ParseCommandTest, RunsAFileDirectlyAndTheRestByTheShell) {
  TempDir dir;
  WriteScript(dir.path() / "my test", "#!/bin/sh\necho ran $0\n");
  const auto command = ParseCommand("my test", dir.path());
  ASSERT_TRUE(command) << command.error();
  EXPECT_EQ(*command, std::vector<std::string>{"./my test"});
  EXPECT_EQ(RunCommand({*command, {}, dir.path()})->output, "ran ./my test\n");

  const auto shell = ParseCommand("echo a | tr a b");
  ASSERT_TRUE(shell) << shell.error();
  EXPECT_EQ(RunCommand({*shell, {}, {}})->output, "b\n");
}

TEST(ParseCommandTest, RefusesWhatCannotRun) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir.path() / "text", "x"));
  const auto error = [&](const std::string& text) {
    return ParseCommand(text, dir.path()).error().message;
  };
  EXPECT_EQ(error(" "), "the command is empty");
  EXPECT_EQ(error("./nope"), "./nope: no such file, expected a program");
  EXPECT_EQ(error("./nope --flag"), "./nope: no such file, expected a program");
  EXPECT_EQ(error("text"), "text: is not executable (chmod +x?)");
  EXPECT_EQ(error("."), ".: is a directory, expected a program");
}

TEST(BackgroundProcessTest, RunsUntilStoppedAndWritesItsLog) {
  TempDir dir;
  auto process = BackgroundProcess::Start(
      Shell("trap 'echo bye; exit 5' TERM; echo $$ > " + (dir.path() / "pid").string() +
            "; while :; do sleep 0.01; done"),
      dir.path() / "log");
  ASSERT_TRUE(process) << process.error();
  EXPECT_EQ(ReadPid(dir.path() / "pid"), process->pid());
  EXPECT_EQ(process->Poll(), std::nullopt);
  EXPECT_EQ(process->Stop(kBusyMachine), TerminationStatus(ExitCode{5}));
  EXPECT_THAT(ReadFile(dir.path() / "log").value_or(""), testing::EndsWith("bye\n"));
  EXPECT_EQ(process->Poll(), TerminationStatus(ExitCode{5}));
}

TEST(BackgroundProcessTest, TellsThatAProcessDied) {
  TempDir dir;
  auto process = BackgroundProcess::Start(Shell("kill -ABRT $$"), dir.path() / "log");
  ASSERT_TRUE(process) << process.error();
  EXPECT_EQ(process->Poll(kBusyMachine), TerminationStatus(Signal{SIGABRT}));
}

TEST(BackgroundProcessTest, EndsWithItsOwner) {
  TempDir dir;
  const auto start = [&](const std::string& name) {
    auto process = BackgroundProcess::Start(
        Shell("sleep 1000 & echo $! > " + (dir.path() / name).string() + "; wait"),
        dir.path() / "log");
    EXPECT_TRUE(process) << process.error();
    return std::move(process).value();
  };
  pid_t replaced = 0;
  pid_t last = 0;
  {
    BackgroundProcess process = start("first");
    replaced = ReadPid(dir.path() / "first");
    process = start("second");
    EXPECT_TRUE(EndsSoon(replaced));
    last = ReadPid(dir.path() / "second");
    EXPECT_TRUE(IsAlive(last));
  }
  EXPECT_TRUE(EndsSoon(last));
}

TEST(BackgroundProcessTest, IsAskedToEndByAnOwnerThatIsKilled) {
  TempDir dir;
  const auto pid = dir.path() / "pid";
  const auto asked = dir.path() / "asked";
  KillTheOwnerOf(
      [&] {
        const auto process = BackgroundProcess::Start(
            Shell("trap 'echo > " + asked.string() + "; exit 0' TERM; echo $$ > " + pid.string() +
                  "; while :; do sleep 0.01; done"),
            dir.path() / "log");
        ::pause();
      },
      pid);
  EXPECT_TRUE(EndsSoon(ReadPid(pid)));
  EXPECT_TRUE(std::filesystem::exists(asked));
}

TEST(BackgroundProcessTest, OutlivesItsOwnerWhenReleased) {
  TempDir dir;
  pid_t pid = 0;
  {
    auto process = BackgroundProcess::Start({{"sleep", "1000"}, {}, {}}, dir.path() / "log",
                                            BackgroundProcess::Kind::kSession);
    ASSERT_TRUE(process) << process.error();
    pid = process->pid();
    process->Release();
  }
  EXPECT_TRUE(IsAlive(pid));
  EXPECT_EQ(::getsid(pid), pid);
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(EndsSoon(pid));
}

TEST(BackgroundProcessTest, NamesALogFileThatCannotBeWritten) {
  const auto process = BackgroundProcess::Start({{"true"}, {}, {}}, "/nonexistent/log");
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().message, "/nonexistent/log: cannot write: No such file or directory");
}

}  // namespace
}  // namespace filibuster
