#include "planner/causes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CallRecord Call(const char* service, const char* target, const char* index, int created,
                std::optional<int> received, std::optional<int> completed) {
  CallRecord call;
  call.invocation.source_service_name = service;
  call.invocation.args = Json::array({target});
  call.invocation.callsite_file = std::string(service) + ".cc";
  call.invocation.callsite_line = "7";
  call.invocation.execution_index = index;
  call.created_at = created;
  call.received_at = received;
  call.completed_at = completed;
  return call;
}

constexpr char kFirst[] = R"([["aa", 1]])";
constexpr char kSecond[] = R"([["bb", 1]])";

TEST(CausesTest, ACallInsideOfOneThatNobodyReceivedMayHaveLostItsHeadersThere) {
  const CallLog log{.calls = {Call("foo", "80/", kFirst, 1, std::nullopt, 9),
                              Call("bar", "81/", kSecond, 2, 3, 4)}};
  EXPECT_THAT(CauseWarnings(log),
              ElementsAre("bar -> 81/ (bar.cc:7): counts as the functional test's own, though it "
                          "was made during foo -> 80/ (foo.cc:7): if it was made for that, "
                          "X-Filibuster headers were not passed on there"));
}

TEST(CausesTest, ACallWithAParentHasLostNothing) {
  const CallLog log{.calls = {Call("foo", "80/", kFirst, 1, 2, 9),
                              Call("bar", "81/", R"([["aa", 1], ["bb", 1]])", 3, 4, 5)}};
  EXPECT_THAT(CauseWarnings(log), IsEmpty());
}

TEST(CausesTest, CallsThatDoNotOverlapAreTheTestsOwn) {
  const CallLog log{.calls = {Call("foo", "80/", kFirst, 1, std::nullopt, 2),
                              Call("bar", "81/", kSecond, 3, std::nullopt, 4)}};
  EXPECT_THAT(CauseWarnings(log), IsEmpty());
}

TEST(CausesTest, ConcurrentCallsOfOneServiceAreItsOwn) {
  const CallLog log{.calls = {Call("foo", "80/", kFirst, 1, std::nullopt, 9),
                              Call("foo", "81/", kSecond, 2, std::nullopt, 3)}};
  EXPECT_THAT(CauseWarnings(log), IsEmpty());
}

TEST(CausesTest, AReceivedCallPassedItsHeadersOn) {
  const CallLog log{.calls = {Call("foo", "80/", kFirst, 1, 2, 9),
                              Call("bar", "81/", kSecond, 3, std::nullopt, 4)}};
  EXPECT_THAT(CauseWarnings(log), IsEmpty());
}

TEST(CausesTest, ACallOfUnknownCauseIsNamedOnce) {
  CallRecord call = Call("foo", "80/", kFirst, 1, 2, 3);
  call.invocation.metadata["cause"] = "unknown";
  EXPECT_THAT(CauseWarnings({.calls = {call, call}}),
              ElementsAre("foo -> 80/ (foo.cc:7): made for no request that is known; it counts as "
                          "the functional test's own"));
}

}  // namespace
}  // namespace filibuster
