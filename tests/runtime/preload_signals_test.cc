// Signal handlers of the service's that interrupt ours, and its forks, of every kind.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <future>
#include <string>
#include <thread>

#include "filibuster/injector.h"
#include "runtime/preload/loopback_peer.h"
#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/loopback.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;
using Handler = void(int);

// What handlers may use.
sem_t handled;
std::atomic<pid_t> child_of_handler = -1;  // 0 in the child

void Count(int) { ::sem_post(&handled); }

// As a handler must, both leave errno as it was.
void ForkAndEndChild(int) {
  const int kept = errno;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  ::sem_post(&handled);
  errno = kept;
}

void ForkAndGoOnInBoth(int) {
  const int kept = errno;
  child_of_handler = ::fork();
  if (child_of_handler != 0) ::sem_post(&handled);
  errno = kept;
}

// What libcurl does not promise to survive, and does where nothing of it is interrupted.
std::string url_of_handler;
CURLcode code_of_handler = CURLE_OK;
void Call(int) {
  const int kept = errno;
  CURL* const easy = ::curl_easy_init();
  ::curl_easy_setopt(easy, CURLOPT_URL, url_of_handler.c_str());
  ::curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  code_of_handler = ::curl_easy_perform(easy);
  ::curl_easy_cleanup(easy);
  ::sem_post(&handled);
  errno = kept;
}

class PreloadSignalsTest : public testing::Test {
 protected:
  PreloadSignalsTest() {
    control_.Reset();
    ::sem_init(&handled, 0, 0);
  }
  ~PreloadSignalsTest() override {
    ::sigaction(SIGUSR1, &before_, nullptr);
    ::sem_destroy(&handled);
  }

  // Without SA_RESTART: what can be interrupted is.
  void Handle(Handler* handler) {
    struct sigaction action{};
    action.sa_handler = handler;
    ::sigaction(SIGUSR1, &action, nullptr);
  }
  // This thread, while it waits for the answer to its next create: so often.
  void InterruptNextCall(int signals, const Json& answer) {
    const auto left = std::make_shared<std::atomic<int>>(signals);
    control_.OnCreate([left, answer, caller = ::pthread_self()](const Json&) {
      while (left->fetch_sub(1) > 0) {
        ::pthread_kill(caller, SIGUSR1);
        timespec patience{};
        ::clock_gettime(CLOCK_MONOTONIC, &patience);
        patience.tv_sec += 60;
        EXPECT_EQ(::sem_clockwait(&handled, CLOCK_MONOTONIC, &patience), 0) << "never handled";
      }
      return answer;
    });
  }
  static Json Forced(const std::string& code) {
    return {{"forced_exception", {{"name", code}, {"metadata", Json::object()}}}};
  }
  SeenTransfer Make() const {
    return Transfer(CurlInterface::kEasy, "http://127.0.0.1:" + std::to_string(server_.port()));
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};

 private:
  struct sigaction before_ = [] {
    struct sigaction action{};
    ::sigaction(SIGUSR1, nullptr, &action);
    return action;
  }();
};

TEST_F(PreloadSignalsTest, InterruptedCallsEndAsEver) {
  Handle(Count);
  for (const Json& fault : {Json::object(), Forced("CURLE_COULDNT_CONNECT"),
                            Forced("CURLE_GOT_NOTHING"), Forced("CURLE_PARTIAL_FILE")}) {
    control_.OnCreate([&](const Json&) { return fault; });
    const SeenTransfer expected = Make();
    InterruptNextCall(5, fault);
    EXPECT_EQ(Make(), expected);
  }
}

// It would wait for the answer that the interrupted call is to take.
TEST_F(PreloadSignalsTest, ACallOfAHandlerThatInterruptsUsIsMadeAsIfWeWereNotThere) {
  Handle(Call);
  url_of_handler = "http://127.0.0.1:" + std::to_string(server_.port());
  code_of_handler = CURLE_FAILED_INIT;
  InterruptNextCall(1, Forced("CURLE_GOT_NOTHING"));
  EXPECT_EQ(Make().code, ::curl_easy_strerror(CURLE_GOT_NOTHING));
  EXPECT_EQ(code_of_handler, CURLE_OK);
  EXPECT_EQ(control_.Bodies("invocation").size(), 1U);
}

TEST_F(PreloadSignalsTest, CallsThatAreInterruptedAnywhereEndAsEver) {
  Handle(Count);
  for (const Json& fault : {Json::object(), Forced("CURLE_COULDNT_CONNECT"),
                            Forced("CURLE_GOT_NOTHING"), Forced("CURLE_PARTIAL_FILE")}) {
    control_.OnCreate([&](const Json&) { return fault; });
    const SeenTransfer expected = Make();
    std::atomic<bool> ends = false;
    std::thread interrupter([&, caller = ::pthread_self()] {
      while (!ends) {
        ::pthread_kill(caller, SIGUSR1);
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
    });
    for (int i = 0; i < 20; ++i) EXPECT_EQ(Make(), expected);
    ends = true;
    interrupter.join();
  }
}

TEST_F(PreloadSignalsTest, APeerSpeaksThoughItsThreadIsInterrupted) {
  Handle(Count);
  LoopbackPeer peer(LoopbackPeer::Way::kAnswer, "well");
  std::thread speaker([&] { peer.Speak(); });
  for (int i = 0; i < 100; ++i) {
    ::pthread_kill(speaker.native_handle(), SIGUSR1);
    ::sem_wait(&handled);
  }
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(peer.port());
  ASSERT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  speaker.join();
  char answer[4] = "";
  EXPECT_EQ(::recv(socket.get(), answer, sizeof answer, MSG_DONTWAIT), 4);
}

TEST_F(PreloadSignalsTest, AHandlerMayFork) {
  Handle(ForkAndEndChild);
  for (const bool is_connected : {false, true}) {
    if (!is_connected) {
      control_.Stop();
      control_.Start();
    }
    InterruptNextCall(3, Forced("CURLE_GOT_NOTHING"));
    EXPECT_EQ(Make().code, curl_easy_strerror(CURLE_GOT_NOTHING));
  }
}

// The parent hears what is for it; its child goes on with a connection of its own, or without us.
TEST_F(PreloadSignalsTest, AHandlerMayForkAndBothGoOn) {
  Handle(ForkAndGoOnInBoth);
  for (const bool is_connected : {false, true}) {
    if (!is_connected) {
      control_.Stop();
      control_.Start();
    }
    InterruptNextCall(1, Forced("CURLE_GOT_NOTHING"));
    const SeenTransfer seen = Make();
    const bool is_injected = seen.code == curl_easy_strerror(CURLE_GOT_NOTHING);
    if (child_of_handler == 0) ::_exit(is_injected || seen.body == "well" ? 42 : 1);
    EXPECT_TRUE(is_injected) << seen;
    int status = 0;
    ASSERT_EQ(::waitpid(child_of_handler, &status, 0), child_of_handler);
    EXPECT_EQ(WEXITSTATUS(status), 42);
    control_.OnCreate([](const Json&) { return Json::object(); });
    EXPECT_EQ(Make().body, "well");
  }
}

TEST_F(PreloadSignalsTest, AHandlerMayEndTheProcess) {
  std::promise<pid_t> forked;
  control_.OnCreate([child = forked.get_future().share()](const Json&) {
    ::kill(child.get(), SIGTERM);
    siginfo_t ended{};
    ::waitid(P_PID, static_cast<id_t>(child.get()), &ended, WEXITED | WNOWAIT);
    return Json::object();
  });
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGTERM, [](int) { ::_exit(42); });
    Make();
    ::_exit(1);
  }
  forked.set_value(child);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 42) << status;
}

// What we have to say goes to a standard error that nobody reads.
// AddressSanitizer's allocator knows of no fork, ThreadSanitizer's only of fork() itself.
[[maybe_unused]] constexpr char kAllocatorMayBeLocked[] =
    "the child would wait for what another thread had locked in the sanitizer's own allocator";

TEST_F(PreloadSignalsTest, NothingOfOursRaisesSigpipe) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << kAllocatorMayBeLocked;
#endif
  control_.OnCreate([](const Json&) { return Forced("CURLE_UNHEARD"); });
  const pid_t child = ::fork();
  if (child == 0) {
    int pipe[2];
    if (::pipe(pipe) != 0 || ::dup2(pipe[1], STDERR_FILENO) < 0) ::_exit(1);
    ::close(pipe[0]);
    ::signal(SIGPIPE, SIG_DFL);
    ::_exit(Make().body == "well" ? 42 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 42) << status;
}

TEST_F(PreloadSignalsTest, TheFirstUseKeepsErrno) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // in a process that has used nothing of ours
  EXPECT_EXIT(
      {
        errno = 42;
        ::_exit(InjectionEnabled() ? errno : 1);
      },
      testing::ExitedWithCode(42), "");
}

// Children that no handler of pthread_atfork() hears of.
class PreloadForkTest : public PreloadSignalsTest, public testing::WithParamInterface<const char*> {
 protected:
  static pid_t Fork() {
    if (std::string(GetParam()) == "fork") return ::fork();
    if (std::string(GetParam()) == "_Fork") return ::_Fork();
    return static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  }
};

INSTANTIATE_TEST_SUITE_P(EveryKind, PreloadForkTest, testing::Values("fork", "_Fork", "clone"),
                         [](const auto& info) {
                           return std::string(info.param).substr(info.param[0] == '_' ? 1 : 0) +
                                  (info.param[0] == '_' ? "WithoutHandlers" : "");
                         });

TEST_P(PreloadForkTest, AChildMakesCallsBesideItsParent) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << kAllocatorMayBeLocked;
#elif defined(__SANITIZE_THREAD__)
  if (std::string(GetParam()) != "fork") GTEST_SKIP() << kAllocatorMayBeLocked;
#endif
  constexpr int kCalls = 50;
  const auto make_calls = [&] {
    int good = 0;
    for (int i = 0; i < kCalls; ++i) good += Make().body == "well" ? 1 : 0;
    return good;
  };
  const auto exit_code_of = [](pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  const pid_t parent = ::fork();  // of one thread: it may call anything after each kind of fork
  if (parent == 0) {
    Make();  // there is a connection to the control server to inherit
    const pid_t child = Fork();
    if (child == 0) ::_exit(make_calls());
    const bool good = make_calls() == kCalls;
    ::_exit(exit_code_of(child) == kCalls && good ? 42 : 1);
  }
  EXPECT_EQ(exit_code_of(parent), 42);
  EXPECT_EQ(control_.Bodies("invocation_complete").size(), 1U + 2 * kCalls);
}

}  // namespace
}  // namespace filibuster
