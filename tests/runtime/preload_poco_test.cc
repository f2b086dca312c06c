#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "runtime/corrupted_body.h"
#include "tests/runtime/corrupted_bodies.h"
#include "tests/runtime/expect_latency.h"
#include "tests/runtime/poco_call.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/ask_for_answers.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Poco::Net::HTTPClientSession;
using Way = MisbehavingServer::Way;

class PreloadPocoTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    control_.Reset();
    session_.setTimeout(kPatient);
    session_.setKeepAlive(GetParam());
  }

  // An answer is waited for, however busy the machine; silence is not waited for as long.
  static constexpr Poco::Timespan::TimeDiff kPatient = 60'000'000;
  static constexpr Poco::Timespan::TimeDiff kBriefly = 300'000;

  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }

  // What a caller sees of the real failure, and of the injected one while the server is well; and
  // that the session is as good as new after it.
  void ExpectInjectedAsReal(Way way, const std::string& answer, const char* fault) {
    for (const char* method : {"GET", "POST"}) {
      server_.Restart(way, answer);
      session_.reset();
      if (way == Way::kStaySilent) session_.setTimeout(kBriefly);
      const std::string real = Call(session_, method);
      const Json outcome = control_.Bodies("invocation_complete").back();
      control_.Reset();
      server_.Restart(Way::kAnswer, Ok("well"));
      session_.reset();  // a connection that was kept is gone
      session_.setTimeout(kPatient);
      const std::string well = Call(session_, method);
      EXPECT_EQ(well.substr(0, 6), "200 OK") << well;
      const size_t requests = server_.requests().size();
      Inject(fault);
      EXPECT_EQ(Call(session_, method), real);
      EXPECT_EQ(server_.requests().size(), requests);
      const Json injected = control_.Bodies("invocation_complete").back();
      for (const char* key : {"exception", "return_value"}) {
        EXPECT_EQ(injected.value(key, Json()), outcome.value(key, Json()));
      }
      control_.Reset();
      EXPECT_EQ(Call(session_, method), well);
    }
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
  HTTPClientSession session_{"127.0.0.1", static_cast<Poco::UInt16>(server_.port())};
};

INSTANTIATE_TEST_SUITE_P(KeepAlive, PreloadPocoTest, testing::Bool());

TEST_P(PreloadPocoTest, ARefusedConnectionLooksAsWhenNobodyListens) {
  ExpectInjectedAsReal(Way::kDoNotListen, "", kRefused);
}

TEST_P(PreloadPocoTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  ExpectInjectedAsReal(Way::kStaySilent, "", kTimeout);
}

TEST_P(PreloadPocoTest, NoMessageLooksAsWhenTheServerCloses) {
  ExpectInjectedAsReal(Way::kClose, "", kNoMessage);
}

TEST_P(PreloadPocoTest, AStatusLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable, kStatus);
}

// A caller that asks whether to send its body hears of the failure there.
TEST_P(PreloadPocoTest, AnAnswerToAnExpectationLooksAsTheServers) {
  const auto ask = [&] {
    Poco::Net::HTTPRequest request("POST", "/bar", Poco::Net::HTTPRequest::HTTP_1_1);
    request.setExpectContinue(true);
    Poco::Net::HTTPResponse response;
    try {
      session_.sendRequest(request);
      const bool goes_on = session_.peekResponse(response);
      return std::to_string(response.getStatus()) + (goes_on ? " goes on" : " ends");
    } catch (const Poco::Exception& exception) {
      return exception.displayText();
    }
  };
  for (const auto& [way, answer, fault] :
       {std::tuple(Way::kAnswer, kUnavailable, kStatus), std::tuple(Way::kClose, "", kNoMessage)}) {
    control_.Reset();
    server_.Restart(way, answer);
    session_.reset();
    const std::string real = ask();
    session_.reset();
    server_.Restart(Way::kAnswer, Ok("well"));
    Inject(fault);
    EXPECT_EQ(ask(), real);
    EXPECT_TRUE(server_.requests().empty());
    session_.reset();
    control_.Reset();
    EXPECT_EQ(Call(session_).substr(0, 6), "200 OK");
  }
}

// Nor has it the name of a host that it was not sent to.
TEST_P(PreloadPocoTest, ARequestThatIsRefusedIsLeftAsItWas) {
  Inject(kRefused);
  Poco::Net::HTTPRequest request("GET", "/bar", Poco::Net::HTTPRequest::HTTP_1_1);
  EXPECT_THROW(session_.sendRequest(request), Poco::Net::ConnectionRefusedException);
  EXPECT_FALSE(request.has("Host"));
}

TEST_P(PreloadPocoTest, AFaultThatCannotBeIsDropped) {
  for (const char* fault :
       {R"({"forced_exception": {"name": "Poco::Unheard", "metadata": {}}})",
        R"({"forced_exception": {"name": "Poco::Net::ConnectionRefusedException",
                                 "metadata": {"abort": false}}})"}) {
    Inject(fault);
    EXPECT_EQ(Call(session_).substr(0, 6), "200 OK");
  }
}

TEST_P(PreloadPocoTest, WithoutAbortTheCalleeIsCalledAndItsAnswerIsNotSeen) {
  for (const auto& [way, name] : {std::pair(Way::kStaySilent, "Poco::TimeoutException"),
                                  std::pair(Way::kClose, "Poco::Net::NoMessageException")}) {
    for (const char* method : {"GET", "POST"}) {
      server_.Restart(way);
      session_.reset();
      session_.setTimeout(way == Way::kStaySilent ? kBriefly : kPatient);
      const std::string real = Call(session_, method);
      server_.Restart(Way::kAnswer, Ok("well"));
      session_.reset();
      session_.setTimeout(kPatient);
      const std::string well = Call(session_, method);
      control_.Reset();
      control_.OnCreate([name = name](const Json&) -> Json {
        return {{"forced_exception", {{"name", name}, {"metadata", {{"abort", false}}}}}};
      });
      EXPECT_EQ(Call(session_, method), real);
      ASSERT_EQ(server_.requests().size(), 2U);
      EXPECT_NE(server_.requests()[1].find("X-Filibuster-Forced-Sleep"), std::string::npos);
      EXPECT_EQ(control_.Bodies("invocation_complete").back()["exception"],
                Json({{"name", name}, {"metadata", {{"abort", false}}}}));
      control_.Reset();
      EXPECT_EQ(Call(session_, method), well);
    }
  }
}

TEST_P(PreloadPocoTest, ACorruptedBodyIsTheAnswersOwnTransformed) {
  for (const CorruptedBodyCase& it : kCorruptedBodies) {
    control_.Reset();
    server_.Restart(Way::kAnswer, Ok(it.body));
    session_.reset();
    const std::string real = Call(session_);
    server_.Restart(Way::kAnswer, Ok(it.answer));
    session_.reset();
    const std::string well = Call(session_);
    Inject(it.fault());
    EXPECT_EQ(Call(session_), real);
    EXPECT_EQ(control_.Bodies("invocation_complete").back()["return_value"]["transformation"],
              it.transformation);
    control_.Reset();
    EXPECT_EQ(Call(session_), well);
  }
}

TEST_P(PreloadPocoTest, ABodyThatCannotBeTransformedSoIsPassedOnAsItIs) {
  const std::string well = Call(session_);
  Inject(kNotTransformed.fault());
  EXPECT_EQ(Call(session_), well);
  EXPECT_FALSE(
      control_.Bodies("invocation_complete").back()["return_value"].contains("transformation"));
}

TEST_P(PreloadPocoTest, ABodyThatIsTooLongIsPassedOnAsItIs) {
  const std::string longest(kMaxCorruptible, 'x');
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + longest + "\r\n0\r\n\r\n";
  for (const auto& [answer, fits] :
       {std::pair(Ok(longest), true), std::pair(chunked, true), std::pair(Ok(longest + "y"), false),
        std::pair(Ok(longest + longest), false)}) {
    control_.Reset();
    server_.Restart(Way::kAnswer, answer);
    session_.reset();
    const std::string well = Call(session_);
    Inject(kCorruptedBodies[1].fault());
    for (int i = 0; i < 2; ++i) EXPECT_EQ(Call(session_) == well, !fits);
    EXPECT_EQ(
        control_.Bodies("invocation_complete").back()["return_value"].contains("transformation"),
        fits);
  }
}

// The server closes, or says no more.
TEST_P(PreloadPocoTest, ABodyThatBreaksOffIsPassedOnAsFarAsItCame) {
  for (const Way way : {Way::kAnswer, Way::kAnswerAndClose}) {
    control_.Reset();
    server_.Restart(way, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    session_.reset();
    session_.setTimeout(kBriefly);
    const std::string real = Call(session_);
    session_.reset();
    Inject(kCorruptedBodies[1].fault());
    EXPECT_EQ(Call(session_), real);
  }
}

TEST_P(PreloadPocoTest, ALatencyIsWaitedForAndPastTheTimeoutIsTheTimeoutsErrorAtTheTimeout) {
  ExpectLatencyAsReal(control_, [](int port, std::chrono::milliseconds timeout) {
    HTTPClientSession session("127.0.0.1", static_cast<Poco::UInt16>(port));
    session.setTimeout(Poco::Timespan(timeout.count() * 1000));
    session.setKeepAlive(GetParam());
    return Call(session);
  });
}

TEST_P(PreloadPocoTest, ACallIsAnnouncedWithItsTimeoutAndCarriesItsIndex) {
  Call(session_, "POST");
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["module"], "poco");
  EXPECT_EQ(create["method"], "POST");
  EXPECT_EQ(create["args"], Json::array({std::to_string(server_.port()) + "/bar"}));
  EXPECT_EQ(create["callsite_file"], "runtime/poco_call.h");
  EXPECT_EQ(create["metadata"]["timeout"], 60);
  const std::string index = create["execution_index"];
  EXPECT_NE(server_.requests().at(0).find("X-Filibuster-Execution-Index: " + index),
            std::string::npos);
}

// A server whose handler calls another one before it answers.
class CallingHandler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit CallingHandler(int port) : port_(port) {}
  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override {
    HTTPClientSession session("127.0.0.1", static_cast<Poco::UInt16>(port_));
    for (int i = 0; i < 2; ++i) Call(session);
    if (request.getURI() == "/throws") throw Poco::RuntimeException("out of the handler");
    response.setStatusAndReason(Poco::Net::HTTPResponse::HTTP_ACCEPTED);
    response.setContentLength(0);
    response.send();
  }

 private:
  const int port_;
};

struct CallingFactory : Poco::Net::HTTPRequestHandlerFactory {
  explicit CallingFactory(int port) : port(port) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new CallingHandler(port);
  }
  const int port;
};

TEST_P(PreloadPocoTest, CallsOfAHandlerBelongToItsRequest) {
  Poco::Net::HTTPServer front(new CallingFactory(server_.port()), Poco::Net::ServerSocket(0),
                              new Poco::Net::HTTPServerParams);
  front.start();
  HTTPClientSession session("127.0.0.1", front.port());
  session.setKeepAlive(GetParam());
  for (int request = 1; request <= 2; ++request) {
    control_.Reset();
    EXPECT_EQ(Call(session).substr(0, 12), "202 Accepted");
    const std::vector<Json> creates = control_.Bodies("invocation");
    ASSERT_EQ(creates.size(), 3U);
    const auto index = [&](size_t i) {
      return Json::parse(creates[i]["execution_index"].get<std::string>());
    };
    ASSERT_EQ(index(0).size(), 1U);
    for (int i = 1; i <= 2; ++i) {
      ASSERT_EQ(index(i).size(), 2U);
      EXPECT_EQ(index(i)[0], index(0)[0]);
      EXPECT_EQ(index(i)[1][0], index(1)[1][0]);
      EXPECT_EQ(index(i)[1][1], i);
    }
    EXPECT_EQ(control_.Bodies("request_received").size(), 1U);
  }
  front.stopAll(true);
}

TEST_P(PreloadPocoTest, WhatATestIsAnsweredIsToldBeforeItIsSent) {
  Poco::Net::HTTPServer front(new CallingFactory(server_.port()), Poco::Net::ServerSocket(0),
                              new Poco::Net::HTTPServerParams);
  front.start();
  for (const auto& [path, status] : {std::pair("/throws", "500"), {"/bar", "202"}}) {
    control_.Reset();
    AskForAnswers(control_);
    HTTPClientSession session("127.0.0.1", front.port());
    Poco::Net::HTTPRequest request("GET", path, "HTTP/1.1");
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    session.receiveResponse(response);
    const auto answers = control_.Bodies("request_complete");
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(std::to_string(response.getStatus()), status);
    EXPECT_EQ(answers[0]["return_value"]["status_code"], status);
    EXPECT_EQ(answers[0]["generated_ids"].size(), 2U);
  }
  front.stopAll(true);
}

// And so keeps no peer of ours.
TEST_P(PreloadPocoTest, ACallEndsWithItsSessionIfNobodyAsksForItsAnswer) {
  struct Derived : HTTPClientSession {
    using HTTPClientSession::HTTPClientSession;
  };
  const auto send = [](HTTPClientSession* made) {
    const std::unique_ptr<HTTPClientSession> session(made);
    Poco::Net::HTTPRequest request("GET", "/");
    session->sendRequest(request);
  };
  Inject(R"({"failure_metadata": {"return_value": {"status_code": "503"}}})");
  send(new HTTPClientSession("127.0.0.1", server_.port()));
  EXPECT_EQ(control_.Bodies("invocation_complete").at(0)["exception"]["name"], "unknown");
  send(new Derived("127.0.0.1", server_.port()));
  EXPECT_EQ(control_.Bodies("invocation_complete").at(1)["exception"]["name"], "unknown");
}

}  // namespace
}  // namespace filibuster
