// Which request a call belongs to, on whatever thread it is made. C++20, for the coroutines.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <cstdlib>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "filibuster/context.h"
#include "filibuster/coroutine.h"
#include "filibuster/detail/served_requests.h"
#include "filibuster/injector.h"
#include "runtime/context.h"
#include "runtime/protocol.h"
#include "tests/support/fake_control_server.h"

namespace filibuster {
namespace {

using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

FakeControlServer& ControlServer() {
  static auto& server = *new FakeControlServer;
  return server;
}

// A request whose own call has this signature.
ContextHandle Request(const std::string& signature) {
  return ReceiveRequest([=](const char* name) -> std::string {
    const std::string header = name;
    if (header == kExecutionIndexHeader) return "[[\"" + signature + "\", 1]]";
    if (header == kVClockHeader || header == kOriginVClockHeader) return "{\"test\": 1}";
    return header == kGeneratedIdHeader ? "7" : "";
  });
}

void CallBar() {
  OutgoingCall call;
  call.module = "httplib";
  call.method = "Get";
  call.target = "5001/bar";
  call.file = "foo.cc";
  call.line = 17;
  Injection(call).Returned(200, "");
}

// One thread that lives longer than any request.
class Pool {
 public:
  ~Pool() {
    Submit(nullptr);
    thread_.join();
  }
  void Submit(std::function<void()> task) {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
    changed_.notify_one();
  }
  void Finish() {
    std::promise<void> done;
    Submit([&] { done.set_value(); });
    done.get_future().wait();
  }

 private:
  void Run() {
    while (true) {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return !tasks_.empty(); });
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      if (task == nullptr) return;
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  std::thread thread_{[this] { Run(); }};
};

class ThreadsContextTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("FILIBUSTER_URL", ControlServer().url().c_str(), 1);
    ::setenv("FILIBUSTER_SERVICE_NAME", "foo", 1);
  }
  void SetUp() override { ControlServer().Reset(); }

  // The signatures of the requests that the calls so far were made for; "": of none.
  static std::vector<std::string> Parents() {
    std::vector<std::string> parents;
    for (const Json& create : ControlServer().Bodies("invocation")) {
      const Json index = Json::parse(create["execution_index"].get<std::string>());
      parents.push_back(index.size() == 2 ? index[0][0].get<std::string>() : "");
    }
    return parents;
  }
  using Strings = std::vector<std::string>;
};

TEST_F(ThreadsContextTest, AThreadAndAnAsynchronousTaskTakeTheirRequestAlong) {
  const ContextScope scope(Request("aa"));
  std::thread(InContext(CallBar)).join();
  std::async(std::launch::async, InContext(CallBar)).get();
  EXPECT_EQ(Parents(), (Strings{"aa", "aa"}));
}

TEST_F(ThreadsContextTest, TasksOfAPoolBelongToTheRequestThatSubmitsThem) {
  Pool pool;
  for (const char* request : {"aa", "bb", "aa"}) {
    const ContextScope scope(Request(request));
    pool.Submit(InContext(CallBar));
  }
  pool.Finish();
  EXPECT_EQ(Parents(), (Strings{"aa", "bb", "aa"}));
}

TEST_F(ThreadsContextTest, ACallbackBelongsToTheRequestThatRegisteredIt) {
  std::function<void(int)> callback;
  {
    const ContextScope scope(Request("aa"));
    callback = InContext([](int) { CallBar(); });
  }
  const ContextScope scope(Request("bb"));
  callback(1);
  CallBar();
  EXPECT_EQ(Parents(), (Strings{"aa", "bb"}));
}

TEST_F(ThreadsContextTest, ACallOfUnknownCauseSaysSoAndHasNoParent) {
  Pool pool;
  {
    const ContextScope scope(Request("aa"));
    CaptureStderr();
    pool.Submit(CallBar);
    pool.Finish();
  }
  EXPECT_EQ(Parents(), Strings{""});
  EXPECT_EQ(ControlServer().Bodies("invocation")[0]["metadata"]["cause"], "unknown");
  EXPECT_EQ(GetCapturedStderr().find("[FILIBUSTER] [WARNING]: the call to 5001/bar at foo.cc:17 is "
                                     "made for no request that is known"),
            0U);
  CaptureStderr();
  pool.Submit(CallBar);
  pool.Finish();
  EXPECT_EQ(GetCapturedStderr(), "") << "once for each place";
  const ContextScope scope(Request("aa"));
  CallBar();
  EXPECT_FALSE(ControlServer().Bodies("invocation").back()["metadata"].contains("cause"));
}

// A coroutine that nobody waits for.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

// Goes on on the pool's thread.
struct Schedule {
  Pool& pool;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) const { pool.Submit(coroutine); }
  void await_resume() const {}
};
struct ScheduleInContext : Schedule {
  void await_suspend(std::coroutine_handle<> coroutine) const { pool.Submit(InContext(coroutine)); }
};

template <typename Awaiter>
Detached CallTwice(Awaiter first, Awaiter second) {
  co_await std::move(first);
  CallBar();
  co_await std::move(second);
  CallBar();
}

TEST_F(ThreadsContextTest, ACoroutineGoesOnWithItsRequestOnAnotherThread) {
  Pool pool;
  for (const char* request : {"aa", "bb"}) {
    const ContextScope scope(Request(request));
    CallTwice(ScheduleInContext{{pool}}, ScheduleInContext{{pool}});
  }
  for (int i = 0; i < 3; ++i) pool.Finish();  // the second halves are submitted by the first
  auto parents = Parents();
  std::sort(parents.begin(), parents.end());
  EXPECT_EQ(parents, (Strings{"aa", "aa", "bb", "bb"}));
}

TEST_F(ThreadsContextTest, AnAwaiterOfOthersIsWrapped) {
  Pool pool;
  for (const char* request : {"aa", "bb"}) {
    const ContextScope scope(Request(request));
    CallTwice(InContextOf(Schedule{pool}), InContextOf(Schedule{pool}));
  }
  for (int i = 0; i < 3; ++i) pool.Finish();
  auto parents = Parents();
  std::sort(parents.begin(), parents.end());
  EXPECT_EQ(parents, (Strings{"aa", "aa", "bb", "bb"}));
  CaptureStderr();
  pool.Submit(CallBar);  // the thread itself has kept nothing
  pool.Finish();
  GetCapturedStderr();
  EXPECT_EQ(Parents().back(), "");
}

// A child that waited for them would wait for ever: until its alarm.
TEST(ForkedContextTest, DoesNotWaitForTheParentsThreadsThatServeAndCallForTheSameRequest) {
  Parent parent;
  Context context("request", nullptr);
  const auto call = [&] {
    parent.Next("aa", "foo");
    context.AnswerIsWanted(1);
    context.TakeWanted();
    KeepServed(&context, nullptr);
    FindServed(&context);
    DropServed(&context);
  };
  std::atomic<bool> is_over = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!is_over) call();
    });
  }
  for (int i = 0; i < 50; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(60);
      call();
      ::_exit(0);
    }
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace filibuster
