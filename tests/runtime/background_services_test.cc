#include "runtime/background_services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>

#include "base/file.h"
#include "base/json_reader.h"
#include "runtime/process_identity.h"
#include "tests/support/reserved_port.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

class BackgroundServicesTest : public testing::Test {
 protected:
  BackgroundServicesTest() {
    for (auto& [name, port] : {std::pair{"foo", &foo_port_}, std::pair{"bar", &bar_port_}}) {
      Service service;
      service.name = name;
      service.command = {TEST_SERVICE, std::to_string(port->number())};
      service.port = port->number();
      application_.services.push_back(service);
    }
  }
  ~BackgroundServicesTest() override { (void)Stop(); }

  auto Start() {
    ServiceOptions options;
    options.log_directory = dir_.path() / "logs";
    return StartInBackground(application_, state_, options);
  }
  std::expected<std::vector<StoppedService>, Error> Stop() {
    return StopInBackground(application_, state_, seconds(10));
  }
  Health HealthOf(size_t i) { return CheckHealth(application_.services[i]).health; }
  std::filesystem::path StateFile() { return state_ / "application.state.json"; }

  TempDir dir_;
  std::filesystem::path state_ = dir_.path() / "state";
  ReservedPort foo_port_;
  ReservedPort bar_port_;
  Application application_{dir_.path() / "application.json", {}};
};

TEST_F(BackgroundServicesTest, StartsListsAndStops) {
  const auto started = Start();
  ASSERT_TRUE(started) << started.error();
  ASSERT_EQ(started->size(), 2u);
  EXPECT_EQ((*started)[0].outcome, StartOutcome::kStarted);
  const auto list = ListInBackground(application_, state_);
  ASSERT_TRUE(list) << list.error();
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].pid, (*started)[0].pid);
  EXPECT_EQ((*list)[0].health.health, Health::kHealthy);

  const auto stopped = Stop();
  ASSERT_TRUE(stopped) << stopped.error();
  for (const StoppedService& service : *stopped) {
    EXPECT_EQ(service.outcome, StopOutcome::kStopped) << service.name;
  }
  EXPECT_EQ(HealthOf(0), Health::kDown);
  EXPECT_EQ(HealthOf(1), Health::kDown);
  EXPECT_EQ(ListInBackground(application_, state_)->front().pid, std::nullopt);
}

TEST_F(BackgroundServicesTest, DoesNothingTheSecondTime) {
  const auto first = Start();
  ASSERT_TRUE(first) << first.error();
  const auto second = Start();
  ASSERT_TRUE(second) << second.error();
  EXPECT_EQ((*second)[0].outcome, StartOutcome::kRanAlready);
  EXPECT_EQ((*second)[0].pid, (*first)[0].pid);
  ASSERT_TRUE(Stop());
  const auto stopped = Stop();
  ASSERT_TRUE(stopped) << stopped.error();
  EXPECT_EQ((*stopped)[0].outcome, StopOutcome::kDidNotRun);
}

TEST_F(BackgroundServicesTest, StartsOnlyWhatIsMissing) {
  const auto first = Start();
  ASSERT_TRUE(first) << first.error();
  const ProcessIdentity bar = IdentifyProcess(*(*first)[1].pid).value();
  EndGroups({bar}, seconds(10));
  const auto second = Start();
  ASSERT_TRUE(second) << second.error();
  EXPECT_EQ((*second)[0].outcome, StartOutcome::kRanAlready);
  EXPECT_EQ((*second)[1].outcome, StartOutcome::kStarted);
}

TEST_F(BackgroundServicesTest, LeavesAloneWhatOthersStarted) {
  Services others({"application.json", {application_.services[0]}},
                  {.log_directory = dir_.path() / "others"});
  ASSERT_TRUE(others.Start());
  const auto started = Start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ((*started)[0].outcome, StartOutcome::kRanAlready);
  EXPECT_EQ((*started)[0].pid, std::nullopt);
  const auto stopped = Stop();
  ASSERT_TRUE(stopped) << stopped.error();
  EXPECT_EQ((*stopped)[1].name, "foo");
  EXPECT_EQ((*stopped)[1].outcome, StopOutcome::kNotOurs);
  EXPECT_EQ(HealthOf(0), Health::kHealthy);
}

TEST_F(BackgroundServicesTest, NeverKillsAProcessThatHasGotTheNumberOfAnother) {
  ASSERT_TRUE(Start());
  const auto bystander =
      BackgroundProcess::Start({{"sleep", "1000"}, {}, {}}, dir_.path() / "bystander.log");
  ASSERT_TRUE(bystander) << bystander.error();
  const auto json = ReadJsonFile(StateFile());
  ASSERT_TRUE(json);
  Json state = *json;
  const pid_t foo = state["services"]["foo"]["pid"];
  state["services"]["foo"]["pid"] = bystander->pid();  // with the start time of the dead one
  ASSERT_TRUE(WriteFile(StateFile(), state.dump()));
  const auto stopped = Stop();
  ASSERT_TRUE(stopped) << stopped.error();
  EXPECT_TRUE(IdentifyProcess(bystander->pid()));
  EXPECT_EQ(HealthOf(0), Health::kHealthy);
  ::kill(-foo, SIGKILL);
}

TEST_F(BackgroundServicesTest, RefusesAStateThatWouldKillEverybody) {
  std::filesystem::create_directory(state_);
  ASSERT_TRUE(WriteFile(StateFile(), R"({"schema_version": 1, "services": {
      "foo": {"pid": -1, "start_time": 1, "boot_id": "x"}}})"));
  const auto stopped = Stop();
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message,
              StartsWith(StateFile().string() + ": $.services.foo: found no process id; it is "));
  ASSERT_TRUE(WriteFile(StateFile(), "{"));
  EXPECT_THAT(Start().error().message, StartsWith(StateFile().string() + ":1:"));
  std::filesystem::remove(StateFile());
}

TEST_F(BackgroundServicesTest, SaysThatAServiceRunsButIsNotHealthy) {
  const auto started = Start();
  ASSERT_TRUE(started) << started.error();
  ::kill(*(*started)[0].pid, SIGSTOP);
  const auto again = Start();
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("'filibuster-services stop' ends it"));
}

TEST_F(BackgroundServicesTest, StopsNothingOfAFailedStart) {
  application_.services[1].command = {"/bin/sh", "-c", "exit 4"};
  const auto started = Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message,
              StartsWith("service bar: it ended while starting: exit code 4"));
  EXPECT_EQ(HealthOf(0), Health::kDown);
  EXPECT_EQ(ListInBackground(application_, state_)->front().pid, std::nullopt);
}

TEST_F(BackgroundServicesTest, NamesAStateDirectoryThatCannotBeMade) {
  ASSERT_TRUE(WriteFile(state_, "a file"));
  EXPECT_THAT(Start().error().message, HasSubstr("choose --state-dir"));
}

TEST(ProcessIdentityTest, TellsProcessesApart) {
  const auto self = IdentifyProcess(::getpid());
  ASSERT_TRUE(self);
  EXPECT_TRUE(IsRunning(*self));
  ProcessIdentity other = *self;
  ++other.start_time;
  EXPECT_FALSE(IsRunning(other));
  other = *self;
  other.boot_id = "before the restart";
  EXPECT_FALSE(IsRunning(other));
}

TEST(ProcessIdentityTest, EndsAGroupWhoseLeaderLeavesOthersBehind) {
  TempDir dir;
  auto process = BackgroundProcess::Start(
      {{"/bin/sh", "-c", "(trap '' TERM; while :; do sleep 0.01; done) & echo $!; wait"}, {}, {}},
      dir.path() / "log", BackgroundProcess::Kind::kSession);
  ASSERT_TRUE(process) << process.error();
  std::string member;
  while (!member.ends_with('\n')) member = ReadFile(dir.path() / "log").value_or("");
  const ProcessIdentity leader = IdentifyProcess(process->pid()).value();
  process->Release();
  EndGroups({leader}, seconds(10));
  EXPECT_FALSE(IdentifyProcess(std::stoi(member)));
}

}  // namespace
}  // namespace filibuster
