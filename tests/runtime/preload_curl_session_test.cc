// A libcurl handle that is set up once and used for call after call, with the options and callbacks
// that cpr gives its sessions.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <regex>
#include <string>
#include <tuple>

#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

// What is sent by CURLOPT_READFUNCTION.
size_t Read(char* buffer, size_t size, size_t count, void* upload) {
  auto& left = *static_cast<std::string*>(upload);
  const size_t part = std::min(left.size(), size * count);
  std::memcpy(buffer, left.data(), part);
  left.erase(0, part);
  return part;
}

int CountProgress(void* calls, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  ++*static_cast<int*>(calls);
  return 0;
}

class Session {
 public:
  Session(CurlInterface interface, int port, bool uploads)
      : interface_(interface), uploads_(uploads), easy_(curl_easy_init()) {
    headers_ = curl_slist_append(headers_, "X-Own: 1");
    headers_ = curl_slist_append(headers_, "Expect:");
    Set(CURLOPT_USERAGENT, "a session");
    Set(CURLOPT_ERRORBUFFER, error_);
    Set(CURLOPT_COOKIEFILE, "");
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_TCP_KEEPALIVE, 1L);
    Set(CURLOPT_ACCEPT_ENCODING, "");
    Set(CURLOPT_CERTINFO, 1L);
    Set(CURLOPT_FOLLOWLOCATION, 1L);
    Set(CURLOPT_MAXREDIRS, 50L);
    Set(CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_ALL));
    Set(CURLOPT_PROXY, "");
    Set(CURLOPT_NOPROGRESS, 0L);
    Set(CURLOPT_XFERINFOFUNCTION, &CountProgress);
    Set(CURLOPT_XFERINFODATA, &progress_);
    Set(CURLOPT_URL, ("http://127.0.0.1:" + std::to_string(port) + "/bar").c_str());
    Set(CURLOPT_HTTPHEADER, headers_);
    Set(CURLOPT_WRITEFUNCTION, &AppendBody);
    Set(CURLOPT_WRITEDATA, &body_);
    Set(CURLOPT_HEADERFUNCTION, &AppendBody);
    Set(CURLOPT_HEADERDATA, &head_);
    if (!uploads) return;
    Set(CURLOPT_POST, 1L);
    Set(CURLOPT_READFUNCTION, &Read);
    Set(CURLOPT_READDATA, &upload_);
  }
  ~Session() {
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // All that cpr::Response is made of, but for how long it took.
  std::string Call(long timeout) {
    error_[0] = '\0';
    progress_ = 0;
    for (std::string* text : {&body_, &head_}) text->clear();
    upload_ = "hello";
    if (uploads_) Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(upload_.size()));
    Set(CURLOPT_TIMEOUT_MS, timeout);
    const CURLcode code = Perform(interface_, easy_);
    long status = 0;
    long redirects = 0;
    curl_off_t downloaded = 0;
    const char* url = nullptr;
    curl_slist* cookies = nullptr;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_, CURLINFO_REDIRECT_COUNT, &redirects);
    curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &downloaded);
    curl_easy_getinfo(easy_, CURLINFO_EFFECTIVE_URL, &url);
    curl_easy_getinfo(easy_, CURLINFO_COOKIELIST, &cookies);
    const bool has_cookies = cookies != nullptr;
    curl_slist_free_all(cookies);
    static const std::regex kDuration("[0-9]+( ms|( milliseconds))");
    return std::string(curl_easy_strerror(code)) + " '" +
           std::regex_replace(error_, kDuration, "N$1") + "' " + std::to_string(status) + " '" +
           head_ + "' '" + body_ + "' " + url + " redirects " + std::to_string(redirects) +
           " downloaded " + std::to_string(downloaded) + (has_cookies ? " cookies" : "") +
           (progress_ > 0 ? " progress" : "");
  }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    EXPECT_EQ(curl_easy_setopt(easy_, option, value), CURLE_OK);
  }

  const CurlInterface interface_;
  const bool uploads_;
  CURL* const easy_;
  curl_slist* headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = "";
  std::string body_, head_, upload_;
  int progress_ = 0;
};

struct Failure {
  Way way;
  const char* answer;
  const char* fault;
  long timeout = 60'000;  // an answer is waited for, however busy the machine
};

const Failure kFailures[] = {
    {Way::kDoNotListen, "",
     R"({"forced_exception": {"name": "CURLE_COULDNT_CONNECT", "metadata": {}}})"},
    {Way::kStaySilent, "",
     R"({"forced_exception": {"name": "CURLE_OPERATION_TIMEDOUT", "metadata": {}}})", 300},
    {Way::kClose, "", R"({"forced_exception": {"name": "CURLE_GOT_NOTHING", "metadata": {}}})"},
    {Way::kReset, "", R"({"forced_exception": {"name": "CURLE_RECV_ERROR", "metadata": {}}})"},
    {Way::kAnswer, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
     R"({"failure_metadata": {"return_value": {"status_code": "503"}}})"},
};

class PreloadCurlSessionTest : public testing::TestWithParam<std::tuple<CurlInterface, bool>> {
 protected:
  void SetUp() override { control_.Reset(); }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
};

std::string NameOf(const testing::TestParamInfo<std::tuple<CurlInterface, bool>>& info) {
  const bool is_easy = std::get<0>(info.param) == CurlInterface::kEasy;
  return std::string(is_easy ? "Easy" : "Multi") + (std::get<1>(info.param) ? "Post" : "Get");
}

INSTANTIATE_TEST_SUITE_P(
    Interfaces, PreloadCurlSessionTest,
    testing::Combine(testing::Values(CurlInterface::kEasy, CurlInterface::kMulti), testing::Bool()),
    NameOf);

TEST_P(PreloadCurlSessionTest, EachFaultLooksAsTheRealOneAndTheNextCallIsAsEver) {
  const auto& [interface, uploads] = GetParam();
  Session session(interface, server_.port(), uploads);
  const std::string well = session.Call(60'000);
  EXPECT_NE(well.find("'well'"), well.npos) << well;
  EXPECT_NE(well.find(" progress"), well.npos) << well;
  for (const Failure& failure : kFailures) {
    std::string real, injected;
    // libcurl words a timeout that it notices late in another way: a busy machine may need some
    // tries.
    for (int tries = failure.way == Way::kStaySilent ? 4 : 1; tries > 0; --tries) {
      server_.Restart(failure.way, failure.answer);
      control_.Reset();
      real = Session(interface, server_.port(), uploads).Call(failure.timeout);
      server_.Restart(Way::kAnswer, Ok("well"));
      control_.OnCreate([&](const Json&) { return Json::parse(failure.fault); });
      injected = session.Call(failure.timeout);
      EXPECT_TRUE(server_.requests().empty());
      if (injected == real) break;
    }
    EXPECT_EQ(injected, real);
    control_.Reset();
    EXPECT_EQ(session.Call(60'000), well);
    ASSERT_EQ(server_.requests().size(), 1U);
    EXPECT_NE(server_.requests()[0].find("X-Own: 1\r\n"), std::string::npos);
    EXPECT_EQ(server_.requests()[0].find("hello") != std::string::npos, uploads);
  }
}

}  // namespace
}  // namespace filibuster
