#include "planner/call_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace filibuster {
namespace {

CallRecord Record(const std::string& index, int created_at, int completed_at,
                  VectorClock vclock = {}, VectorClock origin = {}) {
  CallRecord record;
  record.invocation.execution_index = index;
  record.invocation.vclock = std::move(vclock);
  record.invocation.origin_vclock = std::move(origin);
  record.created_at = created_at;
  record.completed_at = completed_at;
  record.return_value = {{"status_code", "200"}};
  return record;
}

std::vector<std::string> Order(const CallTable& calls, const std::vector<CallEvent>& events) {
  std::vector<std::string> order;
  for (const CallEvent& event : events) {
    order.push_back(calls.call(event.call).invocation.execution_index);
  }
  return order;
}

TEST(CallTableTest, FindsTheCallerByItsClock) {
  CallTable calls;
  const auto events =
      calls.Enter({{Record(R"([["x",1]])", 0, 3, {{"foo", 1}}),
                    Record(R"([["y",1]])", 1, 2, {{"foo", 1}, {"bar", 1}}, {{"foo", 1}})},
                   {}});
  EXPECT_EQ(calls.call(events[1].call).parent, events[0].call);
}

TEST(CallTableTest, FindsTheCallerByThePathWhereClocksDoNotTell) {
  CallTable calls;
  const auto events =
      calls.Enter({{Record(R"([["x", 1]])", 0, 3), Record(R"([["x",1],["y",1]])", 1, 2)}, {}});
  EXPECT_EQ(calls.call(events[1].call).parent, events[0].call);
  EXPECT_EQ(calls.call(events[0].call).parent, kFunctionalTest);
}

TEST(CallTableTest, KnowsACallInTheNextExecution) {
  CallTable calls;
  const auto first = calls.Enter({{Record(R"([["x", 1]])", 0, 1)}, {}});
  const auto second = calls.Enter({{Record(R"([["x",1]])", 0, 1)}, {}});
  EXPECT_EQ(first, second);
}

TEST(CallTableTest, OrdersConcurrentCallsByExecutionIndex) {
  CallTable calls;
  const auto one = calls.Enter(
      {{Record(R"([["b",1]])", 0, 3), Record(R"([["a",1]])", 1, 2), Record(R"([["0",1]])", 4, 5)},
       {}});
  EXPECT_THAT(Order(calls, one),
              ::testing::ElementsAre(R"([["a",1]])", R"([["b",1]])", R"([["0",1]])"));
}

TEST(CallTableTest, KeepsTheOrderOfCallsThatDoNotOverlap) {
  CallTable calls;
  const auto events =
      calls.Enter({{Record(R"([["b",1]])", 0, 1), Record(R"([["a",1]])", 2, 3)}, {}});
  EXPECT_THAT(Order(calls, events), ::testing::ElementsAre(R"([["b",1]])", R"([["a",1]])"));
}

TEST(CallTableTest, SeesTheSameInAStatusInjectedAndOneThatAroseByItself) {
  CallTable calls;
  const FaultId fault = calls.EnterFault(FailureMetadata{{{"status_code", "503"}}, nullptr});
  const auto natural = ResultOf(Json{{"status_code", 503}, {"text", "…"}}, nullptr);
  EXPECT_EQ(calls.ResultOfFault(fault), calls.EnterResult(*natural));
}

TEST(CallTableTest, SeesTheSameInACodeWhicheverExceptionCarriesIt) {
  const CallResult error =
      ResultOf(FailureMetadata{nullptr, {{"metadata", {{"code", "NOT_FOUND"}}}}});
  EXPECT_EQ(error,
            ResultOf(nullptr, {{"name", "RpcError"}, {"metadata", {{"code", "NOT_FOUND"}}}}));
  EXPECT_NE(error, ResultOf(ForcedException{"RpcError", {{"code", "UNAVAILABLE"}}}));
}

}  // namespace
}  // namespace filibuster
