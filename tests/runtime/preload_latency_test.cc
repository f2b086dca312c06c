#include <curl/curl.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <string>

#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/expect_latency.h"
#include "tests/runtime/preload_control_server.h"

namespace filibuster {
namespace {

std::string CallByCurl(CurlInterface interface, int port, std::chrono::milliseconds timeout) {
  const SeenTransfer seen =
      Transfer(interface, "http://127.0.0.1:" + std::to_string(port), [&](CURL* easy) {
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
      });
  return seen.code + "\n" + seen.body;
}

std::string CallByHttplib(int port, std::chrono::milliseconds timeout) {
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(timeout);
  const auto result = client.Get("/");
  return result ? result->body : httplib::to_string(result.error());
}

struct Library {
  const char* name;
  CallInTime call;
};

class PreloadLatencyTest : public testing::TestWithParam<Library> {};

INSTANTIATE_TEST_SUITE_P(Libraries, PreloadLatencyTest,
                         testing::Values(Library{"CurlEasy",
                                                 [](int port, auto timeout) {
                                                   return CallByCurl(CurlInterface::kEasy, port,
                                                                     timeout);
                                                 }},
                                         Library{"CurlMulti",
                                                 [](int port, auto timeout) {
                                                   return CallByCurl(CurlInterface::kMulti, port,
                                                                     timeout);
                                                 }},
                                         Library{"Httplib", CallByHttplib}),
                         [](const auto& info) { return info.param.name; });

TEST_P(PreloadLatencyTest, IsWaitedForAndPastTheTimeoutIsTheTimeoutsErrorAtTheTimeout) {
  ExpectLatencyAsReal(ControlServer(), GetParam().call);
}

}  // namespace
}  // namespace filibuster
