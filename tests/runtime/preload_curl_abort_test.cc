// Faults with `abort: false`: the call is made, and its caller sees the fault instead.
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

class PreloadCurlAbortTest : public testing::TestWithParam<CurlInterface> {
 protected:
  void SetUp() override { control_.Reset(); }

  std::string Url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }

  // Into the calls of this path.
  void Inject(const std::string& code, const std::string& path = "/") {
    control_.OnCreate([=](const Json& create) -> Json {
      const std::string target = create["args"][0];
      if (target.substr(target.find('/')) != path) return Json::object();
      return {
          {"forced_exception", {{"name", code}, {"metadata", {{"abort", false}, {"sleep", 2}}}}}};
    });
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("done")};
};

INSTANTIATE_TEST_SUITE_P(Interfaces, PreloadCurlAbortTest,
                         testing::Values(CurlInterface::kEasy, CurlInterface::kMulti),
                         [](const auto& info) {
                           return info.param == CurlInterface::kEasy ? "Easy" : "Multi";
                         });

TEST_P(PreloadCurlAbortTest, TheCalleeIsCalledAndTheCallerHearsNothingOfIt) {
  for (const auto& [way, answer, code] :
       {std::tuple(Way::kDoNotListen, "", "CURLE_COULDNT_CONNECT"),
        {Way::kClose, "", "CURLE_GOT_NOTHING"},
        {Way::kReset, "", "CURLE_RECV_ERROR"},
        {Way::kAnswerAndClose, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n",
         "CURLE_PARTIAL_FILE"}}) {
    for (const bool posts : {false, true}) {
      const auto set = [&](CURL* easy) {
        if (posts) curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "body");
      };
      control_.Reset();
      server_.Restart(way, answer);
      const SeenTransfer real = Transfer(GetParam(), Url(), set);
      server_.Restart(Way::kAnswer, Ok("done"));
      Inject(code);
      EXPECT_EQ(Transfer(GetParam(), Url(), set), real);
      const std::vector<std::string> requests = server_.requests();
      ASSERT_EQ(requests.size(), 1U);
      EXPECT_NE(requests[0].find("X-Filibuster-Forced-Sleep: 2"), std::string::npos);
      EXPECT_EQ(requests[0].find("body") != std::string::npos, posts);
      EXPECT_EQ(control_.Bodies("invocation_complete").back()["exception"]["name"], code);
    }
  }
}

TEST_P(PreloadCurlAbortTest, ACalleeThatFailsByItselfIsCalledAllTheSame) {
  server_.Restart(Way::kClose);
  Inject("CURLE_COULDNT_CONNECT");
  EXPECT_EQ(Transfer(GetParam(), Url()).code, curl_easy_strerror(CURLE_COULDNT_CONNECT));
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_P(PreloadCurlAbortTest, AfterTheFaultTheHandleIsAsItWas) {
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  std::string body;
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  for (int i = 0; i < 2; ++i) {
    Inject("CURLE_GOT_NOTHING");
    body.clear();
    EXPECT_EQ(Perform(GetParam(), easy), CURLE_GOT_NOTHING);
    EXPECT_EQ(body, "");
    control_.Reset();
    EXPECT_EQ(Perform(GetParam(), easy), CURLE_OK);
    EXPECT_EQ(body, "done");
  }
  curl_easy_cleanup(easy);
}

// A multi handle with calls of several paths, of which the first is to fail.
class PreloadCurlMultiTest : public PreloadCurlAbortTest {
 protected:
  PreloadCurlMultiTest() {
    for (const char* path : {"/fails", "/a", "/b"}) {
      CURL* const easy = easies_.emplace_back(curl_easy_init());
      curl_easy_setopt(easy, CURLOPT_URL, Url(path).c_str());
      curl_easy_setopt(easy, CURLOPT_PROXY, "");
      curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
      curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body_);
    }
  }
  ~PreloadCurlMultiTest() override {
    for (CURL* const easy : easies_) {
      curl_multi_remove_handle(multi_, easy);
      curl_easy_cleanup(easy);
    }
    curl_multi_cleanup(multi_);
  }

  void AddAll() {
    for (CURL* const easy : easies_) curl_multi_add_handle(multi_, easy);
  }
  // Of each transfer that has ended, in the order of easies_; -1 of the others.
  std::vector<int> Results() {
    std::vector<int> results(easies_.size(), -1);
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      for (size_t i = 0; i < easies_.size(); ++i) {
        if (message->easy_handle != easies_[i]) continue;
        EXPECT_EQ(results[i], -1) << "told twice";
        results[i] = message->data.result;
      }
    }
    return results;
  }

  CURLM* const multi_ = curl_multi_init();
  std::vector<CURL*> easies_;
  std::string body_;
};

INSTANTIATE_TEST_SUITE_P(Interfaces, PreloadCurlMultiTest, testing::Values(CurlInterface::kMulti),
                         [](const auto&) { return "Multi"; });

const std::vector<int> kOneFails = {CURLE_GOT_NOTHING, CURLE_OK, CURLE_OK};

TEST_P(PreloadCurlMultiTest, CallsBesideOneThatFailsAreToldOnceEach) {
  Inject("CURLE_GOT_NOTHING", "/fails");
  AddAll();
  for (int running = 1; running > 0;) {
    ASSERT_EQ(curl_multi_perform(multi_, &running), CURLM_OK);
    if (running > 0) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  }
  EXPECT_EQ(Results(), kOneFails);
  EXPECT_EQ(body_, "donedone");
  EXPECT_EQ(server_.requests().size(), 3U);
}

// The service waits for the sockets and the time itself, as with libevent or asio.
TEST_P(PreloadCurlMultiTest, ALoopThatDrivesSocketsSeesTheSame) {
  std::map<curl_socket_t, short> watched;
  long timeout = -1;
  const curl_socket_callback watch = [](CURL*, curl_socket_t socket, int what, void* to, void*) {
    auto& sockets = *static_cast<std::map<curl_socket_t, short>*>(to);
    sockets.erase(socket);
    const int events =
        ((what & CURL_POLL_IN) != 0 ? POLLIN : 0) | ((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0);
    if (what != CURL_POLL_REMOVE) sockets[socket] = static_cast<short>(events);
    return 0;
  };
  const curl_multi_timer_callback wait = [](CURLM*, long milliseconds, void* to) {
    *static_cast<long*>(to) = milliseconds;
    return 0;
  };
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, watch);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, &watched);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, wait);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, &timeout);
  Inject("CURLE_GOT_NOTHING", "/fails");
  AddAll();
  for (int running = 1; running > 0;) {
    std::vector<pollfd> polled;
    for (const auto& [socket, events] : watched) polled.push_back({socket, events, 0});
    ASSERT_TRUE(!polled.empty() || timeout >= 0) << "nothing would ever go on";
    if (::poll(polled.data(), polled.size(), static_cast<int>(timeout)) == 0) {
      timeout = -1;
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (const pollfd& it : polled) {
      if (it.revents != 0) curl_multi_socket_action(multi_, it.fd, 0, &running);
    }
  }
  EXPECT_EQ(Results(), kOneFails);
  EXPECT_EQ(server_.requests().size(), 3U);
}

TEST_P(PreloadCurlMultiTest, ACallThatIsTakenBackWhileItIsMadeIsNotToldOf) {
  server_.Restart(Way::kStaySilent);
  Inject("CURLE_GOT_NOTHING", "/fails");
  curl_multi_add_handle(multi_, easies_[0]);
  int running = 1;
  while (server_.requests().empty()) {
    curl_multi_perform(multi_, &running);
    curl_multi_poll(multi_, nullptr, 0, 10, nullptr);
  }
  curl_multi_remove_handle(multi_, easies_[0]);
  EXPECT_EQ(Results(), (std::vector<int>{-1, -1, -1}));
  control_.Reset();
  server_.Restart(Way::kAnswer, Ok("done"));
  EXPECT_EQ(Perform(CurlInterface::kMulti, easies_[0]), CURLE_OK);
  EXPECT_EQ(body_, "done");
}

// As when the service's timer callback fails: then libcurl takes no handle.
TEST_P(PreloadCurlMultiTest, ACallThatCannotBeMadeToFailIsToldOfAllTheSame) {
  const curl_multi_timer_callback fail_once_asked = [](CURLM*, long, void* server) {
    return static_cast<MisbehavingServer*>(server)->requests().empty() ? 0 : -1;
  };
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, fail_once_asked);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, &server_);
  Inject("CURLE_GOT_NOTHING", "/fails");
  curl_multi_add_handle(multi_, easies_[0]);
  int result = -1;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (result == -1) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "never told";
    int running = 0;
    curl_multi_perform(multi_, &running);
    curl_multi_poll(multi_, nullptr, 0, 10, nullptr);
    result = Results()[0];
  }
  EXPECT_EQ(result, CURLE_GOT_NOTHING);
  EXPECT_EQ(server_.requests().size(), 1U);
  EXPECT_EQ(Results(), (std::vector<int>{-1, -1, -1}));
}

// Nobody took it out of the multi handle. AddressSanitizer sees what the call puts back.
TEST_P(PreloadCurlMultiTest, AHandleMayBeCleanedUpWhileItsCallIsMade) {
  for (const bool fails : {false, true}) {
    server_.Restart(Way::kStaySilent);
    control_.Reset();
    if (fails) Inject("CURLE_GOT_NOTHING", "/fails");
    CURL* const easy = curl_easy_duphandle(easies_[0]);
    curl_slist* const headers = curl_slist_append(nullptr, "X-Own: 1");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_multi_add_handle(multi_, easy);
    int running = 1;
    while (server_.requests().empty()) {
      curl_multi_perform(multi_, &running);
      curl_multi_poll(multi_, nullptr, 0, 10, nullptr);
    }
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    server_.Restart(Way::kAnswer, Ok("done"));
    EXPECT_EQ(Perform(CurlInterface::kMulti, easies_[1]), CURLE_OK);
    EXPECT_EQ(Results(), (std::vector<int>{-1, -1, -1}));
  }
  EXPECT_EQ(body_, "donedone");
}

}  // namespace
}  // namespace filibuster
