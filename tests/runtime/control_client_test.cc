#include "runtime/control_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "tests/support/fake_control_server.h"

namespace filibuster {
namespace {

using Clock = std::chrono::steady_clock;

class ControlClientTest : public testing::Test {
 protected:
  FakeControlServer server_;
};

TEST_F(ControlClientTest, AServiceIsToldOnceThatATestExecutionIsNew) {
  ControlClient client({"127.0.0.1", server_.port()}, "");
  EXPECT_EQ(client.NewTestExecution("foo"), true);
  EXPECT_EQ(client.NewTestExecution("foo"), false);
  EXPECT_EQ(server_.messages().at(0).path, "/filibuster/new-test-execution/foo");
}

TEST_F(ControlClientTest, AServerThatDoesNotAnswerIsWaitedForOnceAndThenLeftAlone) {
  server_.AnswerWith("");
  ControlClient client({"127.0.0.1", server_.port()}, "", std::chrono::milliseconds(50));
  testing::internal::CaptureStderr();
  const auto begin = Clock::now();
  EXPECT_EQ(client.NewTestExecution("foo"), std::nullopt);
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(50));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.NewTestExecution("foo"), std::nullopt);
  EXPECT_LT(server_.messages().size(), 11u);
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_NE(lines.find("cannot be reached: no answer in time"), std::string::npos) << lines;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1) << lines;
}

TEST_F(ControlClientTest, ManyThreadsEachGetTheAnswerToTheirOwnMessage) {
  ControlClient client({"127.0.0.1", server_.port()}, "");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&client, i] {
      for (int call = 0; call < 50; ++call) {
        Invocation invocation;
        invocation.execution_index = std::to_string(i) + "." + std::to_string(call);
        const auto answer = client.Create(invocation);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->execution_index, invocation.execution_index);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server_.messages().size(), 400u);
}

TEST(PercentEncodeTest, LeavesWhatAPathMayHold) {
  EXPECT_EQ(PercentEncode("users-1.0_~"), "users-1.0_~");
  EXPECT_EQ(PercentEncode("a/b ?\xff"), "a%2Fb%20%3F%FF");
}

}  // namespace
}  // namespace filibuster
