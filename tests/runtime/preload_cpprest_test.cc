#include <cpprest/http_listener.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/corrupted_body.h"
#include "tests/runtime/corrupted_bodies.h"
#include "tests/runtime/cpprest_call.h"
#include "tests/runtime/expect_latency.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/ask_for_answers.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using web::http::http_exception;
using web::http::http_request;
using web::http::http_response;
using web::http::methods;
using web::http::client::http_client;
using web::http::experimental::listener::http_listener;
using Way = MisbehavingServer::Way;

class PreloadCpprestTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }

  Json Outcome() const { return control_.Bodies("invocation_complete").back(); }

  // What a caller sees of the real failure, and of the injected one while the server is well; and
  // that the client is as good as new after it.
  void ExpectInjectedAsReal(Way way, const std::string& answer, const std::string& fault) {
    for (const char* method : {"GET", "POST"}) {
      server_.Restart(way, answer);
      http_client to_broken(UriOf(server_.port()),
                            Config(way == Way::kStaySilent ? kBriefly : kPatient));
      const std::string real = Call(to_broken, method);
      const Json outcome = Outcome();
      control_.Reset();
      server_.Restart(Way::kAnswer, Ok("well"));
      http_client client(UriOf(server_.port()), Config());
      const std::string well = Call(client, method);
      EXPECT_EQ(well.substr(0, 6), "200 OK") << well;
      const size_t requests = server_.requests().size();
      Inject(fault);
      EXPECT_EQ(Call(client, method), real);
      EXPECT_EQ(server_.requests().size(), requests);
      for (const char* key : {"exception", "return_value"}) {
        EXPECT_EQ(Outcome().value(key, Json()), outcome.value(key, Json()));
      }
      control_.Reset();
      EXPECT_EQ(Call(client, method), well);
    }
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
  http_client client_{UriOf(server_.port()), Config()};
};

TEST_F(PreloadCpprestTest, ARefusedConnectionLooksAsWhenNobodyListens) {
  ExpectInjectedAsReal(Way::kDoNotListen, "", Forced("EHOSTUNREACH"));
}

TEST_F(PreloadCpprestTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  ExpectInjectedAsReal(Way::kStaySilent, "", Forced("ETIMEDOUT"));
}

TEST_F(PreloadCpprestTest, AnAbortedConnectionLooksAsWhenTheServerCloses) {
  ExpectInjectedAsReal(Way::kClose, "", Forced("ECONNABORTED"));
}

TEST_F(PreloadCpprestTest, AStatusLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable, kStatus);
}

TEST_F(PreloadCpprestTest, WithoutAbortTheCalleeIsCalledBeforeTheFault) {
  Inject(Forced("ETIMEDOUT", R"({"abort": false, "sleep": 2})"));
  EXPECT_EQ(Call(client_).find("Failed to read HTTP status line: generic 110"), 0U);
  ASSERT_EQ(server_.requests().size(), 1U);
  EXPECT_NE(server_.requests()[0].find("X-Filibuster-Forced-Sleep:2"), std::string::npos);
}

TEST_F(PreloadCpprestTest, AFaultThatCannotBeIsDropped) {
  Inject(R"({"forced_exception": {"name": "web::http::unheard", "metadata": {}}})");
  EXPECT_EQ(Call(client_).substr(0, 6), "200 OK");
}

TEST_F(PreloadCpprestTest, ACorruptedBodyIsTheAnswersOwnTransformed) {
  for (const CorruptedBodyCase& it : kCorruptedBodies) {
    control_.Reset();
    server_.Restart(Way::kAnswer, Ok(it.body));
    const std::string real = Call(client_);
    server_.Restart(Way::kAnswer, Ok(it.answer));
    Inject(it.fault());
    EXPECT_EQ(Call(client_), real);
    EXPECT_EQ(Outcome()["return_value"]["transformation"], it.transformation);
  }
}

TEST_F(PreloadCpprestTest, ABodyThatCannotBeTransformedSoIsPassedOnAsItIs) {
  const std::string well = Call(client_);
  Inject(kNotTransformed.fault());
  EXPECT_EQ(Call(client_), well);
  EXPECT_FALSE(Outcome()["return_value"].contains("transformation"));
}

TEST_F(PreloadCpprestTest, ABodyThatIsTooLongIsPassedOnAsItIs) {
  const std::string longest(kMaxCorruptible, 'x');
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "100000\r\n" + longest + "\r\n";
  const std::string last_chunk = "0\r\n\r\n";
  for (const auto& [answer, fits] :
       {std::pair(Ok(longest), true), std::pair(chunked + chunk + last_chunk, true),
        std::pair(Ok(longest + "y"), false),
        std::pair(chunked + chunk + chunk + last_chunk, false)}) {
    control_.Reset();
    server_.Restart(Way::kAnswer, answer);
    const std::string well = Call(client_);
    Inject(kCorruptedBodies[1].fault());
    testing::internal::CaptureStderr();
    EXPECT_EQ(Call(client_) == well, !fits);
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(log.find("longer than 1 MiB") == log.npos, fits) << log;
    EXPECT_EQ(Outcome()["return_value"].contains("transformation"), fits);
  }
}

// The server closes, or says no more.
TEST_F(PreloadCpprestTest, ABodyThatBreaksOffIsPassedOnAsFarAsItCame) {
  for (const Way way : {Way::kAnswer, Way::kAnswerAndClose}) {
    control_.Reset();
    server_.Restart(way, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    http_client client(UriOf(server_.port()), Config(std::chrono::milliseconds(500)));
    const std::string real = Call(client);
    Inject(kCorruptedBodies[1].fault());
    EXPECT_EQ(Call(client), real);
  }
}

TEST_F(PreloadCpprestTest, ABodyThatGoesToAStreamOfTheServicesIsNotCorrupted) {
  Inject(kCorruptedBodies[0].fault());
  const concurrency::streams::container_buffer<std::vector<std::uint8_t>> body;
  http_request request(methods::GET);
  request.set_response_stream(body.create_ostream());
  client_.request(request).get().content_ready().wait();
  EXPECT_EQ(std::string(body.collection().begin(), body.collection().end()), "well");
  EXPECT_FALSE(Outcome()["return_value"].contains("transformation"));
}

TEST_F(PreloadCpprestTest, ALatencyIsWaitedForAndPastTheTimeoutIsTheTimeoutsErrorAtTheTimeout) {
  ExpectLatencyAsReal(control_, [](int port, std::chrono::milliseconds timeout) {
    http_client client(UriOf(port), Config(timeout));
    const std::string seen = Call(client);
    return seen.substr(0, seen.rfind('\n'));  // without the port
  });
}

TEST_F(PreloadCpprestTest, ACallIsAnnouncedWithItsTimeoutAndCarriesItsIndex) {
  Call(client_, "POST");
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["module"], "cpprest");
  EXPECT_EQ(create["method"], "request");
  EXPECT_EQ(create["args"], Json::array({std::to_string(server_.port()) + "/bar?x=1"}));
  EXPECT_EQ(create["callsite_file"], "runtime/cpprest_call.h");
  EXPECT_EQ(create["metadata"]["timeout"], 60);
  const std::string index = create["execution_index"];
  EXPECT_NE(server_.requests().at(0).find("X-Filibuster-Execution-Index:" + index),
            std::string::npos);
}

TEST_F(PreloadCpprestTest, AConvenienceFunctionsCallSiteIsTheServicesOwn) {
  client_.request(methods::GET, "/bar").wait();
  EXPECT_EQ(control_.Bodies("invocation").at(0)["callsite_file"],
            "runtime/preload_cpprest_test.cc");
}

TEST_F(PreloadCpprestTest, ACancelledCallIsCancelledAndReported) {
  server_.Restart(Way::kStaySilent);
  http_client client(UriOf(server_.port()));
  pplx::cancellation_token_source source;
  const auto called = client.request(methods::GET, "/bar", source.get_token());
  source.cancel();
  try {
    called.get();
    ADD_FAILURE() << "it was not cancelled";
  } catch (const http_exception& exception) {
    EXPECT_EQ(exception.error_code(), std::errc::operation_canceled);
  }
  EXPECT_EQ(Outcome()["exception"]["name"], "web::http::http_exception(125)");
}

// What a handler does in its own thread, and what it goes on with in others.
TEST_F(PreloadCpprestTest, CallsOfAHandlerAndOfItsContinuationsBelongToItsRequest) {
  http_listener front(UriOf(0));
  // It cannot listen on port 0. Below 32768, no port is another test's, chosen by the kernel.
  for (int port = 10'000 + ::getpid() % 20'000;; ++port) {
    front = http_listener(UriOf(port));
    front.support([&](const http_request& request) {
      client_.request(methods::GET, "/first")
          .then([&](const http_response& response) { return response.extract_string(true); })
          .then([&](const std::string&) { return client_.request(methods::GET, "/second"); })
          .then([request](const http_response&) { return request.reply(200, "done"); });
    });
    try {
      front.open().wait();
      break;
    } catch (const http_exception&) {
      ASSERT_LT(port, 32'000);
    }
  }
  for (int request = 1; request <= 2; ++request) {
    control_.Reset();
    http_client client(front.uri());
    EXPECT_EQ(client.request(methods::GET, "/").get().extract_string().get(), "done");
    const std::vector<Json> creates = control_.Bodies("invocation");
    ASSERT_EQ(creates.size(), 3U);
    const auto index = [&](size_t i) {
      return Json::parse(creates[i]["execution_index"].get<std::string>());
    };
    EXPECT_EQ(index(0).size(), 1U);
    for (int i = 1; i <= 2; ++i) {
      ASSERT_EQ(index(i).size(), 2U) << creates[i];
      EXPECT_EQ(index(i)[0], index(0)[0]);
      EXPECT_EQ(index(i)[1][1], 1);
    }
    EXPECT_EQ(control_.Bodies("request_received").size(), 1U);
  }
  control_.Reset();
  AskForAnswers(control_);  // which are told before they are sent
  EXPECT_EQ(http_client(front.uri()).request(methods::GET, "/").get().status_code(), 200);
  const std::vector<Json> answers = control_.Bodies("request_complete");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0]["return_value"]["status_code"], "200");
  EXPECT_EQ(answers[0]["generated_ids"].size(), 2U);
  front.close().wait();
}

}  // namespace
}  // namespace filibuster
