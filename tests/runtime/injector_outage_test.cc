// What a service sees of its control server's absence, and of a fork.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "filibuster/injector.h"
#include "tests/runtime/httplib_test_service.h"
#include "tests/runtime/injected_calls.h"

namespace filibuster {
namespace {

class InjectorOutageTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  FakeControlServer& control_ = ControlServer();
};

TEST_F(InjectorOutageTest, WithoutItsControlServerAServiceWorksAsWithoutUs) {
  Injection(CallToBar()).Returned(200, "");
  control_.Stop();
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) {
    Injection call(CallToBar());
    EXPECT_FALSE(call.fault());
    EXPECT_TRUE(call.headers().empty());
    call.Returned(200, "");
    const ContextScope scope(ReceiveRequest(IncomingCall(R"([["aa", 1]])", "{}")));
    Injection(CallToBar()).Returned(200, "");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "[FILIBUSTER] [WARNING]: control server " + control_.url() +
                " cannot be reached: Connection refused; calls are made as if it were not there\n");
  control_.Start();
  control_.Reset();
  Injection call(CallToBar());
  EXPECT_FALSE(call.headers().empty());
}

TEST_F(InjectorOutageTest, AnswersThatMakeNoSenseInjectNothing) {
  for (const char* answer : {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{]",
                             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
                             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "no HTTP\r\n\r\n"}) {
    testing::internal::CaptureStderr();
    {
      const ContextScope scope(ReceiveRequest(IncomingCall(R"([["aa", 1]])", "{}")));
      control_.AnswerWith(answer);
      Injection call(CallToBar());
      EXPECT_FALSE(call.fault()) << answer;
      EXPECT_TRUE(call.headers().empty()) << answer;
      control_.AnswerProperly();
      Injection(CallToBar()).Returned(200, "");  // an outage warns once: this one is over
    }
    EXPECT_NE(testing::internal::GetCapturedStderr(), "") << answer;
  }
}

TEST_F(InjectorOutageTest, ErrnoIsLeftAsItWas) {
  control_.Stop();
  testing::internal::CaptureStderr();
  errno = E2BIG;
  Injection(CallToBar()).Returned(200, "");
  EXPECT_EQ(errno, E2BIG);
  ReceiveRequest(IncomingCall(R"([["aa", 1]])", "{}"));
  EXPECT_EQ(errno, E2BIG);
  testing::internal::GetCapturedStderr();
  control_.Start();
}

TEST_F(InjectorOutageTest, AChildProcessMakesItsOwnCallsWhateverOtherThreadsDidAtTheFork) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&] {
      while (!stop) Injection(CallToBar()).Returned(200, "");
    });
  }
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(60);  // ends a child that waits for ever
      Injection call(CallToBar());
      const bool announced = !call.headers().empty();
      call.Returned(200, "");
      ::_exit(announced ? 0 : 1);
    }
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  // No answer to a child came to its parent, or the other way round: each call has its own id.
  std::set<std::string> ids;
  for (const Json& complete : control_.Bodies("invocation_complete")) {
    ids.insert(complete["generated_id"].dump());
  }
  EXPECT_EQ(ids.size(), control_.Bodies("invocation").size());
}

}  // namespace
}  // namespace filibuster
