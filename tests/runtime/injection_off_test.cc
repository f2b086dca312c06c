// A service that runs without FILIBUSTER_URL, or with one that makes no sense.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "filibuster/context.h"
#include "filibuster/httplib.h"
#include "filibuster/injector.h"
#include "tests/runtime/httplib_test_service.h"
#include "tests/support/fake_control_server.h"

namespace filibuster {
namespace {

long CountOf(const char* directory) {
  return std::distance(std::filesystem::directory_iterator(directory), {});
}

#ifdef __SANITIZE_THREAD__
constexpr long kThreads = 2;  // one is its own
#else
constexpr long kThreads = 1;
#endif

// What the kernel keeps of a thread that was joined is gone a moment later.
void WaitUntilThreadsAreGone() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (CountOf("/proc/self/task") > kThreads && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
}

// A call through an instrumented client to an instrumented server, whose handler makes none.
void CallOnce() {
  TestServer bar;
  bar.server.Get("/bar", [](const httplib::Request& request, httplib::Response& response) {
    EXPECT_EQ(CurrentContext(), nullptr);
    EXPECT_FALSE(request.has_header("X-Filibuster-Execution-Index"));
    response.set_content("bar", "text/plain");
  });
  httplib::Client client("127.0.0.1", bar.Start());
  const auto result = client.Get("/bar", {{"Own", "1"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "bar");
}

TEST(InjectionOffTest, WithoutAUrlThereIsNoThreadNoSocketAndNoLine) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  CallOnce();  // whatever httplib itself sets up once
  const long files = CountOf("/proc/self/fd");
  CallOnce();
  OutgoingCall call;
  Injection injection(call);
  EXPECT_FALSE(injection.fault());
  EXPECT_TRUE(injection.headers().empty());
  EXPECT_EQ(ReceiveRequest([](const char*) { return "1"; }), nullptr);
  EXPECT_FALSE(InjectionEnabled());
  WaitUntilThreadsAreGone();
  EXPECT_EQ(CountOf("/proc/self/task"), kThreads);
  EXPECT_EQ(CountOf("/proc/self/fd"), files);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(InjectionOffTest, AUrlThatMakesNoSenseIsNamedOnceAndSwitchesNothingOn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        ::setenv("FILIBUSTER_URL", "localhost:5005", 1);
        CallOnce();
        CallOnce();
        std::exit(InjectionEnabled() ? 1 : 0);
      },
      testing::ExitedWithCode(0),
      "^\\[FILIBUSTER\\] \\[WARNING\\]: FILIBUSTER_URL: found \"localhost:5005\", expected "
      "http://HOST:PORT; no fault will be injected\n$");
}

TEST(InjectionOffTest, AServiceWithoutANameIsToldSoOnceAndSendsNothing) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        FakeControlServer control;
        ::setenv("FILIBUSTER_URL", control.url().c_str(), 1);
        CallOnce();
        CallOnce();
        std::exit(control.messages().empty() ? 0 : 1);
      },
      testing::ExitedWithCode(0),
      "^\\[FILIBUSTER\\] \\[WARNING\\]: no FILIBUSTER_SERVICE\\(\"name\"\\) in this program, and "
      "no "
      "FILIBUSTER_SERVICE_NAME in its environment; no fault will be injected\n$");
}

}  // namespace
}  // namespace filibuster
