#include "filibuster/injector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <thread>

#include "runtime/protocol.h"
#include "tests/runtime/httplib_test_service.h"
#include "tests/runtime/injected_calls.h"

namespace filibuster {
namespace {

using testing::ElementsAre;

std::string NoHeader(const char*) { return ""; }

std::string Header(const Injection& call, const std::string& name) {
  for (const auto& [key, value] : call.headers()) {
    if (key == name) return value;
  }
  return "(none)";
}

class InjectorTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  // The counts at the ends of the execution indexes of all creates so far.
  std::vector<int> Counts() const {
    std::vector<int> counts;
    for (const Json& create : control_.Bodies("invocation")) {
      counts.push_back(Json::parse(create["execution_index"].get<std::string>()).back()[1]);
    }
    return counts;
  }

  FakeControlServer& control_ = ControlServer();
};

TEST_F(InjectorTest, ACallOfNobodysRequestBeginsAtTheRoot) {
  OutgoingCall out = CallToBar();
  out.timeout = 10;
  {
    Injection call(out);
    EXPECT_FALSE(call.fault());
    EXPECT_EQ(Header(call, kVClockHeader), R"({"foo": 1})");
    EXPECT_EQ(Header(call, kOriginVClockHeader), R"({"foo": 1})");
    EXPECT_EQ(Header(call, kGeneratedIdHeader), "0");
    EXPECT_EQ(Header(call, kForcedSleepHeader), "(none)");
    EXPECT_EQ(Header(call, kRequestIdHeader).size(), 16u);
    call.Returned(200, "bar baz");
  }
  const auto messages = control_.messages();
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].method, "GET");
  EXPECT_EQ(messages[0].path, "/filibuster/new-test-execution/foo");
  EXPECT_EQ(messages[1].method, "PUT");
  EXPECT_EQ(messages[1].path, "/filibuster/create");
  Json create = messages[1].body;
  EXPECT_EQ(create["full_traceback"].get<std::string>().size(), 16u);
  create.erase("full_traceback");
  create["metadata"].erase("cause");  // another test of this process may have received a request
  const std::string index = create["execution_index"];
  EXPECT_EQ(create, Json::parse(R"({
    "instrumentation_type": "invocation", "source_service_name": "foo", "module": "httplib",
    "method": "Get", "args": ["5001/bar/baz"], "kwargs": {}, "callsite_file": "foo/foo.cc",
    "callsite_line": "17", "metadata": {"timeout": 10}, "vclock": {"foo": 1},
    "origin_vclock": {}, "execution_index": "[[\"93b1910dac5ab51a\", 1]]"})"));
  EXPECT_EQ(messages[2].method, "POST");
  EXPECT_EQ(messages[2].path, "/filibuster/update");
  EXPECT_EQ(messages[2].body,  // printf 'bar baz' | md5sum
            (Json{{"instrumentation_type", "invocation_complete"},
                  {"generated_id", 0},
                  {"execution_index", index},
                  {"vclock", {{"foo", 1}}},
                  {"return_value",
                   {{"__class__", "Response"},
                    {"status_code", "200"},
                    {"text", "9142e215787dc2a12f91fbc1ea469abb"}}}}));
}

TEST_F(InjectorTest, CallsAreCountedBySignatureUnderTheirParent) {
  for (const int line : {17, 17, 18, 17}) Injection(CallToBar(line)).Returned(200, "");
  EXPECT_THAT(Counts(), ElementsAre(1, 2, 1, 3));
  EXPECT_EQ(control_.Bodies("invocation").back()["vclock"], (Json{{"foo", 4}}));
}

TEST_F(InjectorTest, ANewTestExecutionCountsFromOneAgain) {
  Injection(CallToBar()).Returned(200, "");
  control_.Reset();
  Injection(CallToBar()).Returned(200, "");
  EXPECT_THAT(Counts(), ElementsAre(1));
  EXPECT_EQ(control_.Bodies("invocation")[0]["vclock"], (Json{{"foo", 1}}));
}

TEST_F(InjectorTest, ACallForARequestGoesOnFromItsIndexAndClock) {
  const ContextScope scope(ReceiveRequest(IncomingCall(R"([["aa", 2]])", R"({"users": 3})")));
  EXPECT_EQ(control_.Bodies("request_received"),
            std::vector<Json>{(Json{{"instrumentation_type", "request_received"},
                                    {"generated_id", "7"},
                                    {"execution_index", R"([["aa", 2]])"},
                                    {"target_service_name", "foo"}})});
  Injection call(CallToBar());
  EXPECT_EQ(Header(call, kExecutionIndexHeader), R"([["aa", 2], ["93b1910dac5ab51a", 1]])");
  EXPECT_EQ(Header(call, kVClockHeader), R"({"foo": 1, "users": 3})");
  EXPECT_EQ(Header(call, kRequestIdHeader), "the-request");
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["origin_vclock"], (Json{{"users", 3}}));
  EXPECT_EQ(create["vclock"], (Json{{"foo", 1}, {"users", 3}}));
  call.Returned(200, "");
  for (const auto& message : control_.messages()) {
    EXPECT_NE(message.path, "/filibuster/new-test-execution/foo");
  }
}

TEST_F(InjectorTest, RequestsOfTheTestItselfShareOneRootAndAskOnceEach) {
  for (int request = 0; request < 2; ++request) {
    const ContextScope scope(ReceiveRequest(NoHeader));
    Injection(CallToBar()).Returned(200, "");
    Injection(CallToBar()).Returned(200, "");
  }
  EXPECT_THAT(Counts(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(control_.messages().size(), 2u + 8u);
  EXPECT_TRUE(control_.Bodies("request_received").empty());
}

TEST_F(InjectorTest, ARequestThatMakesNoCallsCostsNoMessage) {
  const ContextScope scope(ReceiveRequest(NoHeader));
  EXPECT_TRUE(control_.messages().empty());
}

TEST_F(InjectorTest, ARequestWithUnreadableHeadersIsTakenForANewOne) {
  testing::internal::CaptureStderr();
  const ContextHandle context = ReceiveRequest(IncomingCall("what?", R"({"users": 3})"));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("unreadable X-Filibuster headers"),
            std::string::npos);
  EXPECT_TRUE(control_.messages().empty());
  const ContextScope scope(context);
  Injection(CallToBar()).Returned(200, "");
  EXPECT_EQ(control_.Bodies("invocation").at(0)["origin_vclock"], Json::object());
}

TEST_F(InjectorTest, AScopeEndsWithItsBlockAndNests) {
  const ContextHandle outer = ReceiveRequest(NoHeader);
  const ContextHandle inner = ReceiveRequest(NoHeader);
  EXPECT_EQ(CurrentContext(), nullptr);
  {
    const ContextScope outer_scope(outer);
    try {
      const ContextScope inner_scope(inner);
      EXPECT_EQ(CurrentContext(), inner);
      throw std::runtime_error("out of the handler");
    } catch (const std::runtime_error&) {
      EXPECT_EQ(CurrentContext(), outer);
    }
  }
  EXPECT_EQ(CurrentContext(), nullptr);
}

TEST_F(InjectorTest, ConcurrentCallsOfOneRequestAreEachCountedOnce) {
  constexpr int kThreads = 16;
  constexpr int kCalls = 25;
  const ContextScope scope(ReceiveRequest(IncomingCall(R"([["aa", 1]])", R"({"users": 1})")));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([context = CurrentContext()] {
      EXPECT_EQ(CurrentContext(), nullptr);
      const ContextScope carried(context);
      for (int call = 0; call < kCalls; ++call) Injection(CallToBar()).Returned(200, "");
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::set<int> counts;
  std::set<int> clocks;
  for (const Json& create : control_.Bodies("invocation")) {
    const Json index = Json::parse(create["execution_index"].get<std::string>());
    ASSERT_EQ(index.size(), 2u);
    counts.insert(index[1][1].get<int>());
    clocks.insert(create["vclock"]["foo"].get<int>());
    EXPECT_EQ(create["origin_vclock"], (Json{{"users", 1}}));
  }
  EXPECT_EQ(counts.size(), size_t{kThreads} * kCalls);
  EXPECT_EQ(*counts.rbegin(), kThreads * kCalls);
  EXPECT_EQ(clocks.size(), size_t{kThreads} * kCalls);
}

TEST_F(InjectorTest, ConcurrentRequestsDoNotSeeEachOther) {
  constexpr int kThreads = 16;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([i] {
      const std::string index = "[[\"aa\", " + std::to_string(i + 1) + "]]";
      const std::string clock = "{\"users\": " + std::to_string(i + 1) + "}";
      const ContextScope scope(ReceiveRequest(IncomingCall(index, clock)));
      for (int call = 0; call < 10; ++call) Injection(CallToBar()).Returned(200, "");
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<int, std::vector<int>> counts_of_request;
  for (const Json& create : control_.Bodies("invocation")) {
    const Json index = Json::parse(create["execution_index"].get<std::string>());
    EXPECT_EQ(create["origin_vclock"]["users"], index[0][1]);
    counts_of_request[index[0][1].get<int>()].push_back(index[1][1].get<int>());
  }
  EXPECT_EQ(counts_of_request.size(), size_t{kThreads});
  for (const auto& [request, counts] : counts_of_request) {
    EXPECT_THAT(counts, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)) << request;
  }
}

TEST_F(InjectorTest, ConcurrentRootRequestsAgreeOnTheirTestExecution) {
  for (int round = 0; round < 20; ++round) {
    control_.Reset();
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([] {
        const ContextScope scope(ReceiveRequest(NoHeader));
        Injection(CallToBar()).Returned(200, "");
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(Counts(), testing::UnorderedElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  }
}

TEST_F(InjectorTest, AForcedExceptionIsToBeRaisedAndIsReportedWithItsMetadata) {
  const Json metadata = {{"cause", "x"}};
  control_.OnCreate([&](const Json&) {
    return Json{{"forced_exception", {{"name", "E"}, {"metadata", metadata}}}};
  });
  Injection call(CallToBar());
  ASSERT_TRUE(call.fault());
  EXPECT_EQ(call.fault()->exception, "E");
  EXPECT_FALSE(call.fault()->call_first);
  call.Failed("E");
  EXPECT_EQ(control_.Bodies("invocation_complete").at(0)["exception"],
            (Json{{"name", "E"}, {"metadata", metadata}}));
}

TEST_F(InjectorTest, WithoutAbortTheCalleeIsToldToSleep) {
  for (const auto& [metadata, header] :
       {std::pair<Json, std::string>{{{"abort", false}, {"sleep", 1.5}}, "1.5"},
        {{{"abort", false}, {"sleep", 2}}, "2"},
        {{{"abort", false}}, "0"},
        {{{"abort", true}, {"sleep", 2}}, "(none)"}}) {
    control_.OnCreate([metadata = metadata](const Json&) {
      return Json{{"forced_exception", {{"name", "E"}, {"metadata", metadata}}}};
    });
    Injection call(CallToBar());
    EXPECT_EQ(call.fault()->call_first, header != "(none)") << metadata;
    EXPECT_EQ(Header(call, kForcedSleepHeader), header) << metadata;
    call.Failed("E");
  }
}

TEST_F(InjectorTest, ALatencyIsForTheCalleeAloneAndFailsNothing) {
  control_.OnCreate([](const Json&) {
    return Json::parse(R"({"forced_exception": {"name": "latency",
                           "metadata": {"abort": false, "sleep": 1.5}}})");
  });
  Injection call(CallToBar());
  EXPECT_FALSE(call.fault());
  EXPECT_EQ(Header(call, kForcedSleepHeader), "1.5");
  call.Returned(200, "");
  EXPECT_EQ(control_.Bodies("invocation_complete").at(0)["return_value"]["status_code"], "200");
}

TEST_F(InjectorTest, AFailureIsAStatusOrTheCodeOfAnRpc) {
  const auto fault_of = [&](const char* text) {
    control_.OnCreate([=](const Json&) { return Json{{"failure_metadata", Json::parse(text)}}; });
    Injection call(CallToBar());
    call.Returned(200, "");
    return call.fault();
  };
  EXPECT_EQ(fault_of(R"({"return_value": {"status_code": "503"}})")->status, 503);
  EXPECT_EQ(fault_of(R"({"return_value": {"status_code": 404}})")->status, 404);
  EXPECT_EQ(fault_of(R"({"exception": {"metadata": {"code": "NOT_FOUND"}}})")->code, "NOT_FOUND");
  for (const char* senseless :
       {R"({"return_value": {"status_code": "5O3"}})", R"({"return_value": {"status_code": "0"}})",
        R"({"return_value": {}})", R"({"exception": {}})", R"({"exception": {"metadata": 1}})"}) {
    testing::internal::CaptureStderr();
    EXPECT_FALSE(fault_of(senseless)) << senseless;
    EXPECT_NE(testing::internal::GetCapturedStderr().find("is not injected"), std::string::npos);
  }
}

TEST_F(InjectorTest, AFaultThatTheLibraryDoesNotKnowIsDroppedWithALine) {
  control_.OnCreate([](const Json&) {
    return Json::parse(R"({"forced_exception": {"name": "E", "metadata": {"abort": false}}})");
  });
  testing::internal::CaptureStderr();
  Injection call(CallToBar());
  call.DropFault("no such error");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "[FILIBUSTER] [WARNING]: the fault E is not injected: no such error\n");
  EXPECT_FALSE(call.fault());
  EXPECT_EQ(Header(call, kForcedSleepHeader), "(none)");
  EXPECT_NE(Header(call, kExecutionIndexHeader), "(none)");
}

TEST_F(InjectorTest, ACallLeftByAnExceptionIsReportedAsFailed) {
  try {
    Injection call(CallToBar());
    throw std::runtime_error("out of a callback");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(control_.Bodies("invocation_complete").at(0)["exception"]["name"], "unknown");
}

TEST_F(InjectorTest, TheCalleeSleepsAsTheCallerSays) {
  const auto begin = std::chrono::steady_clock::now();
  ReceiveRequest(IncomingCall(R"([["aa", 1]])", "{}", "0.05"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(50));
  ReceiveRequest(IncomingCall(R"([["aa", 1]])", "{}", "nonsense"));
  ReceiveRequest(IncomingCall(R"([["aa", 1]])", "{}", "-5"));
}

TEST_F(InjectorTest, TextsThatAreNotUtf8AreSentAllTheSame) {
  OutgoingCall call = CallToBar();
  call.target = "5001/\xff\xfe";
  Injection(call).Returned(200, "\xff");
  EXPECT_EQ(control_.Bodies("invocation").at(0)["args"][0], "5001/\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(control_.Bodies("invocation_complete").size(), 1u);
}

}  // namespace
}  // namespace filibuster
