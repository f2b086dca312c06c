#include <gtest/gtest.h>

#include <string>

#include "tests/runtime/expect_latency.h"
#include "tests/runtime/httplib_test_service.h"

namespace filibuster {
namespace {

TEST(HttplibLatencyTest, IsWaitedForAndPastTheTimeoutIsTheTimeoutsErrorAtTheTimeout) {
  ExpectLatencyAsReal(ControlServer(), [](int port, std::chrono::milliseconds timeout) {
    httplib::Client client("127.0.0.1", port);
    client.set_read_timeout(timeout);
    const auto result = client.Get("/");
    return result ? result->body : httplib::to_string(result.error());
  });
}

}  // namespace
}  // namespace filibuster
