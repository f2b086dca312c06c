// Calls by https, to a certificate that signed itself.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"
#include "tests/support/tls_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Set = std::function<void(CURL*)>;
using Way = MisbehavingServer::Way;

class PreloadCurlHttpsTest : public testing::TestWithParam<CurlInterface> {
 protected:
  void SetUp() override { control_.Reset(); }

  std::string Url() const { return "https://127.0.0.1:" + std::to_string(tls_.port()) + "/bar"; }

  SeenTransfer Make(const Set& set) const {
    return Transfer(GetParam(), Url(), [&](CURL* easy) {
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
      if (set) set(easy);
    });
  }
  // While the server is like that.
  SeenTransfer MakeWhen(Way way, const std::string& answer, const Set& set) {
    tls_.Stop();
    server_.Restart(way, answer);
    if (way != Way::kDoNotListen) tls_.Start();
    return Make(set);
  }
  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }
  void InjectError(const std::string& code, const std::string& metadata = "{}") {
    Inject(R"({"forced_exception": {"name": ")" + code + R"(", "metadata": )" + metadata + "}}");
  }

  // What a caller sees of the real failure, and of the injected one while the server is well. A
  // busy machine may need some tries for a timeout, which libcurl words in two ways.
  void ExpectInjectedAsReal(Way way, const std::string& answer, const std::string& fault,
                            const Set& set = {}, int tries = 1) {
    const SeenTransfer real = MakeWhen(way, answer, set);
    const Json outcome = control_.Bodies("invocation_complete").at(0);
    const SeenTransfer well = MakeWhen(Way::kAnswer, Ok("well"), {});
    EXPECT_EQ(well.body, "well");
    control_.Reset();
    Inject(fault);
    const SeenTransfer injected = Make(set);
    const Json reported = control_.Bodies("invocation_complete").at(0);
    control_.Reset();
    if (!(injected == real) && tries > 1) {
      return ExpectInjectedAsReal(way, answer, fault, set, tries - 1);
    }
    EXPECT_EQ(injected, real);
    EXPECT_EQ(server_.requests().size(), 1U);
    for (const char* key : {"return_value", "exception"}) {
      EXPECT_EQ(reported.value(key, Json()), outcome.value(key, Json()));
    }
    EXPECT_EQ(Make({}), well);
  }
  void ExpectErrorAsReal(Way way, const std::string& answer, const std::string& code,
                         const Set& set = {}, int tries = 1) {
    const std::string fault =
        R"({"forced_exception": {"name": ")" + code + R"(", "metadata": {}}})";
    ExpectInjectedAsReal(way, answer, fault, set, tries);
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
  TlsServer tls_{server_.port()};
};

constexpr char kUnavailable[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
constexpr char kStatus[] = R"({"failure_metadata": {"return_value": {"status_code": "503"}}})";

INSTANTIATE_TEST_SUITE_P(Interfaces, PreloadCurlHttpsTest,
                         testing::Values(CurlInterface::kEasy, CurlInterface::kMulti),
                         [](const auto& info) {
                           return info.param == CurlInterface::kEasy ? "Easy" : "Multi";
                         });

TEST_P(PreloadCurlHttpsTest, ARefusedConnectionLooksAsWhenNobodyListens) {
  ExpectErrorAsReal(Way::kDoNotListen, "", "CURLE_COULDNT_CONNECT");
}

TEST_P(PreloadCurlHttpsTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  ExpectErrorAsReal(
      Way::kStaySilent, "", "CURLE_OPERATION_TIMEDOUT",
      [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 300L); }, 4);
}

TEST_P(PreloadCurlHttpsTest, AnEmptyReplyLooksAsWhenTheServerClosesEarly) {
  ExpectErrorAsReal(Way::kClose, "", "CURLE_GOT_NOTHING");
}

TEST_P(PreloadCurlHttpsTest, APartialFileLooksAsWhenTheServerStopsInTheMiddle) {
  ExpectErrorAsReal(Way::kAnswerAndClose, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n",
                    "CURLE_PARTIAL_FILE");
}

TEST_P(PreloadCurlHttpsTest, AStatusLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable, kStatus);
}

TEST_P(PreloadCurlHttpsTest, AStatusLooksAsWhenTheServerAnswersAPost) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable, kStatus, [](CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, "body");
  });
}

TEST_P(PreloadCurlHttpsTest, AHandleThatIsForHttpsAloneIsAsItWasAfterAFault) {
  const auto only_https = [](CURL* easy) {
    std::string protocols = "https";  // libcurl copies it
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols.data());
    protocols.replace(0, protocols.size(), "gone!");
  };
  const SeenTransfer well = MakeWhen(Way::kAnswer, Ok("well"), only_https);
  EXPECT_EQ(well.body, "well");
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  std::string body;
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  only_https(easy);
  for (int i = 0; i < 2; ++i) {
    InjectError("CURLE_GOT_NOTHING");
    EXPECT_EQ(Perform(GetParam(), easy), CURLE_GOT_NOTHING);
    control_.Reset();
    body.clear();
    EXPECT_EQ(Perform(GetParam(), easy), CURLE_OK);
    EXPECT_EQ(body, "well");
  }
  curl_easy_cleanup(easy);
}

// They are one setting, of which libcurl takes the last.
TEST_P(PreloadCurlHttpsTest, AfterAFaultTheProtocolsAreThoseThatWereNamedLast) {
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  std::string body;
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  const auto name_by_bits = [&](long protocols) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, protocols);
  };
  const auto name_by_text = [&](const char* protocols) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
  };
  for (const bool bits_last : {true, false}) {
    bits_last ? name_by_text("http") : name_by_bits(CURLPROTO_HTTP);
    bits_last ? name_by_bits(CURLPROTO_HTTPS) : name_by_text("https");
    InjectError("CURLE_GOT_NOTHING");
    EXPECT_EQ(Perform(GetParam(), easy), CURLE_GOT_NOTHING);
    control_.Reset();
    body.clear();
    EXPECT_EQ(Perform(GetParam(), easy), CURLE_OK);
    EXPECT_EQ(body, "well");
  }
  curl_easy_cleanup(easy);
}

TEST_P(PreloadCurlHttpsTest, WhatWouldHaveToBeEncryptedIsDropped) {
  InjectError("CURLE_RECV_ERROR");
  EXPECT_EQ(Make({}).body, "well");
  Inject(kStatus);
  EXPECT_EQ(Make([](CURL* easy) {
              curl_easy_setopt(easy, CURLOPT_HSTS_CTRL, static_cast<long>(CURLHSTS_ENABLE));
            }).body,
            "well");
}

TEST_P(PreloadCurlHttpsTest, WithoutAbortTheCalleeIsCalledBeforeTheFault) {
  const SeenTransfer real = MakeWhen(Way::kClose, "", {});
  MakeWhen(Way::kAnswer, Ok("well"), {});
  InjectError("CURLE_GOT_NOTHING", R"({"abort": false})");
  EXPECT_EQ(Make({}), real);
  EXPECT_EQ(server_.requests().size(), 2U);
}

}  // namespace
}  // namespace filibuster
