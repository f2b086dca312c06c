// What a service tells a control server under load.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filibuster/injector.h"
#include "runtime/protocol.h"
#include "tests/runtime/httplib_test_service.h"
#include "tests/runtime/injected_calls.h"

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class InjectorLoadTest : public testing::Test {
 protected:
  // Services believe what they are told under load as long as the connection lasts.
  InjectorLoadTest() { Reconnect(); }
  ~InjectorLoadTest() override { Reconnect(); }

  void Reconnect() {
    control_.Stop();
    control_.Start();
    control_.Reset();
  }

  // As a server under load: there is a fault for some calls, by line.
  void FailCallsOfLine(int line) {
    control_.OnCreate([line](const Json& body) -> Json {
      if (body["callsite_line"] != std::to_string(line)) return {{"under_load", true}};
      return ToJson(Fault(ForcedException{"httplib::Error::Connection", Json::object()}));
    });
  }

  FakeControlServer& control_ = ControlServer();
};

TEST_F(InjectorLoadTest, ACallThatHasNoFaultIsAnnouncedOnce) {
  FailCallsOfLine(0);
  Injection(CallToBar()).Returned(200, "");
  const size_t messages = control_.messages().size();
  for (int request = 0; request < 3; ++request) {
    Injection call(CallToBar());
    EXPECT_FALSE(call.fault());
    EXPECT_THAT(
        call.headers(),
        ElementsAre(Pair(kExecutionIndexHeader, R"([["93b1910dac5ab51a", 1]])"),
                    Pair(kGeneratedIdHeader, "0"), Pair(kOriginVClockHeader, R"({"foo": 1})"),
                    Pair(kRequestIdHeader, SizeIs(16)), Pair(kVClockHeader, R"({"foo": 1})")));
    call.Returned(200, "");
  }
  EXPECT_EQ(control_.messages().size(), messages);
}

TEST_F(InjectorLoadTest, ACallThatHasAFaultIsAnnouncedEachTime) {
  FailCallsOfLine(18);
  for (int request = 0; request < 3; ++request) {
    Injection(CallToBar(17)).Returned(200, "");
    Injection call(CallToBar(18));
    ASSERT_TRUE(call.fault());
    EXPECT_EQ(call.fault()->exception, "httplib::Error::Connection");
    call.Failed(call.fault()->exception);
  }
  std::vector<std::string> lines;
  for (const Json& create : control_.Bodies("invocation")) lines.push_back(create["callsite_line"]);
  EXPECT_THAT(lines, ElementsAre("17", "18", "18", "18"));
}

TEST_F(InjectorLoadTest, TheSecondCallOfARequestIsAnotherThanTheFirst) {
  FailCallsOfLine(0);
  Injection(CallToBar()).Returned(200, "");
  for (int request = 0; request < 2; ++request) {
    const ContextScope scope(ReceiveRequest([](const char*) { return std::string(); }));
    for (int call = 0; call < 2; ++call) Injection(CallToBar()).Returned(200, "");
  }
  std::vector<std::string> indexes;
  for (const Json& create : control_.Bodies("invocation")) {
    indexes.push_back(create["execution_index"]);
  }
  EXPECT_THAT(indexes, ElementsAre(R"([["93b1910dac5ab51a", 1]])", R"([["93b1910dac5ab51a", 2]])"));
}

TEST_F(InjectorLoadTest, RequestsAreNotReportedOnceTheServerSaysSo) {
  const std::string body = R"({"under_load": true})";
  control_.AnswerWith("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body);
  for (int request = 0; request < 3; ++request) {
    EXPECT_NE(ReceiveRequest(IncomingCall(R"([["aa", 1]])", R"({"users": 1})")), nullptr);
  }
  control_.AnswerProperly();
  EXPECT_THAT(control_.Bodies("request_received"), SizeIs(1));
}

TEST_F(InjectorLoadTest, AServerAtTheOtherEndOfANewConnectionIsAskedAgain) {
  FailCallsOfLine(0);
  Injection(CallToBar()).Returned(200, "");
  Injection(CallToBar()).Returned(200, "");
  EXPECT_THAT(control_.Bodies("invocation"), SizeIs(1));
  Reconnect();
  FailCallsOfLine(17);
  EXPECT_THAT(control_.Bodies("invocation"), IsEmpty());
  EXPECT_TRUE(Injection(CallToBar()).fault());
  Reconnect();
  control_.OnCreate([](const Json&) { return Json::object(); });
  for (int call = 0; call < 2; ++call) Injection(CallToBar()).Returned(200, "");
  EXPECT_THAT(control_.Bodies("invocation"), SizeIs(2));
  EXPECT_THAT(control_.Bodies("invocation_complete"), SizeIs(2));
}

}  // namespace
}  // namespace filibuster
