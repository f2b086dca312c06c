#include <curl/curl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <memory>

#include "filibuster/context.h"
#include "filibuster/injector.h"
#include "tests/runtime/corrupted_bodies.h"
#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

constexpr char kUnavailable[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class PreloadCurlTest : public testing::TestWithParam<CurlInterface> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }
  void InjectError(const std::string& code) {
    Inject(R"({"forced_exception": {"name": ")" + code + R"(", "metadata": {}}})");
  }

  std::string Url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }

  // What a caller sees of the real failure, and of the injected one while the server is well.
  // libcurl words a timeout that it notices late in another way: a busy machine may need some
  // tries.
  void ExpectInjectedAsReal(Way way, const std::string& answer, const char* fault,
                            const std::function<void(CURL*)>& set = {}, int tries = 1) {
    server_.Restart(way, answer);
    const SeenTransfer real = Transfer(GetParam(), Url(), set);
    EXPECT_EQ(control_.Bodies("invocation").size(), 1U);
    const Json real_outcome = Complete();
    control_.Reset();

    server_.Restart(Way::kAnswer, Ok("well"));
    Inject(fault);
    const SeenTransfer injected = Transfer(GetParam(), Url(), set);
    if (!(injected == real) && tries > 1) {
      control_.Reset();
      return ExpectInjectedAsReal(way, answer, fault, set, tries - 1);
    }
    EXPECT_EQ(injected, real);
    EXPECT_TRUE(server_.requests().empty());
    for (const char* key : {"return_value", "exception"}) {
      EXPECT_EQ(Complete().value(key, Json()), real_outcome.value(key, Json()));
    }
  }

  Json Create() const { return control_.Bodies("invocation").at(0); }
  Json Complete() const { return control_.Bodies("invocation_complete").at(0); }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
};

INSTANTIATE_TEST_SUITE_P(Interfaces, PreloadCurlTest,
                         testing::Values(CurlInterface::kEasy, CurlInterface::kMulti),
                         [](const auto& info) {
                           return info.param == CurlInterface::kEasy ? "Easy" : "Multi";
                         });

TEST_P(PreloadCurlTest, ARefusedConnectionLooksAsWhenNobodyListens) {
  ExpectInjectedAsReal(
      Way::kDoNotListen, "",
      R"({"forced_exception": {"name": "CURLE_COULDNT_CONNECT", "metadata": {}}})");
}

TEST_P(PreloadCurlTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  ExpectInjectedAsReal(
      Way::kStaySilent, "",
      R"({"forced_exception": {"name": "CURLE_OPERATION_TIMEDOUT", "metadata": {}}})",
      [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 300L); }, 4);
}

TEST_P(PreloadCurlTest, AConnectTimeoutLooksAsWhenTheConnectionIsNeverMade) {
  ExpectInjectedAsReal(
      Way::kDoNotAccept, "",
      R"({"forced_exception": {"name": "CURLE_OPERATION_TIMEDOUT", "metadata": {}}})",
      [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 300L); }, 4);
}

TEST_P(PreloadCurlTest, ATransferThatIsTooSlowLooksAsWhenTheServerStaysSilent) {
  ExpectInjectedAsReal(
      Way::kStaySilent, "",
      R"({"forced_exception": {"name": "CURLE_OPERATION_TIMEDOUT", "metadata": {}}})",
      [](CURL* easy) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 7L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 1L);
      },
      4);
}

TEST_P(PreloadCurlTest, AnEmptyReplyLooksAsWhenTheServerClosesEarly) {
  ExpectInjectedAsReal(Way::kClose, "",
                       R"({"forced_exception": {"name": "CURLE_GOT_NOTHING", "metadata": {}}})");
}

TEST_P(PreloadCurlTest, AReceiveErrorLooksAsWhenTheServerResetsTheConnection) {
  ExpectInjectedAsReal(Way::kReset, "",
                       R"({"forced_exception": {"name": "CURLE_RECV_ERROR", "metadata": {}}})");
}

TEST_P(PreloadCurlTest, APartialFileLooksAsWhenTheServerStopsInTheMiddle) {
  ExpectInjectedAsReal(Way::kAnswerAndClose, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n",
                       R"({"forced_exception": {"name": "CURLE_PARTIAL_FILE", "metadata": {}}})");
}

TEST_P(PreloadCurlTest, AStatusLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable,
                       R"({"failure_metadata": {"return_value": {"status_code": "503"}}})");
}

TEST_P(PreloadCurlTest, AStatusUnderFailOnErrorLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable,
                       R"({"failure_metadata": {"return_value": {"status_code": "503"}}})",
                       [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L); });
}

TEST_P(PreloadCurlTest, AStatusLooksAsWhenTheServerAnswersAPost) {
  const std::string body(1 << 19, 'x');
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable,
                       R"({"failure_metadata": {"return_value": {"status_code": "503"}}})",
                       [&](CURL* easy) {
                         curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, body.size());
                         curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
                       });
}

TEST_P(PreloadCurlTest, ATimeoutDuringAPostLooksAsWhenTheServerStaysSilent) {
  ExpectInjectedAsReal(
      Way::kStaySilent, "",
      R"({"forced_exception": {"name": "CURLE_OPERATION_TIMEDOUT", "metadata": {}}})",
      [](CURL* easy) {
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 300L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "body");
      },
      4);
}

TEST_P(PreloadCurlTest, ACallIsAnnouncedWithItsCallSiteAndReportedWithItsStatus) {
  server_.Restart(Way::kAnswer, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
  const SeenTransfer seen = Transfer(GetParam(), Url("/bar?x=1#y"), [](CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 5L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 10L);
  });
  EXPECT_EQ(seen.body, "none");
  EXPECT_EQ(Create()["module"], "curl");
  EXPECT_EQ(Create()["method"],
            GetParam() == CurlInterface::kEasy ? "curl_easy_perform" : "curl_multi_add_handle");
  EXPECT_EQ(Create()["args"], Json::array({std::to_string(server_.port()) + "/bar?x=1"}));
  EXPECT_EQ(Create()["callsite_file"], "runtime/curl_transfer.cc");
  EXPECT_EQ(Create()["callsite_line"],
            std::to_string(GetParam() == CurlInterface::kEasy ? kEasyLine : kMultiLine));
  EXPECT_EQ(Create()["metadata"]["timeout"], 10);
  EXPECT_EQ(Create()["source_service_name"], "foo");
  EXPECT_EQ(Complete()["return_value"]["status_code"], "404");
  EXPECT_EQ(Complete()["return_value"]["text"], "334c4a4c42fdb79d7ebc3e73b517e6f8");  // md5 of none
}

TEST_P(PreloadCurlTest, CallsThroughOneHelperAreToldApartByTheirStacks) {
  Transfer(GetParam(), Url());
  Transfer(GetParam(), Url());
  for (int i = 0; i < 2; ++i) Transfer(GetParam(), Url());
  std::vector<std::string> signatures;
  std::vector<int> counts;
  for (const Json& create : control_.Bodies("invocation")) {
    const Json last = Json::parse(create["execution_index"].get<std::string>()).back();
    signatures.push_back(last[0]);
    counts.push_back(last[1]);
  }
  ASSERT_EQ(signatures.size(), 4U);
  EXPECT_NE(signatures[0], signatures[1]);
  EXPECT_EQ(signatures[2], signatures[3]);
  EXPECT_EQ(counts, (std::vector<int>{1, 1, 1, 2}));
}

TEST_P(PreloadCurlTest, OurHeadersReplaceThoseThatWerePassedOnAndTheListIsLeftAlone) {
  curl_slist* list = curl_slist_append(nullptr, "X-Filibuster-Execution-Index: old");
  list = curl_slist_append(list, "X-Own: 1");
  for (int i = 0; i < 2; ++i) {
    Transfer(GetParam(), Url(),
             [&](CURL* easy) { curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list); });
    const std::string request = server_.requests().back();
    EXPECT_EQ(Count(request, "X-Filibuster-Execution-Index"), 1);
    EXPECT_EQ(Count(request, "X-Filibuster-Request-Id"), 1);
    EXPECT_EQ(Count(request, "X-Own: 1"), 1);
    EXPECT_EQ(Count(request, control_.Bodies("invocation").back()["execution_index"]), 1);
    EXPECT_STREQ(list->data, "X-Filibuster-Execution-Index: old");
    EXPECT_EQ(list->next->next, nullptr);
  }
  curl_slist_free_all(list);
}

TEST_P(PreloadCurlTest, ARedirectionIsPartOfItsCall) {
  server_.Restart(Way::kAnswer,
                  "HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n");
  const SeenTransfer seen = Transfer(GetParam(), Url("/old"), [](CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 2L);
  });
  EXPECT_EQ(seen.code, curl_easy_strerror(CURLE_TOO_MANY_REDIRECTS));
  EXPECT_EQ(Complete()["exception"]["name"], "CURLE_TOO_MANY_REDIRECTS");
  EXPECT_EQ(control_.Bodies("invocation").size(), 1U);
  ASSERT_EQ(server_.requests().size(), 3U);
  for (const std::string& request : server_.requests()) {
    EXPECT_EQ(Count(request, Create()["execution_index"]), 1);
  }
}

TEST_P(PreloadCurlTest, AfterAFaultTheHandleIsAsItWas) {
  std::string body;
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  const std::pair<CURLcode, const char*> errors[] = {
      {CURLE_COULDNT_CONNECT, "CURLE_COULDNT_CONNECT"},
      {CURLE_OPERATION_TIMEDOUT, "CURLE_OPERATION_TIMEDOUT"},
      {CURLE_GOT_NOTHING, "CURLE_GOT_NOTHING"},
      {CURLE_RECV_ERROR, "CURLE_RECV_ERROR"}};
  for (const auto& [code, name] : errors) {
    InjectError(name);
    EXPECT_EQ(Perform(GetParam(), easy), code);
    EXPECT_EQ(Complete()["exception"]["name"], name);
    control_.Reset();
    body.clear();
    EXPECT_EQ(Perform(GetParam(), easy), CURLE_OK);
    EXPECT_EQ(body, "well");
    control_.Reset();
  }
  curl_easy_cleanup(easy);
  EXPECT_EQ(server_.requests().size(), 4U);
}

TEST_P(PreloadCurlTest, ADuplicateHasWhatTheServiceHasSetAndAResetHandleNothing) {
  std::string body;
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url("/original").c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  CURL* const duplicate = curl_easy_duphandle(easy);
  curl_easy_reset(easy);
  EXPECT_EQ(Perform(GetParam(), easy), CURLE_URL_MALFORMAT);
  EXPECT_TRUE(control_.Bodies("invocation").empty());
  EXPECT_EQ(Perform(GetParam(), duplicate), CURLE_OK);
  EXPECT_EQ(Create()["args"], Json::array({std::to_string(server_.port()) + "/original"}));
  EXPECT_EQ(body, "well");
  curl_easy_cleanup(duplicate);
  curl_easy_cleanup(easy);
}

TEST_P(PreloadCurlTest, AnErrorThatCannotBeProvokedIsNotInjected) {
  InjectError("CURLE_LDAP_CANNOT_BIND");
  EXPECT_EQ(Transfer(GetParam(), Url()).body, "well");
  EXPECT_EQ(Complete()["return_value"]["status_code"], "200");
}

TEST_P(PreloadCurlTest, OtherSchemesAreNoCallsBetweenServices) {
  EXPECT_EQ(Transfer(GetParam(), "file:///dev/null").code, curl_easy_strerror(CURLE_OK));
  EXPECT_TRUE(control_.Bodies("invocation").empty());
}

TEST_P(PreloadCurlTest, AChildProcessMakesCallsBesideItsParent) {
  constexpr int kCalls = 50;
  Transfer(GetParam(), Url());  // there is a connection to the control server to inherit
  const auto make_calls = [&] {
    int good = 0;
    for (int i = 0; i < kCalls; ++i) good += Transfer(GetParam(), Url()).body == "well" ? 1 : 0;
    return good;
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(make_calls());
  EXPECT_EQ(make_calls(), kCalls);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), kCalls);
  EXPECT_EQ(control_.Bodies("invocation_complete").size(), 1U + 2 * kCalls);
}

TEST_P(PreloadCurlTest, ATimeoutThatIsLongIsNotWaitedFor) {
  InjectError("CURLE_OPERATION_TIMEDOUT");
  const auto begin = std::chrono::steady_clock::now();
  const SeenTransfer seen = Transfer(
      GetParam(), Url(), [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_TIMEOUT, 3600L); });
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
  EXPECT_EQ(seen.code, curl_easy_strerror(CURLE_OPERATION_TIMEDOUT));
}

TEST_P(PreloadCurlTest, ACorruptedBodyIsTheAnswersOwnTransformed) {
  for (const CorruptedBodyCase& it : kCorruptedBodies) {
    control_.Reset();
    server_.Restart(Way::kAnswer, Ok(it.answer));
    Inject(it.fault());
    const SeenTransfer seen = Transfer(GetParam(), Url());
    EXPECT_EQ(seen.code, curl_easy_strerror(CURLE_OK));
    EXPECT_EQ(seen.body, it.body);
    EXPECT_EQ(Complete()["return_value"]["transformation"], it.transformation);
  }
}

TEST_P(PreloadCurlTest, ABodyThatCannotBeTransformedSoIsPassedOnAsItIs) {
  Inject(kNotTransformed.fault());
  EXPECT_EQ(Transfer(GetParam(), Url()).body, kNotTransformed.body);
  EXPECT_FALSE(Complete()["return_value"].contains("transformation"));
}

}  // namespace
}  // namespace filibuster
