#include "runtime/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/file.h"
#include "runtime/health_check.h"
#include "runtime/port_claim.h"
#include "tests/support/raw_client.h"
#include "tests/support/reserved_port.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Service TestService(const std::string& name, const ReservedPort& port) {
  Service service;
  service.name = name;
  service.command = {TEST_SERVICE, std::to_string(port.number())};
  service.port = port.number();
  return service;
}

std::string Get(int port, const std::string& path) {
  httplib::Client client("127.0.0.1", port);
  const auto result = client.Get(path);
  return result ? result->body : httplib::to_string(result.error());
}

class ServicesTest : public testing::Test {
 protected:
  ServiceOptions Options() {
    ServiceOptions options;
    options.log_directory = dir_.path() / "logs";
    return options;
  }
  std::string Log(const std::string& name) {
    return ReadFile(dir_.path() / "logs" / (name + ".log")).value_or("no log");
  }

  TempDir dir_;
  ReservedPort foo_port_;
  ReservedPort bar_port_;
  Service foo_ = TestService("foo", foo_port_);
  Service bar_ = TestService("bar", bar_port_);
};

TEST_F(ServicesTest, StartsAllAndStopsThem) {
  Services services({"application.json", {foo_, bar_}}, Options());
  const auto started = services.Start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(CheckHealth(foo_).health, Health::kHealthy);
  EXPECT_EQ(CheckHealth(bar_).health, Health::kHealthy);
  EXPECT_THAT(services.FindBroken(Services::Check::kHealth), IsEmpty());
  EXPECT_EQ(Log("foo"), "starting\n");
  services.Stop();
  EXPECT_EQ(CheckHealth(foo_).health, Health::kDown);
  EXPECT_EQ(CheckHealth(bar_).health, Health::kDown);
}

TEST_F(ServicesTest, StopsThemWhenItEnds) {
  {
    Services services({"application.json", {foo_}}, Options());
    ASSERT_TRUE(services.Start());
  }
  EXPECT_EQ(CheckHealth(foo_).health, Health::kDown);
}

TEST_F(ServicesTest, GivesTheServicesTheirEnvironment) {
  foo_.environment = {{"OWN", "own"}, {"FILIBUSTER_URL", "replaced"}};
  ServiceOptions options = Options();
  options.environment = {{"FILIBUSTER_URL", "http://127.0.0.1:1"}};
  options.coverage_directory = dir_.path() / "coverage";
  Services services({"application.json", {foo_}}, options);
  ASSERT_TRUE(services.Start());
  EXPECT_EQ(Get(foo_.port, "/environment/OWN"), "own");
  EXPECT_EQ(Get(foo_.port, "/environment/FILIBUSTER_URL"), "http://127.0.0.1:1");
  EXPECT_EQ(Get(foo_.port, "/environment/LLVM_PROFILE_FILE"),
            (dir_.path() / "coverage/foo-%p%c.profraw").string());
}

TEST_F(ServicesTest, RemovesOnlyTheOldProfilesOfTheServicesThatItStarts) {
  const auto coverage = dir_.path() / "coverage";
  std::filesystem::create_directory(coverage);
  for (const char* name : {"foo-1.profraw", "bar-1.profraw", "foo-1.txt"}) {
    ASSERT_TRUE(WriteFile(coverage / name, ""));
  }
  ServiceOptions options = Options();
  options.coverage_directory = coverage;
  Services services({"application.json", {foo_}}, options);
  ASSERT_TRUE(services.Start());
  EXPECT_FALSE(std::filesystem::exists(coverage / "foo-1.profraw"));
  EXPECT_TRUE(std::filesystem::exists(coverage / "bar-1.profraw"));
  EXPECT_TRUE(std::filesystem::exists(coverage / "foo-1.txt"));
}

TEST_F(ServicesTest, LeavesAloneWhatRunsAlready) {
  Services first({"application.json", {foo_}}, Options());
  ASSERT_TRUE(first.Start());
  {
    Services second({"application.json", {foo_, bar_}}, Options());
    ASSERT_TRUE(second.Start());
    EXPECT_THAT(second.FindBroken(Services::Check::kHealth), IsEmpty());
  }
  EXPECT_EQ(CheckHealth(foo_).health, Health::kHealthy);
  EXPECT_EQ(CheckHealth(bar_).health, Health::kDown);
}

TEST_F(ServicesTest, RefusesAServiceThatAnotherRunStarted) {
  int claimed[2];
  int end[2];
  ASSERT_EQ(::pipe(claimed), 0);
  ASSERT_EQ(::pipe(end), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    const auto claim = ClaimPort(foo_.port);
    char byte = claim && *claim ? 'y' : 'n';
    ::close(end[1]);
    ::_exit(::write(claimed[1], &byte, 1) == 1 && ::read(end[0], &byte, 1) == 0 ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(::read(claimed[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');

  Services services({"application.json", {bar_, foo_}}, Options());
  const auto started = services.Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message,
              HasSubstr("service foo: process " + std::to_string(other) + ", another run,"));
  EXPECT_EQ(CheckHealth(bar_).health, Health::kDown);

  ::close(end[1]);
  int status = -1;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_EQ(status, 0);
  for (const int fd : {claimed[0], claimed[1], end[0]}) ::close(fd);
  EXPECT_TRUE(services.Start());
}

TEST_F(ServicesTest, NamesTheServiceThatDiesWhileStarting) {
  bar_.command = {"/bin/sh", "-c", "echo no configuration; kill -SEGV $$"};
  Services services({"application.json", {foo_, bar_}}, Options());
  const auto started = services.Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(
      started.error().message,
      StartsWith(
          "service bar: it ended while starting: signal 11 (SIGSEGV, Segmentation fault); the "
          "end of its log "));
  EXPECT_THAT(started.error().message, HasSubstr("no configuration"));
  EXPECT_EQ(CheckHealth(foo_).health, Health::kDown);  // stopped again
}

TEST_F(ServicesTest, NamesTheServiceThatNeverAnswers) {
  foo_.environment["HEALTH_STATUS"] = "503";
  ServiceOptions options = Options();
  options.start_timeout = milliseconds(200);
  Services services({"application.json", {foo_}}, options);
  const auto started = services.Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, StartsWith("service foo: not healthy after 0.2 s: http://"));
}

TEST_F(ServicesTest, NamesTheProgramThatIsMissing) {
  foo_.command = {"/nonexistent/foo"};
  Services services({"application.json", {foo_}}, Options());
  const auto started = services.Start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message,
            "service foo: /nonexistent/foo: no such file, expected a program");
}

TEST_F(ServicesTest, RefusesAPortThatSomethingElseUses) {
  bar_.port = foo_.port;
  bar_.health_check = "/nothing-here";
  Services other({"application.json", {foo_}}, Options());
  ASSERT_TRUE(other.Start());
  Services services({"application.json", {bar_}}, Options());
  const auto started = services.Start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message,
            "service bar: port " + std::to_string(foo_.port) +
                " is used by something that does not answer the health check http://127.0.0.1:" +
                std::to_string(foo_.port) + "/nothing-here: status 404");
}

TEST_F(ServicesTest, StopsWaitingWhenAsked) {
  foo_.environment["HEALTH_STATUS"] = "503";
  const UniqueFd stop(::eventfd(1, EFD_CLOEXEC));
  ServiceOptions options = Options();
  options.stop_fd = stop.get();
  Services services({"application.json", {foo_}}, options);
  const auto started = services.Start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "stopped while waiting for service foo");
}

TEST_F(ServicesTest, FindsAServiceThatDiedAndRestartsIt) {
  Services services({"application.json", {foo_, bar_}}, Options());
  ASSERT_TRUE(services.Start());
  Get(foo_.port, "/crash");
  const auto broken = services.FindBroken(Services::Check::kProcesses);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0].name, "foo");
  EXPECT_EQ(broken[0].what, "died: signal 6 (SIGABRT, Aborted)");
  EXPECT_EQ(broken[0].log, "starting\ncrashing\n");

  const auto restarted = services.Restart("foo");
  ASSERT_TRUE(restarted) << restarted.error();
  EXPECT_THAT(services.FindBroken(Services::Check::kHealth), IsEmpty());
  EXPECT_EQ(CheckHealth(foo_).health, Health::kHealthy);
  EXPECT_EQ(Log("foo"), "starting\ncrashing\nstarting\n");
}

TEST_F(ServicesTest, FindsThatAServiceOfOthersIsGone) {
  Services first({"application.json", {foo_}}, Options());
  ASSERT_TRUE(first.Start());
  Services second({"application.json", {foo_}}, Options());
  ASSERT_TRUE(second.Start());
  first.Stop();
  const auto broken = second.FindBroken(Services::Check::kProcesses);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0].what, "no longer listens");
  ASSERT_TRUE(second.Restart("foo"));
  EXPECT_THAT(second.FindBroken(Services::Check::kHealth), IsEmpty());
}

TEST_F(ServicesTest, WaitsForTheEndOfAServiceThatStoppedListening) {
  Services services({"application.json", {foo_}}, Options());
  ASSERT_TRUE(services.Start());
  Get(foo_.port, "/crash-slowly");
  const auto broken = services.FindBroken(Services::Check::kProcesses);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0].what, "died: signal 6 (SIGABRT, Aborted)");
}

TEST_F(ServicesTest, FindsAServiceThatIsStoppedAndRestartsIt) {
  Services services({"application.json", {foo_}}, Options());
  ASSERT_TRUE(services.Start());
  ::kill(services.pids().at("foo"), SIGSTOP);
  std::vector<BrokenService> broken;
  while (broken.empty()) broken = services.FindBroken(Services::Check::kProcesses);
  EXPECT_EQ(broken[0].what, "was stopped (SIGSTOP)");
  ASSERT_TRUE(services.Restart("foo"));
  EXPECT_THAT(services.FindBroken(Services::Check::kHealth), IsEmpty());
}

TEST_F(ServicesTest, FindsAServiceThatIsNotHealthyAndRestartsIt) {
  Services services({"application.json", {foo_}}, Options());
  ASSERT_TRUE(services.Start());
  Get(foo_.port, "/sicken");
  EXPECT_THAT(services.FindBroken(Services::Check::kProcesses), IsEmpty());
  const auto broken = services.FindBroken(Services::Check::kHealth);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_THAT(broken[0].what, StartsWith("no longer answers http://127.0.0.1:"));
  EXPECT_THAT(broken[0].what, HasSubstr("status 503"));
  ASSERT_TRUE(services.Restart("foo"));
  EXPECT_THAT(services.FindBroken(Services::Check::kHealth), IsEmpty());
}

TEST_F(ServicesTest, DoesNotRestartWhatOthersRun) {
  Services first({"application.json", {foo_}}, Options());
  ASSERT_TRUE(first.Start());
  Services second({"application.json", {foo_}}, Options());
  ASSERT_TRUE(second.Start());
  const auto restarted = second.Restart("foo");
  ASSERT_FALSE(restarted);
  EXPECT_THAT(restarted.error().message, HasSubstr("foo: it has to be started again by whoever"));
}

TEST_F(ServicesTest, EndsAServiceThatIgnoresTheRequestToEnd) {
  foo_.command = {"/bin/sh", "-c",
                  "trap '' TERM; " + foo_.command[0] + " " + foo_.command[1] + " & wait; wait"};
  ServiceOptions options = Options();
  options.stop_grace = milliseconds(100);
  Services services({"application.json", {foo_}}, options);
  ASSERT_TRUE(services.Start());
  services.Stop();
  EXPECT_EQ(CheckHealth(foo_).health, Health::kDown);
}

TEST_F(ServicesTest, LetsTheServicesLiveOnWhenReleased) {
  std::map<std::string, pid_t> pids;
  {
    ServiceOptions options = Options();
    options.kind = BackgroundProcess::Kind::kSession;
    Services services({"application.json", {foo_}}, options);
    ASSERT_TRUE(services.Start());
    pids = services.pids();
    services.Release();
  }
  EXPECT_EQ(CheckHealth(foo_).health, Health::kHealthy);
  ::kill(-pids.at("foo"), SIGKILL);
}

TEST(HealthCheckTest, TakesAListenerForHealthyIfThatIsEnough) {
  ReservedPort port;
  Service service = TestService("foo", port);
  service.health_check = "tcp";
  EXPECT_EQ(CheckHealth(service).health, Health::kDown);
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port.number()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 5), 0);
  EXPECT_EQ(CheckHealth(service).health, Health::kHealthy);
  // It accepts and never answers.
  service.health_check = "/health-check";
  EXPECT_EQ(CheckHealth(service).health, Health::kUnhealthy);
}

}  // namespace
}  // namespace filibuster
