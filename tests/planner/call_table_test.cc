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

const Fault k503 = FailureMetadata{{{"status_code", "503"}}, nullptr};

TEST(CallTableTest, TakesAFaultForDeliveredIfTheCallerSawIt) {
  CallTable calls;
  CallRecord call = Record(R"([["x", 1]])", 0, 1);
  call.fault = k503;
  call.return_value = {{"status_code", 503}};
  const auto events = calls.Enter({{call}, {}});
  EXPECT_EQ(events[0].fault, calls.EnterFault(k503));
  EXPECT_EQ(events[0].result, calls.ResultOfFault(events[0].fault));
}

TEST(CallTableTest, TakesWhatTheCallerSawForTheResultIfThatIsNotTheFault) {
  CallTable calls;
  CallRecord call = Record(R"([["x", 1]])", 0, 1);
  call.fault = k503;
  const auto events = calls.Enter({{call}, {}});
  EXPECT_EQ(events[0].fault, kNoFault);
  EXPECT_EQ(calls.result(events[0].result).status_code, "200");
}

TEST(CallTableTest, WaitsForTheWordOfCallersThatReportHowTheirCallsEnd) {
  CallTable calls;
  CallRecord call = Record(R"([["x", 1]])", 0, 1);
  call.fault = k503;
  call.return_value = nullptr;
  call.completed_at.reset();
  EXPECT_EQ(calls.Enter({{call}, {}})[0].fault, calls.EnterFault(k503)) << "it never reported any";
  calls.Enter({{Record(R"([["y", 1]])", 0, 1)}, {}});
  EXPECT_EQ(calls.Enter({{call}, {}})[0].fault, kNoFault);
}

TEST(CallTableTest, TakesACalleeThatSleepsAsPlannedForAFaultDelivered) {
  CallTable calls;
  calls.Enter({{Record(R"([["y", 1]])", 0, 1)}, {}});
  CallRecord call = Record(R"([["x", 1]])", 0, 1);
  call.fault = ForcedException{"Timeout", {{"sleep", 70}, {"abort", false}}};
  call.return_value = nullptr;
  call.completed_at.reset();
  EXPECT_EQ(calls.Enter({{call}, {}})[0].fault, kNoFault);
  call.received_at = 1;
  EXPECT_EQ(calls.Enter({{call}, {}})[0].fault, calls.EnterFault(*call.fault));
}

TEST(CallTableTest, TakesALatencyForDeliveredOnceTheCalleeWasReached) {
  CallTable calls;
  CallRecord call = Record(R"([["x", 1]])", 0, 2);
  call.fault = ForcedException{kLatency, {{"sleep", 2}, {"abort", false}}};
  EXPECT_EQ(calls.Enter({{call}, {}})[0].fault, kNoFault);
  call.received_at = 1;
  const auto events = calls.Enter({{call}, {}});
  EXPECT_EQ(events[0].fault, calls.EnterFault(*call.fault));
  EXPECT_EQ(calls.result(events[0].result).status_code, "200") << "what the caller saw";
}

}  // namespace
}  // namespace filibuster
