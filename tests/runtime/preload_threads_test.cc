// The request that a thread handles, by what is preloaded: that of the thread which starts it.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "filibuster/context.h"
#include "filibuster/injector.h"

namespace filibuster {
namespace {

ContextHandle Request() {
  return ReceiveRequest([](const char*) { return std::string(); });
}

ContextHandle OfNewThread() {
  ContextHandle seen;
  std::thread([&] { seen = CurrentContext(); }).join();
  return seen;
}

TEST(PreloadThreadsTest, AThreadGoesOnWithTheRequestOfTheOneThatStartsIt) {
  const ContextHandle request = Request();
  ASSERT_NE(request, nullptr);
  ContextHandle in_thread, in_async;
  {
    const ContextScope scope(request);
    in_thread = OfNewThread();
    in_async = std::async(std::launch::async, [] { return CurrentContext(); }).get();
  }
  EXPECT_EQ(in_thread, request);
  EXPECT_EQ(in_async, request);
  EXPECT_EQ(OfNewThread(), nullptr);
}

TEST(PreloadThreadsTest, AThreadThatOutlivesTheRequestBelongsToNone) {
  ContextHandle request = Request();
  std::promise<void> over;
  ContextHandle during, after, in_scope;
  std::thread pooled;
  std::promise<void> seen;
  {
    const ContextScope scope(request);
    pooled = std::thread([&] {
      during = CurrentContext();
      {
        const ContextScope none(nullptr);
        in_scope = CurrentContext();
      }
      during.reset();
      seen.set_value();
      over.get_future().wait();
      after = CurrentContext();
    });
    seen.get_future().wait();
  }
  request.reset();
  over.set_value();
  pooled.join();
  EXPECT_EQ(in_scope, nullptr);
  EXPECT_EQ(after, nullptr);
}

TEST(PreloadThreadsTest, AThreadLeavesTheRequestWhenItEnds) {
  std::weak_ptr<Context> watched;
  {
    const ContextHandle request = Request();
    watched = request;
    const ContextScope scope(request);
    std::thread([] {}).join();
  }
  EXPECT_TRUE(watched.expired());
}

// One thread.
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

Pool& ThePool() {
  static Pool pool;
  return pool;
}

boost::asio::thread_pool& TheAsioPool() {
  static boost::asio::thread_pool pool(2);
  return pool;
}

// What `submit` has a thread see as its request.
template <typename Submit>
ContextHandle SeenBy(Submit submit) {
  std::promise<ContextHandle> seen;
  submit([&] { seen.set_value(CurrentContext()); });
  return seen.get_future().get();
}

// Both are handled at the same time; each gives the same pool something to do, and the first one
// has its threads started.
template <typename Submit>
void ExpectOfNoRequest(Submit submit) {
  const ContextHandle first = Request();
  const ContextHandle second = Request();
  for (const ContextHandle& request : {first, second, first}) {
    const ContextScope scope(request);
    EXPECT_EQ(SeenBy(submit), nullptr);
    EXPECT_EQ(SeenBy([&](auto task) { submit(InContext(task)); }), request);
  }
}

TEST(PreloadThreadsTest, AStaticPoolBelongsToNoneOfTheRequestsThatUseIt) {
  ExpectOfNoRequest([](auto task) { ThePool().Submit(task); });
}

TEST(PreloadThreadsTest, NorDoesAStaticPoolOfAsioWithItsStrandsAndTimers) {
  ExpectOfNoRequest([](auto task) { boost::asio::post(TheAsioPool(), task); });
  ExpectOfNoRequest([strand = boost::asio::make_strand(TheAsioPool())](auto task) {
    boost::asio::post(strand, task);
  });
  ExpectOfNoRequest([](auto task) {
    auto timer =
        std::make_shared<boost::asio::steady_timer>(TheAsioPool(), std::chrono::milliseconds(1));
    timer->async_wait([timer, task](auto) mutable { task(); });
  });
}

TEST(PreloadThreadsTest, BehindTheInitialisationOfAStaticVariableThreadsGoOnWithTheirRequest) {
  const ContextHandle request = Request();
  const ContextScope scope(request);
  static const ContextHandle within = OfNewThread();
  EXPECT_EQ(within, nullptr);
  EXPECT_EQ(OfNewThread(), request);
  try {
    static const bool never = [] {
      static const ContextHandle nested = OfNewThread();
      EXPECT_EQ(nested, nullptr);
      EXPECT_EQ(OfNewThread(), nullptr);
      return nested == nullptr ? throw std::runtime_error("not initialised") : true;
    }();
    EXPECT_FALSE(never);
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(OfNewThread(), request);
}

TEST(PreloadThreadsTest, ThreadsOfRequestsAtTheSameTimeKeepTheirsThoughTheyWait) {
  const ContextHandle requests[] = {Request(), Request()};
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  std::future<ContextHandle> seen[2];
  for (int i : {0, 1}) {
    const ContextScope scope(requests[i]);
    seen[i] = std::async(std::launch::async, [&] {
      std::unique_lock<std::mutex> lock(mutex);
      ++waiting;
      changed.notify_all();
      changed.wait(lock, [&] { return waiting == 2; });
      return CurrentContext();
    });
  }
  EXPECT_EQ(seen[0].get(), requests[0]);
  EXPECT_EQ(seen[1].get(), requests[1]);
}

}  // namespace
}  // namespace filibuster
