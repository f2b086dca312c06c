// What a handle is set to, beside a fault.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

class PreloadCurlOptionsTest : public testing::TestWithParam<CurlInterface> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const std::string& code) {
    control_.OnCreate([=](const Json&) -> Json {
      return {{"forced_exception", {{"name", code}, {"metadata", Json::object()}}}};
    });
  }
  SeenTransfer Make(const std::function<void(CURL*)>& set) const {
    return Transfer(GetParam(), "http://127.0.0.1:" + std::to_string(server_.port()), set);
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
};

INSTANTIATE_TEST_SUITE_P(Interfaces, PreloadCurlOptionsTest,
                         testing::Values(CurlInterface::kEasy, CurlInterface::kMulti),
                         [](const auto& info) {
                           return info.param == CurlInterface::kEasy ? "Easy" : "Multi";
                         });

TEST_P(PreloadCurlOptionsTest, TheServicesCallbackIsGivenTheSocketOfAFailingCall) {
  Inject("CURLE_COULDNT_CONNECT");
  int sockets = 0;
  const SeenTransfer seen = Make([&](CURL* easy) {
    const curl_sockopt_callback count = [](void* to, curl_socket_t, curlsocktype) {
      ++*static_cast<int*>(to);
      return CURL_SOCKOPT_OK;
    };
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, count);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, &sockets);
  });
  EXPECT_EQ(seen.code, curl_easy_strerror(CURLE_COULDNT_CONNECT));
  EXPECT_EQ(sockets, 1);
}

TEST_P(PreloadCurlOptionsTest, AnAnswerToHeadDoesNotBreakOff) {
  const auto head = [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_NOBODY, 1L); };
  const SeenTransfer well = Make(head);
  Inject("CURLE_PARTIAL_FILE");
  EXPECT_EQ(Make(head), well);
}

TEST_P(PreloadCurlOptionsTest, AHandleThatMadeAHeadRequestBeforeFailsAsAnyOther) {
  Inject("CURLE_PARTIAL_FILE");
  const SeenTransfer seen = Make([](CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  });
  EXPECT_EQ(seen.code, curl_easy_strerror(CURLE_PARTIAL_FILE));
}

TEST_P(PreloadCurlOptionsTest, AHandleThatOnlyConnectsDoesNotFailBehindThat) {
  const auto connect = [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L); };
  const SeenTransfer well = Make(connect);
  EXPECT_EQ(well.code, curl_easy_strerror(CURLE_OK));
  for (const char* code : {"CURLE_GOT_NOTHING", "CURLE_RECV_ERROR", "CURLE_PARTIAL_FILE"}) {
    Inject(code);
    EXPECT_EQ(Make(connect), well);
  }
  Inject("CURLE_COULDNT_CONNECT");
  EXPECT_EQ(Make(connect).code, curl_easy_strerror(CURLE_COULDNT_CONNECT));
}

// Without a timeout of its own, a call has libcurl's for connecting, of 300 seconds.
TEST_P(PreloadCurlOptionsTest, ACallWithoutATimeoutFailsAsWhenTheConnectionIsNeverMade) {
  const auto connect_timeout = [](CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 300L);
  };
  // libcurl words a timeout that it notices late in another way.
  bool is_as_real = false;
  for (int tries = 0; tries < 5 && !is_as_real; ++tries) {
    control_.Reset();
    server_.Restart(Way::kDoNotAccept);
    const SeenTransfer real = Make(connect_timeout);
    server_.Restart(Way::kAnswer, Ok("well"));
    Inject("CURLE_OPERATION_TIMEDOUT");
    is_as_real = Make({}) == real;
  }
  EXPECT_TRUE(is_as_real);
  char error[CURL_ERROR_SIZE] = "";
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL,
                   ("http://127.0.0.1:" + std::to_string(server_.port())).c_str());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  EXPECT_EQ(Perform(GetParam(), easy), CURLE_OPERATION_TIMEDOUT);
  EXPECT_NE(std::string(error).find(" 300000 "), std::string::npos) << error;
  double seconds = 0;
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &seconds);
  EXPECT_EQ(seconds, 300);
  curl_easy_cleanup(easy);
}

}  // namespace
}  // namespace filibuster
