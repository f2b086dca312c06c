// What a service's callbacks do with a body that is kept back and corrupted, beside the same body
// as a server sends it: they pause, resume, refuse, throw, or their thread ends.
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "tests/runtime/corrupted_bodies.h"
#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"
#include "tests/support/no_leak_check.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

constexpr CorruptedBodyCase kBitFlip = kCorruptedBodies[2];  // of the same length

// Of the service: pauses before it takes a body, and says when it is asked for what.
struct Reader {
  enum class Does { kGoOnWhileProgress, kAbort, kNothing, kRefuse };

  CURL* easy = nullptr;
  Does does = Does::kNothing;
  bool is_paused = false;
  bool has_paused = false;
  std::string seen;

  static size_t Write(char* data, size_t size, size_t count, void* to) {
    auto& self = *static_cast<Reader*>(to);
    if (self.does == Does::kRefuse) return 0;
    if (!self.has_paused) {
      self.is_paused = self.has_paused = true;
      self.seen += "paused ";
      return CURL_WRITEFUNC_PAUSE;
    }
    long status = 0;
    curl_easy_getinfo(self.easy, CURLINFO_RESPONSE_CODE, &status);
    self.seen += std::to_string(status) + " " + std::string(data, size * count) + " ";
    return size * count;
  }
  static int Progress(void* to, curl_off_t of, curl_off_t down, curl_off_t, curl_off_t) {
    auto& self = *static_cast<Reader*>(to);
    if (!self.is_paused) return 0;
    if (self.does == Does::kAbort) return 1;
    if (self.does != Does::kGoOnWhileProgress) return 0;
    self.is_paused = false;
    self.seen += std::to_string(down) + " of " + std::to_string(of) + " ";
    self.seen += curl_easy_strerror(curl_easy_pause(self.easy, CURLPAUSE_CONT));
    return 0;
  }

  void Set(CURL* to) {
    easy = to;
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &Progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  }
};

class PreloadCurlCallbacksTest : public testing::TestWithParam<CurlInterface> {
 protected:
  void SetUp() override { control_.Reset(); }

  std::string Url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/"; }
  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }
  // The server sends a body that is broken; then a good one that is to be corrupted.
  void ExpectCorruptedAsReal(const std::function<void()>& expect_same) {
    server_.Restart(Way::kAnswer, Ok(kBitFlip.body));
    expect_same();
    const Json real = control_.Bodies("invocation_complete").back();
    control_.Reset();
    server_.Restart(Way::kAnswer, Ok(kBitFlip.answer));
    Inject(kBitFlip.fault());
    expect_same();
    const Json injected = control_.Bodies("invocation_complete").back();
    EXPECT_EQ(injected.value("exception", Json()), real.value("exception", Json()));
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
};

INSTANTIATE_TEST_SUITE_P(Interfaces, PreloadCurlCallbacksTest,
                         testing::Values(CurlInterface::kEasy, CurlInterface::kMulti),
                         [](const auto& info) {
                           return info.param == CurlInterface::kEasy ? "Easy" : "Multi";
                         });

TEST_P(PreloadCurlCallbacksTest, ACallbackThatPausesIsResumedRefusedOrTimedOutAsByLibcurl) {
  using Does = Reader::Does;
  const std::pair<Does, CURLcode> cases[] = {{Does::kGoOnWhileProgress, CURLE_OK},
                                             {Does::kAbort, CURLE_ABORTED_BY_CALLBACK},
                                             {Does::kNothing, CURLE_OPERATION_TIMEDOUT},
                                             {Does::kRefuse, CURLE_WRITE_ERROR}};
  for (const auto& [does, code] : cases) {
    SeenTransfer real;
    std::string real_seen;
    ExpectCorruptedAsReal([&, does = does, code = code] {
      Reader reader;
      reader.does = does;
      SeenTransfer seen = Transfer(GetParam(), Url(), [&](CURL* easy) {
        reader.Set(easy);
        if (does == Does::kNothing) curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 300L);
      });
      EXPECT_EQ(seen.code, curl_easy_strerror(code));
      if (does == Does::kNothing) seen.error.clear();  // says how much there was
      if (real.code.empty()) {
        real = seen;
        real_seen = reader.seen;
      }
      EXPECT_EQ(seen, real);
      EXPECT_EQ(reader.seen, real_seen);
    });
  }
}

// As a service that has no room for more until later does it.
TEST_F(PreloadCurlCallbacksTest, AMultiLoopResumesABodyWhenItLikes) {
  std::string real;
  ExpectCorruptedAsReal([&] {
    Reader reader;
    CURL* const easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    reader.Set(easy);
    CURLM* const multi = curl_multi_init();
    curl_multi_add_handle(multi, easy);
    int rounds_paused = 0;
    int left = 0;
    for (int running = 1; running > 0;) {
      curl_multi_perform(multi, &running);
      EXPECT_TRUE(running == 0 || curl_multi_info_read(multi, &left) == nullptr);
      if (running > 0) curl_multi_poll(multi, nullptr, 0, 10, nullptr);
      if (!reader.is_paused || ++rounds_paused < 3) continue;
      EXPECT_EQ(running, 1);
      reader.is_paused = false;
      EXPECT_EQ(curl_easy_pause(easy, CURLPAUSE_CONT), CURLE_OK);
    }
    EXPECT_EQ(rounds_paused, 3);
    const CURLMsg* const message = curl_multi_info_read(multi, &left);
    ASSERT_NE(message, nullptr);
    EXPECT_EQ(message->easy_handle, easy);
    EXPECT_EQ(message->data.result, CURLE_OK);
    EXPECT_EQ(left, 0);
    EXPECT_EQ(curl_multi_info_read(multi, &left), nullptr);
    curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    if (real.empty()) real = reader.seen;
    EXPECT_EQ(reader.seen, real);
  });
}

// The service waits for the sockets and the time itself, as with libevent or asio.
TEST_F(PreloadCurlCallbacksTest, ALoopThatDrivesSocketsResumesABodyToo) {
  struct Loop {
    std::map<curl_socket_t, short> watched;
    long timeout = -1;
  };
  ExpectCorruptedAsReal([&] {
    Loop loop;
    const curl_socket_callback watch = [](CURL*, curl_socket_t socket, int what, void* to, void*) {
      auto& watched = static_cast<Loop*>(to)->watched;
      watched.erase(socket);
      const int events =
          ((what & CURL_POLL_IN) != 0 ? POLLIN : 0) | ((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0);
      if (what != CURL_POLL_REMOVE && events != 0) watched[socket] = static_cast<short>(events);
      return 0;
    };
    const curl_multi_timer_callback wait = [](CURLM*, long milliseconds, void* to) {
      static_cast<Loop*>(to)->timeout = milliseconds;
      return 0;
    };
    CURLM* const multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, &loop);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, wait);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, &loop);
    Reader reader;
    CURL* const easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    reader.Set(easy);
    curl_multi_add_handle(multi, easy);
    for (int running = 1; running > 0;) {
      if (reader.is_paused) {
        reader.is_paused = false;
        EXPECT_EQ(curl_easy_pause(easy, CURLPAUSE_CONT), CURLE_OK);
      }
      std::vector<pollfd> polled;
      for (const auto& [socket, events] : loop.watched) polled.push_back({socket, events, 0});
      ASSERT_TRUE(!polled.empty() || loop.timeout >= 0) << "nothing would ever go on";
      if (::poll(polled.data(), polled.size(), static_cast<int>(loop.timeout)) == 0) {
        loop.timeout = -1;
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
      }
      for (const pollfd& it : polled) {
        if (it.revents != 0) curl_multi_socket_action(multi, it.fd, 0, &running);
      }
    }
    EXPECT_EQ(reader.seen, "paused 200 weml ");
    curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  });
}

TEST_P(PreloadCurlCallbacksTest, ACallThatIsTakenBackWhileItsBodyIsPausedIsNotToldOf) {
  if (GetParam() == CurlInterface::kEasy) return;  // it has no way
  Inject(kBitFlip.fault());
  Reader reader;
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  reader.Set(easy);
  CURLM* const multi = curl_multi_init();
  curl_multi_add_handle(multi, easy);
  int running = 1;
  while (!reader.is_paused) {
    ASSERT_EQ(curl_multi_perform(multi, &running), CURLM_OK);
    curl_multi_poll(multi, nullptr, 0, 10, nullptr);
  }
  EXPECT_EQ(curl_multi_remove_handle(multi, easy), CURLM_OK);
  int left = 0;
  EXPECT_EQ(curl_multi_info_read(multi, &left), nullptr);
  ASSERT_EQ(curl_multi_perform(multi, &running), CURLM_OK);
  EXPECT_EQ(running, 0);
  EXPECT_EQ(reader.seen, "paused ");
  EXPECT_EQ(control_.Bodies("invocation_complete").back()["exception"]["name"], "unknown");
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
}

// libcurl's frames hold what is never freed then, here and without us.
std::vector<CURL*>& Lost() {
  static auto& lost = *new std::vector<CURL*>;
  return lost;
}

// Where what a callback throws comes out.
std::string ThrownBy(CurlInterface interface, CURL* easy) {
  Lost().push_back(easy);
  const auto throws = [](const auto& part) {
    try {
      part();
    } catch (const std::runtime_error&) {
      return true;
    }
    return false;
  };
  if (interface == CurlInterface::kEasy) {
    return throws([&] { curl_easy_perform(easy); }) ? "curl_easy_perform" : "nothing";
  }
  CURLM* const multi = curl_multi_init();
  Lost().push_back(multi);
  curl_multi_add_handle(multi, easy);
  for (int running = 1; running > 0;) {
    if (throws([&] { curl_multi_perform(multi, &running); })) return "curl_multi_perform";
    if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  int left = 0;
  return throws([&] { curl_multi_info_read(multi, &left); }) ? "curl_multi_info_read" : "nothing";
}

TEST_P(PreloadCurlCallbacksTest, WhatACallbackThrowsComesOutWhereLibcurlCallsIt) {
  const NoLeakCheck of_libcurls_frames;
  ExpectCorruptedAsReal([&] {
    CURL* const easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    const curl_write_callback throws = [](char*, size_t, size_t, void*) -> size_t {
      throw std::runtime_error("the service's own");
    };
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throws);
    EXPECT_EQ(ThrownBy(GetParam(), easy),
              GetParam() == CurlInterface::kEasy ? "curl_easy_perform" : "curl_multi_perform");
    curl_easy_cleanup(easy);  // reports a call that nobody will hear of
  });
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool kIsUnderAddressSanitizer = true;
#else
constexpr bool kIsUnderAddressSanitizer = false;
#endif

// Of a thread that makes a call in whose callback it ends.
struct EndingThread {
  enum class Ends { kCancelled, kExits };

  CurlInterface interface;
  Ends ends;
  CURL* easy;
  bool has_cleaned_up = false;

  static size_t End(char*, size_t, size_t, void* thread) {
    if (static_cast<EndingThread*>(thread)->ends == Ends::kExits) ::pthread_exit(thread);
    ::pthread_cancel(::pthread_self());
    ::pthread_testcancel();
    return 0;
  }
  static void* Run(void* thread) {
    auto& self = *static_cast<EndingThread*>(thread);
    struct CleansUp {
      ~CleansUp() { done = true; }
      bool& done;
    } cleans_up{self.has_cleaned_up};
    Perform(self.interface, self.easy);
    return nullptr;
  }
};

TEST_P(PreloadCurlCallbacksTest, AThreadMayEndInACallback) {
  if (kIsUnderAddressSanitizer) GTEST_SKIP() << "it keeps the frames that a thread leaves so";
  const std::string kAbort =
      R"({"forced_exception": {"name": "CURLE_GOT_NOTHING", "metadata": {"abort": false}}})";
  for (const auto ends : {EndingThread::Ends::kCancelled, EndingThread::Ends::kExits}) {
    for (const std::string& fault : {std::string("{}"), kBitFlip.fault(), kAbort}) {
      control_.Reset();
      Inject(fault);
      EndingThread ending{GetParam(), ends, curl_easy_init()};
      Lost().push_back(ending.easy);
      curl_easy_setopt(ending.easy, CURLOPT_URL, Url().c_str());
      curl_easy_setopt(ending.easy, CURLOPT_PROXY, "");
      curl_easy_setopt(ending.easy, CURLOPT_WRITEFUNCTION, &EndingThread::End);
      curl_easy_setopt(ending.easy, CURLOPT_WRITEDATA, &ending);
      if (fault == kAbort) {  // whose answer the service does not see
        curl_easy_setopt(ending.easy, CURLOPT_POST, 1L);
        curl_easy_setopt(ending.easy, CURLOPT_POSTFIELDSIZE, 4L);
        curl_easy_setopt(ending.easy, CURLOPT_READFUNCTION, &EndingThread::End);
        curl_easy_setopt(ending.easy, CURLOPT_READDATA, &ending);
      }
      pthread_t thread;
      ASSERT_EQ(::pthread_create(&thread, nullptr, &EndingThread::Run, &ending), 0);
      void* result = nullptr;
      ::pthread_join(thread, &result);
      const bool is_cancelled = ends == EndingThread::Ends::kCancelled;
      EXPECT_EQ(result, is_cancelled ? PTHREAD_CANCELED : static_cast<void*>(&ending));
      EXPECT_TRUE(ending.has_cleaned_up);
      EXPECT_EQ(Transfer(GetParam(), Url() + "after").code,
                curl_easy_strerror(fault == kAbort ? CURLE_GOT_NOTHING : CURLE_OK));
    }
  }
}

// Not between our frames: where libcurl waits.
TEST_P(PreloadCurlCallbacksTest, AThreadThatIsCancelledWhileACallIsPreparedEndsInLibcurl) {
  if (kIsUnderAddressSanitizer) GTEST_SKIP() << "it keeps the frames that a thread leaves so";
  server_.Restart(Way::kStaySilent);
  EndingThread ending{GetParam(), EndingThread::Ends::kCancelled, curl_easy_init()};
  Lost().push_back(ending.easy);
  curl_easy_setopt(ending.easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(ending.easy, CURLOPT_PROXY, "");
  pthread_t thread;
  const auto run = [](void* it) -> void* {
    ::pthread_cancel(::pthread_self());
    return EndingThread::Run(it);
  };
  ASSERT_EQ(::pthread_create(&thread, nullptr, run, &ending), 0);
  void* result = nullptr;
  ::pthread_join(thread, &result);
  EXPECT_EQ(result, PTHREAD_CANCELED);
  EXPECT_EQ(control_.Bodies("invocation").size(), 1U);
}

}  // namespace
}  // namespace filibuster
