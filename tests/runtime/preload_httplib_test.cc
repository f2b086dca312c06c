#include <gtest/gtest.h>
#include <httplib.h>

#include <stdexcept>
#include <thread>

#include "filibuster/context.h"
#include "tests/runtime/corrupted_bodies.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/ask_for_answers.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

// All that a caller can see.
std::string Seen(const httplib::Result& result) {
  if (!result) return httplib::to_string(result.error());
  std::string text = result->version + " " + std::to_string(result->status) + " " + result->reason;
  for (const auto& [name, value] : result->headers) text += "\n" + name + ": " + value;
  return text + "\n" + result->body;
}

class PreloadHttplibTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }

  httplib::Client Client() const {
    httplib::Client client("127.0.0.1", server_.port());
    client.set_read_timeout(read_timeout_);
    return client;
  }

  // What a caller sees of the real failure, and of the injected one while the server is well.
  void ExpectInjectedAsReal(Way way, const std::string& answer, const char* fault) {
    server_.Restart(way, answer);
    const std::string real = Seen(Client().Get("/"));
    control_.Reset();
    server_.Restart(Way::kAnswer, Ok("well"));
    Inject(fault);
    EXPECT_EQ(Seen(Client().Get("/")), real);
    EXPECT_TRUE(server_.requests().empty());
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
  // An answer is waited for, however busy the machine.
  std::chrono::milliseconds read_timeout_ = std::chrono::seconds(60);
};

TEST_F(PreloadHttplibTest, ARefusedConnectionLooksAsWhenNobodyListens) {
  ExpectInjectedAsReal(
      Way::kDoNotListen, "",
      R"({"forced_exception": {"name": "httplib::Error::Connection", "metadata": {}}})");
}

TEST_F(PreloadHttplibTest, AReadErrorLooksAsWhenTheServerStaysSilent) {
  read_timeout_ = std::chrono::milliseconds(200);
  ExpectInjectedAsReal(Way::kStaySilent, "",
                       R"({"forced_exception": {"name": "httplib::Error::Read", "metadata": {}}})");
}

TEST_F(PreloadHttplibTest, AStatusLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer,
                       "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
                       R"({"failure_metadata": {"return_value": {"status_code": "503"}}})");
}

TEST_F(PreloadHttplibTest, AStatusIsShownToHandlersAndLoggersAsWhenTheServerAnswersIt) {
  const auto seen_by_all = [&](bool goes_on, bool is_head) {
    std::string seen;
    httplib::Client client = Client();
    client.set_logger([&](const httplib::Request& request, const httplib::Response& response) {
      seen += "logged " + request.method + " " + std::to_string(response.status) + ", ";
    });
    httplib::Request request;
    request.method = is_head ? "HEAD" : "GET";
    request.path = "/";
    request.response_handler = [&](const httplib::Response& response) {
      seen += "handled " + std::to_string(response.status) + response.reason + response.version +
              response.get_header_value("Content-Length") + ", ";
      return goes_on;
    };
    return seen + Seen(client.send(request));
  };
  for (const bool goes_on : {true, false}) {
    for (const bool is_head : {true, false}) {
      control_.Reset();
      server_.Restart(Way::kAnswer,
                      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
      const std::string real = seen_by_all(goes_on, is_head);
      const Json outcome = control_.Bodies("invocation_complete").back();
      server_.Restart(Way::kAnswer, Ok("well"));
      Inject(R"({"failure_metadata": {"return_value": {"status_code": "503"}}})");
      EXPECT_EQ(seen_by_all(goes_on, is_head), real);
      EXPECT_EQ(control_.Bodies("invocation_complete").back().value("exception", Json()),
                outcome.value("exception", Json()));
    }
  }
}

TEST_F(PreloadHttplibTest, WithoutAbortTheCalleeIsCalledAndItsAnswerIsNotSeen) {
  server_.Restart(Way::kDoNotListen);
  const std::string real = Seen(Client().Get("/"));
  server_.Restart(Way::kAnswer, Ok("well"));
  Inject(R"({"forced_exception": {"name": "httplib::Error::Connection",
                                  "metadata": {"abort": false}}})");
  EXPECT_EQ(Seen(Client().Get("/")), real);
  ASSERT_EQ(server_.requests().size(), 1U);
  EXPECT_NE(server_.requests()[0].find("X-Filibuster-Forced-Sleep"), std::string::npos);
}

TEST_F(PreloadHttplibTest, ACorruptedBodyIsTheAnswersOwnTransformed) {
  for (const CorruptedBodyCase& it : kCorruptedBodies) {
    control_.Reset();
    server_.Restart(Way::kAnswer, Ok(it.body));
    const std::string real = Seen(Client().Get("/"));
    server_.Restart(Way::kAnswer, Ok(it.answer));
    Inject(it.fault());
    EXPECT_EQ(Seen(Client().Get("/")), real);
    EXPECT_EQ(control_.Bodies("invocation_complete").back()["return_value"]["transformation"],
              it.transformation);
  }
}

TEST_F(PreloadHttplibTest, ABodyThatCannotBeTransformedSoIsPassedOnAsItIs) {
  const std::string well = Seen(Client().Get("/"));
  Inject(kNotTransformed.fault());
  EXPECT_EQ(Seen(Client().Get("/")), well);
  EXPECT_FALSE(
      control_.Bodies("invocation_complete").back()["return_value"].contains("transformation"));
}

TEST_F(PreloadHttplibTest, ABodyThatAContentReceiverTakesIsNotCorrupted) {
  Inject(kCorruptedBodies[0].fault());
  std::string body;
  const auto result = Client().Get("/", [&](const char* data, size_t size) {
    body.append(data, size);
    return true;
  });
  ASSERT_TRUE(result);
  EXPECT_EQ(body, "well");
  EXPECT_FALSE(
      control_.Bodies("invocation_complete").back()["return_value"].contains("transformation"));
}

TEST_F(PreloadHttplibTest, ACallIsAnnouncedWithItsCallSiteAndCarriesItsIndex) {
  auto client = Client();
  const int line = __LINE__ + 1;
  const auto result = client.Post("/bar", "x", "text/plain");
  ASSERT_TRUE(result);
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["module"], "httplib");
  EXPECT_EQ(create["method"], "Post");
  EXPECT_EQ(create["args"], Json::array({std::to_string(server_.port()) + "/bar"}));
  EXPECT_EQ(create["callsite_file"], "runtime/preload_httplib_test.cc");
  EXPECT_EQ(create["callsite_line"], std::to_string(line));
  EXPECT_EQ(create["metadata"]["timeout"], 60);
  ASSERT_EQ(server_.requests().size(), 1U);
  EXPECT_NE(server_.requests()[0].find(create["execution_index"].get<std::string>()),
            std::string::npos);
}

TEST_F(PreloadHttplibTest, ARedirectionIsPartOfItsCall) {
  httplib::Server server;
  server.Get("/old", [](const auto&, auto& response) { response.set_redirect("/new"); });
  server.Get("/new",
             [](const auto&, auto& response) { response.set_content("here", "text/plain"); });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  httplib::Client client("127.0.0.1", port);
  client.set_follow_location(true);
  const auto result = client.Get("/old");
  server.stop();
  thread.join();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "here");
  EXPECT_EQ(control_.Bodies("invocation").size(), 1U);
}

TEST_F(PreloadHttplibTest, WhatATestIsAnsweredIsToldBeforeItIsSent) {
  httplib::Server server;
  server.Get("/foo", [&](const auto&, auto&) {
    Client().Get("/bar");
    throw std::runtime_error("out of the handler");
  });
  server.set_post_routing_handler([](const auto&, auto& response) {
    if (response.status == 500) response.status = 502;
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  AskForAnswers(control_);
  const auto result = httplib::Client("127.0.0.1", port).Get("/foo");
  const auto answers = control_.Bodies("request_complete");
  server.stop();
  thread.join();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 502);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0]["return_value"]["status_code"], "502");
  EXPECT_EQ(answers[0]["generated_ids"].size(), 1U);
}

TEST_F(PreloadHttplibTest, AHandlersCallIsCausedByTheRequestThatCameAlsoFromItsThread) {
  httplib::Server server;
  server.Get("/foo", [&](const auto&, auto& response) {
    std::thread([&] { response.set_content(Seen(Client().Get("/bar")), "text/plain"); }).join();
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  httplib::Client("127.0.0.1", port).Get("/foo");
  server.stop();
  thread.join();
  const auto creates = control_.Bodies("invocation");
  ASSERT_EQ(creates.size(), 2U);
  const auto received = control_.Bodies("request_received");
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0]["execution_index"], creates[0]["execution_index"]);
  const auto index = [&](int i) {
    return Json::parse(creates[i]["execution_index"].get<std::string>());
  };
  EXPECT_EQ(index(0).size(), 1U);
  ASSERT_EQ(index(1).size(), 2U);
  EXPECT_EQ(index(1)[0], index(0)[0]);
}

}  // namespace
}  // namespace filibuster
