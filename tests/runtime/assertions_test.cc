#include "filibuster/assertions.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/fake_control_server.h"

namespace filibuster {
namespace {

class AssertionsTest : public testing::Test {
 protected:
  void TearDown() override { ::unsetenv("FILIBUSTER_URL"); }

  void UseServer(const std::string& url) { ::setenv("FILIBUSTER_URL", url.c_str(), 1); }

  FakeControlServer control_;  // says that a call to bar was failed, and no other
};

TEST_F(AssertionsTest, AskTheControlServer) {
  UseServer(control_.url());
  EXPECT_TRUE(was_fault_injected_on("bar"));
  EXPECT_FALSE(was_fault_injected_on("baz"));
  EXPECT_FALSE(was_fault_injected());
  const auto messages = control_.messages();
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].path, "/filibuster/fault-injected/bar");
  EXPECT_EQ(messages[2].path, "/filibuster/fault-injected");
}

TEST_F(AssertionsTest, ANameIsEncodedForThePath) {
  UseServer(control_.url());
  was_fault_injected_on("a b/c");
  was_fault_injected_on("bar", "Get it");
  EXPECT_EQ(control_.messages().at(0).path, "/filibuster/fault-injected/a%20b%2Fc");
  EXPECT_EQ(control_.messages().at(1).path, "/filibuster/fault-injected/method/bar/Get%20it");
}

TEST_F(AssertionsTest, AreSentWithTheTokenIfThereIsOne) {
  UseServer(control_.url());
  was_fault_injected();
  ::setenv("FILIBUSTER_TOKEN", "the secret", 1);
  was_fault_injected();
  ::unsetenv("FILIBUSTER_TOKEN");
  EXPECT_EQ(control_.messages().at(0).token, "");
  EXPECT_EQ(control_.messages().at(1).token, "the secret");
}

TEST_F(AssertionsTest, ByHandThereIsNoFault) {
  EXPECT_FALSE(was_fault_injected());
  UseServer("");
  EXPECT_FALSE(was_fault_injected_on("bar"));
  EXPECT_TRUE(control_.messages().empty());
}

TEST_F(AssertionsTest, AnAnswerThatCannotBeHadEndsTheTestAsTroubleOfOurs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto exits = testing::ExitedWithCode(2);
  EXPECT_EXIT(
      {
        control_.Stop();
        UseServer(control_.url());
        was_fault_injected();
      },
      exits, "infrastructure: control server .* cannot be reached: Connection refused");
  EXPECT_EXIT(
      {
        UseServer("127.0.0.1:5005");
        was_fault_injected_on("bar");
      },
      exits, "FILIBUSTER_URL: found \"127.0.0.1:5005\", expected http://HOST:PORT");
  EXPECT_EXIT(
      {
        control_.AnswerWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        UseServer(control_.url());
        was_fault_injected();
      },
      exits, "without a \"result\"");
  EXPECT_EXIT(
      {
        control_.AnswerWith("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        UseServer(control_.url());
        was_fault_injected();
      },
      exits, "refused GET /filibuster/fault-injected: 404");
}

}  // namespace
}  // namespace filibuster
