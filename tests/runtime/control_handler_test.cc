#include "runtime/control_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

const char kIndex[] = R"([["a", 1]])";
const char kOther[] = R"([["b", 1]])";

struct Client {
  ControlHandler handler;

  ControlAnswer Send(std::string_view method, std::string_view target, const Json& body = nullptr) {
    return handler.Handle(method, target, body.is_null() ? "" : body.dump());
  }
  Json Get(std::string_view target) { return Json::parse(Send("GET", target).body); }
  bool FaultInjected(const std::string& condition) {
    return Get("/filibuster/fault-injected" + condition)["result"].get<bool>();
  }
  Json Create(const std::string& index) {
    return Json::parse(Send("PUT", "/filibuster/create", CreateMessage("foo", index)).body);
  }
  int Update(const Json& message) { return Send("POST", "/filibuster/update", message).status; }
};

PlannedFault Planned(const std::string& index, Fault fault) {
  return {index, std::move(fault), std::nullopt, std::nullopt};
}

const Fault kConnection = ForcedException{"httplib::Error::Connection", Json::object()};
const Fault k503 = FailureMetadata{{{"status_code", "503"}}, nullptr};

TEST(ControlHandlerTest, AnswersTheListingAndTheHealthCheck) {
  Client client;
  EXPECT_EQ(client.Get("/")["subresource_uris"]["create"], "filibuster/create");
  EXPECT_EQ(client.Get("/health-check"), Json({{"status", "OK"}}));
}

TEST(ControlHandlerTest, LogsACallFromCreateToCompletionInTheOrderOfMessages) {
  Client client;
  client.handler.BeginTestExecution({});
  EXPECT_EQ(client.Create(kIndex),
            Json({{"generated_id", 0}, {"execution_index", kIndex}, {"request_complete", true}}));
  EXPECT_EQ(client.Create(kOther)["generated_id"], 1);
  EXPECT_EQ(client.Update(ReceivedMessage("0", kIndex, "bar")), 200);
  EXPECT_EQ(client.Update(CompleteMessage(0, kIndex)), 200);

  const CallLog log = client.handler.EndTestExecution();
  ASSERT_EQ(log.calls.size(), 2u);
  EXPECT_EQ(log.calls[0].invocation.execution_index, kIndex);
  EXPECT_EQ(log.calls[0].invocation.metadata, Json({{"timeout", 10}}));
  EXPECT_EQ(log.calls[0].target_service_name, "bar");
  EXPECT_EQ(log.calls[0].return_value["status_code"], "200");
  EXPECT_EQ(log.calls[0].created_at, 0);
  EXPECT_EQ(log.calls[1].created_at, 1);
  EXPECT_EQ(log.calls[0].received_at, 2);
  EXPECT_EQ(log.calls[0].completed_at, 3);
  EXPECT_EQ(log.calls[1].target_service_name, std::nullopt);
  EXPECT_THAT(log.bad_requests, IsEmpty());
}

Json AnswerMessage(const std::vector<int>& ids, const std::string& status) {
  return {{"instrumentation_type", "request_complete"},
          {"generated_ids", ids},
          {"return_value", {{"status_code", status}}}};
}

TEST(ControlHandlerTest, AsksForTheAnswerWhereNoCallerReportsIt) {
  Client client;
  client.handler.BeginTestExecution({});
  EXPECT_EQ(client.Create(kIndex)["request_complete"], true);
  EXPECT_FALSE(client.Create(R"([["a", 1], ["b", 1]])").contains("request_complete"));
  client.handler.EndTestExecution();
  client.handler.BeginLoad({});
  EXPECT_FALSE(client.Create(kIndex).contains("request_complete"));
}

TEST(ControlHandlerTest, LogsWhatARequestIsAnsweredWith) {
  Client client;
  client.handler.BeginTestExecution({});
  client.Create(kIndex);
  client.handler.EndTestExecution();
  client.handler.BeginTestExecution({});
  const int first = client.Create(kIndex)["generated_id"];
  const int second = client.Create(kOther)["generated_id"];
  EXPECT_EQ(client.Update(AnswerMessage({second, first}, "500")), 200);
  const CallLog log = client.handler.EndTestExecution();
  ASSERT_EQ(log.requests.size(), 1u);
  EXPECT_THAT(log.requests[0].calls, ElementsAre(1, 0));
  EXPECT_EQ(log.requests[0].return_value["status_code"], "500");
}

TEST(ControlHandlerTest, LeavesOutAnAnswerThatIsNotOfThisExecution) {
  Client client;
  client.handler.BeginTestExecution({});
  const int earlier = client.Create(kIndex)["generated_id"];
  client.handler.EndTestExecution();
  EXPECT_EQ(client.Update(AnswerMessage({earlier}, "200")), 200);
  client.handler.BeginTestExecution({});
  const int now = client.Create(kIndex)["generated_id"];
  EXPECT_EQ(client.Update(AnswerMessage({earlier}, "200")), 200);
  EXPECT_EQ(client.Update(AnswerMessage({earlier, now}, "200")), 200);
  EXPECT_EQ(client.Update(AnswerMessage({-1}, "200")), 400);
  EXPECT_EQ(client.Update(AnswerMessage({now + 1}, "200")), 404);
  EXPECT_EQ(client.handler.stray_messages(), 3);
  EXPECT_THAT(client.handler.EndTestExecution().requests, IsEmpty());
}

TEST(ControlHandlerTest, DeliversAPlannedFaultWithTheCreateOfItsCallOnly) {
  Client client;
  client.handler.BeginTestExecution({Planned(kIndex, kConnection)});
  EXPECT_FALSE(client.Create(kOther).contains("forced_exception"));
  EXPECT_EQ(client.Create(kIndex)["forced_exception"]["name"], "httplib::Error::Connection");
  const CallLog log = client.handler.EndTestExecution();
  EXPECT_EQ(log.calls[0].fault, std::nullopt);
  EXPECT_EQ(log.calls[1].fault, kConnection);
}

TEST(ControlHandlerTest, DeliversTheFaultToEachCallOfOneExecutionIndex) {
  Client client;
  client.handler.BeginTestExecution({Planned(kIndex, k503)});
  const Json expected = {{"return_value", {{"status_code", "503"}}}};
  EXPECT_EQ(client.Create(kIndex)["failure_metadata"], expected);
  EXPECT_EQ(client.Create(kIndex)["failure_metadata"], expected);
}

TEST(ControlHandlerTest, SaysThatAFaultWasInjectedOnlyOnceItIsDelivered) {
  Client client;
  PlannedFault fault = Planned(kIndex, kConnection);
  fault.target_service_name = "bar";
  client.handler.BeginTestExecution({fault});
  EXPECT_FALSE(client.FaultInjected(""));
  EXPECT_FALSE(client.FaultInjected("/bar"));
  client.Create(kIndex);
  EXPECT_TRUE(client.FaultInjected(""));
  EXPECT_TRUE(client.FaultInjected("/bar"));
  EXPECT_TRUE(client.FaultInjected("/service/bar"));
  EXPECT_FALSE(client.FaultInjected("/baz"));
  EXPECT_TRUE(client.FaultInjected("/method/bar/Get"));
  EXPECT_FALSE(client.FaultInjected("/method/bar/Put"));
  EXPECT_FALSE(client.FaultInjected("/method/baz/Get"));
  client.handler.BeginTestExecution({});
  EXPECT_FALSE(client.FaultInjected(""));
}

TEST(ControlHandlerTest, KnowsTheTargetOfAFailedCallThatReachedItsCallee) {
  Client client;
  client.handler.BeginTestExecution(
      {Planned(kIndex, ForcedException{"Timeout", {{"abort", false}}})});
  client.Create(kIndex);
  EXPECT_FALSE(client.FaultInjected("/bar"));
  client.Update(ReceivedMessage("0", kIndex, "bar"));
  EXPECT_TRUE(client.FaultInjected("/bar"));
}

TEST(ControlHandlerTest, TakesAMethodWithASlashAndEscapedNames) {
  Client client;
  PlannedFault fault = Planned(kIndex, kConnection);
  fault.target_service_name = "b r";
  fault.method = "hello.Hello/SayHello";
  client.handler.BeginTestExecution({fault});
  client.Create(kIndex);
  EXPECT_TRUE(client.FaultInjected("/method/b%20r/hello.Hello/SayHello"));
  EXPECT_TRUE(client.FaultInjected("/method/b%20r/hello.Hello%2FSayHello"));
  EXPECT_FALSE(client.FaultInjected("/method/b%20r/hello.Hello"));
}

TEST(ControlHandlerTest, TellsEachServiceOnceThatATestExecutionIsNew) {
  Client client;
  const auto is_new = [&](const std::string& service) {
    return client.Get("/filibuster/new-test-execution/" + service)["new-test-execution"];
  };
  EXPECT_EQ(is_new("foo"), false);
  client.handler.BeginTestExecution({});
  EXPECT_EQ(is_new("foo"), true);
  EXPECT_EQ(is_new("foo"), false);
  EXPECT_EQ(is_new("bar"), true);
  client.handler.BeginTestExecution({});
  EXPECT_EQ(is_new("foo"), true);
}

TEST(ControlHandlerTest, NamesTheKeyThatIsWrong) {
  Client client;
  Json message = CreateMessage("foo", kIndex);
  message["module"] = 5;
  const ControlAnswer answer = client.Send("PUT", "/filibuster/create", message);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(Json::parse(answer.body)["error"], "module: found 5, expected a string");
}

TEST(ControlHandlerTest, RefusesWhatIsNotJson) {
  Client client;
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("\xff\xfe"), std::string("{} x"),
        std::string("1e999"), std::string("\0", 1), std::string(R"("\ud800")")}) {
    for (const auto& [method, target] :
         {std::pair{"PUT", "/filibuster/create"}, std::pair{"POST", "/filibuster/update"}}) {
      const ControlAnswer answer = client.handler.Handle(method, target, body);
      EXPECT_EQ(answer.status, 400) << body;
      EXPECT_THAT(answer.body, HasSubstr("the body is not JSON: ")) << body;
    }
  }
}

TEST(ControlHandlerTest, RefusesABodyOfNothingButBrackets) {
  Client client;
  const std::string body = R"({"args": )" + std::string(8'000'000, '[');
  EXPECT_THAT(client.handler.Handle("PUT", "/filibuster/create", body).body,
              HasSubstr("nested deeper than 100 levels"));
  Json message = CreateMessage("foo", kIndex);
  message["args"] = {std::string(1000, '['), R"(\"[[[)"};  // brackets in strings do not count
  EXPECT_EQ(client.Send("PUT", "/filibuster/create", message).status, 200);
}

TEST(ControlHandlerTest, RefusesACreateThatNamesNoCall) {
  Client client;
  client.handler.BeginTestExecution({});
  for (const char* index : {"", "foo", "[]", "{}", "[1]", R"([["a"]])", R"([["a", "1"]])"}) {
    EXPECT_EQ(client.Send("PUT", "/filibuster/create", CreateMessage("foo", index)).status, 400)
        << index;
  }
  EXPECT_EQ(client.Send("PUT", "/filibuster/create", CreateMessage("", kIndex)).status, 400);
  Json update = CreateMessage("foo", kIndex);
  update["instrumentation_type"] = "request_received";
  EXPECT_EQ(client.Send("PUT", "/filibuster/create", update).status, 400);
  const CallLog log = client.handler.EndTestExecution();
  EXPECT_THAT(log.calls, IsEmpty());
  EXPECT_THAT(log.bad_requests[1], HasSubstr(R"(execution_index: found "foo", expected a list)"));
}

TEST(ControlHandlerTest, RefusesUnknownPathsAndWrongMethods) {
  Client client;
  for (const char* target : {"", "x", "/x", "/filibuster", "/filibuster/", "/filibuster/create/1",
                             "/filibuster/new-test-execution", "/filibuster/new-test-execution/",
                             "/filibuster/fault-injected/a/b",
                             "/filibuster/fault-injected/method/a", "//filibuster/create"}) {
    EXPECT_EQ(client.Send("GET", target).status, *target == '\0' ? 200 : 404) << target;
  }
  EXPECT_EQ(client.Send("GET", "/filibuster/create").status, 405);
  EXPECT_EQ(client.Send("PUT", "/filibuster/update").status, 405);
  EXPECT_EQ(client.Send("POST", "/health-check").status, 405);
  EXPECT_EQ(client.Send("DELETE", "/filibuster/new-test-execution/foo").status, 405);
  EXPECT_THAT(client.Send("GET", "/x").body,
              HasSubstr("path: found /x, expected one that GET / lists"));
  EXPECT_THAT(client.Send("GET", "/filibuster/create").body,
              HasSubstr("method: found GET, expected PUT"));
}

TEST(ControlHandlerTest, RefusesUpdatesOutOfOrder) {
  Client client;
  client.handler.BeginTestExecution({});
  EXPECT_EQ(client.Update(CompleteMessage(0, kIndex)), 404);
  client.Create(kIndex);
  EXPECT_EQ(client.Update(CompleteMessage(1, kIndex)), 404);
  EXPECT_EQ(client.Update(CompleteMessage(-1, kIndex)), 400);
  EXPECT_EQ(client.Update(ReceivedMessage("0", kOther, "bar")), 409);
  EXPECT_EQ(client.Update(CompleteMessage(0, kIndex)), 200);
  EXPECT_EQ(client.Update(CompleteMessage(0, kIndex)), 409);
  // The callee may have been slower than its caller's timeout.
  EXPECT_EQ(client.Update(ReceivedMessage("0", kIndex, "bar")), 200);
  // A client library may send the request twice; the first callee is the one that was meant.
  EXPECT_EQ(client.Update(ReceivedMessage("0", kIndex, "proxy")), 200);

  const CallLog log = client.handler.EndTestExecution();
  EXPECT_EQ(log.calls[0].target_service_name, "bar");
  EXPECT_THAT(
      log.bad_requests,
      ElementsAre(
          "POST /filibuster/update: 404: generated_id: found 0, expected one that a create "
          "was answered with, as 0 of this test execution were",
          HasSubstr("found 1"), HasSubstr("400: generated_id"),
          HasSubstr(R"(409: execution_index: found [["b", 1]], expected [["a", 1]])"),
          HasSubstr(
              "409: invocation_complete: found a second one of generated_id 0, expected one")));
}

TEST(ControlHandlerTest, KeepsMessagesOfAnEarlierExecutionOutOfTheNext) {
  Client client;
  client.handler.BeginTestExecution({});
  const Json old_id = client.Create(kIndex)["generated_id"];
  client.handler.EndTestExecution();

  EXPECT_EQ(client.Update(ReceivedMessage(old_id, kIndex, "bar")), 200);
  const Json between = client.Create(kIndex)["generated_id"];
  client.handler.BeginTestExecution({});
  const Json new_id = client.Create(kIndex)["generated_id"];
  EXPECT_EQ(client.Update(CompleteMessage(old_id, kIndex)), 200);
  EXPECT_EQ(client.Update(CompleteMessage(between, kIndex)), 200);

  const CallLog log = client.handler.EndTestExecution();
  ASSERT_EQ(log.calls.size(), 1u);
  EXPECT_EQ(log.calls[0].completed_at, std::nullopt);
  EXPECT_EQ(log.calls[0].received_at, std::nullopt);
  EXPECT_EQ(log.calls[0].generated_id, 0);
  EXPECT_EQ(new_id, 2);
  EXPECT_EQ(client.handler.stray_messages(), 4);
}

TEST(ControlHandlerTest, KeepsTheLogOfRefusalsShortAndReadable) {
  Client client;
  client.handler.BeginTestExecution({});
  for (int i = 0; i < 150; ++i) client.Send("GET", "/\xff\n" + std::string(10'000, 'x'));
  const CallLog log = client.handler.EndTestExecution();
  ASSERT_EQ(log.bad_requests.size(), 101u);
  EXPECT_THAT(log.bad_requests[0], testing::StartsWith("GET /??xxx"));
  EXPECT_LE(log.bad_requests[0].size(), 500u);
  EXPECT_EQ(log.bad_requests[100], "and 50 more refused requests");
}

TEST(ControlHandlerTest, UnderLoadEachCallThatIsPlannedToFailDoes) {
  Client client;
  client.handler.BeginLoad({Planned(kIndex, k503)});
  for (int test = 0; test < 3; ++test) {
    const Json failed = client.Create(kIndex);
    EXPECT_TRUE(failed.contains("failure_metadata"));
    EXPECT_FALSE(failed.contains("under_load"));  // it is to be announced each time
    const Json other = client.Create(kOther);
    EXPECT_FALSE(other.contains("failure_metadata"));
    EXPECT_EQ(other["under_load"], true);
  }
  const LoadLog log = client.handler.EndLoad();
  EXPECT_EQ(log.calls, 6);
  EXPECT_THAT(log.injected, ElementsAre(Pair(kIndex, 3)));
  EXPECT_THAT(log.bad_requests, IsEmpty());
}

TEST(ControlHandlerTest, UnderLoadUpdatesAreTakenAndAreNotStray) {
  Client client;
  client.handler.BeginLoad({});
  const Json id = client.Create(kIndex)["generated_id"];
  EXPECT_EQ(client.Update(ReceivedMessage(id, kIndex, "bar")), 200);
  EXPECT_EQ(client.Update(CompleteMessage(id, kIndex)), 200);
  EXPECT_EQ(client.Update(CompleteMessage(id.get<int>() + 1, kIndex)), 404);
  EXPECT_EQ(client.handler.stray_messages(), 0);
  EXPECT_THAT(client.handler.EndLoad().bad_requests, ElementsAre(HasSubstr("404")));
}

TEST(ControlHandlerTest, UnderLoadEachRequestOfTheTestBeginsATestExecution) {
  Client client;
  client.handler.BeginLoad({});
  EXPECT_EQ(client.Get("/filibuster/new-test-execution/foo")["new-test-execution"], true);
  EXPECT_EQ(client.Get("/filibuster/new-test-execution/foo")["new-test-execution"], true);
  client.handler.EndLoad();
  client.handler.BeginTestExecution({});
  EXPECT_EQ(client.Get("/filibuster/new-test-execution/foo")["new-test-execution"], true);
  EXPECT_EQ(client.Get("/filibuster/new-test-execution/foo")["new-test-execution"], false);
}

TEST(ControlHandlerTest, UnderLoadAFaultCountsAsInjectedOnceACallGotIt) {
  Client client;
  PlannedFault planned = Planned(kIndex, kConnection);
  planned.target_service_name = "bar";
  client.handler.BeginLoad({planned});
  EXPECT_FALSE(client.FaultInjected("/bar"));
  client.Create(kIndex);
  EXPECT_TRUE(client.FaultInjected(""));
  EXPECT_TRUE(client.FaultInjected("/bar"));
  EXPECT_FALSE(client.FaultInjected("/baz"));
}

}  // namespace
}  // namespace filibuster
