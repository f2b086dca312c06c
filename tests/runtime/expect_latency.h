// A call by some library => its latencies are as a callee that is slow for real.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "tests/support/fake_control_server.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {

// What the caller sees of a call to this port with this timeout.
using CallInTime = std::function<std::string(int port, std::chrono::milliseconds timeout)>;

inline void ExpectLatencyAsReal(FakeControlServer& control, const CallInTime& call) {
  using Json = FakeControlServer::Json;
  using Way = MisbehavingServer::Way;
  constexpr std::chrono::milliseconds kPatient{60'000};  // however busy the machine
  constexpr std::chrono::milliseconds kBriefly{300};
  control.Reset();
  MisbehavingServer server(Way::kStaySilent);
  const std::string timed_out = call(server.port(), kBriefly);
  server.Restart(Way::kAnswer, Ok("well"));
  const std::string answered = call(server.port(), kPatient);
  EXPECT_NE(timed_out, answered);

  const auto expect = [&](double sleep, std::chrono::milliseconds timeout, const std::string& seen,
                          std::chrono::milliseconds at_least) {
    control.Reset();
    control.OnCreate([=](const Json&) -> Json {
      return {{"forced_exception",
               {{"name", "latency"}, {"metadata", {{"abort", false}, {"sleep", sleep}}}}}};
    });
    server.Restart(Way::kSleepAsTold, Ok("well"));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(call(server.port(), timeout), seen);
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_GE(took, at_least);
    EXPECT_LT(took, kPatient);
    // The caller may have given up before a busy server has read what it asked.
    while (server.requests().empty() && std::chrono::steady_clock::now() - begin < kPatient) {
      std::this_thread::yield();
    }
    EXPECT_EQ(server.requests().size(), 1U);
  };
  expect(3600, kBriefly, timed_out, kBriefly - std::chrono::milliseconds(20));
  expect(0.25, kPatient, answered, std::chrono::milliseconds(250));
}

}  // namespace filibuster
