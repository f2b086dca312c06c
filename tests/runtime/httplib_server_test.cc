#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "filibuster/context.h"
#include "tests/runtime/httplib_test_service.h"
#include "tests/runtime/plain_client.h"

// As many files do: Client and Server must stay unambiguous.
using namespace httplib;  // NOLINT(google-build-using-namespace)

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;

std::multimap<std::string, std::string> CallHeaders() {
  return {{"X-Filibuster-Execution-Index", R"([["aa", 1]])"},
          {"X-Filibuster-VClock", R"({"users": 1})"},
          {"X-Filibuster-Origin-VClock", R"({"users": 1})"},
          {"X-Filibuster-Generated-Id", "7"},
          {"X-Filibuster-Request-Id", "the-request"}};
}

class HttplibServerTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  // A handler that says whether it runs for a request.
  static void SayContext(const Request&, Response& response) {
    response.set_content(CurrentContext() != nullptr ? "in context" : "no context", "text/plain");
  }

  FakeControlServer& control_ = ControlServer();
  TestServer test_server_;
  Server& server_ = test_server_.server;
};

TEST_F(HttplibServerTest, ARequestIsReportedOnceAndItsCallsFollowFromIt) {
  TestServer baz;
  baz.server.Get("/baz", [](const Request&, Response& response) {
    response.set_content("baz", "text/plain");
  });
  const int baz_port = baz.Start();
  server_.Get("/bar/baz", [&](const Request&, Response& response) {
    response.set_content("bar " + Client("127.0.0.1", baz_port).Get("/baz")->body, "text/plain");
  });
  const PlainAnswer answer = PlainGet(test_server_.Start(), "/bar/baz", CallHeaders());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "bar baz");

  const auto received = control_.Bodies("request_received");
  const auto creates = control_.Bodies("invocation");
  ASSERT_EQ(received.size(), 2u);  // of bar, and of baz
  ASSERT_EQ(creates.size(), 1u);
  EXPECT_EQ(received[0]["execution_index"], R"([["aa", 1]])");
  EXPECT_EQ(received[0]["generated_id"], "7");
  EXPECT_EQ(received[1]["execution_index"], creates[0]["execution_index"]);
  EXPECT_EQ(creates[0]["origin_vclock"], (Json{{"users", 1}}));
  EXPECT_EQ(creates[0]["vclock"], (Json{{"foo", 1}, {"users", 1}}));
  const Json index = Json::parse(creates[0]["execution_index"].get<std::string>());
  ASSERT_EQ(index.size(), 2u);
  EXPECT_EQ(index[0], Json::array({"aa", 1}));
}

TEST_F(HttplibServerTest, TheOutcomeIsReportedBeforeTheCallerSeesIt) {
  server_.Get("/baz", SayContext);
  Client("127.0.0.1", test_server_.Start()).Get("/baz");
  std::vector<std::string> types;
  for (const auto& message : control_.messages()) {
    types.push_back(message.body.is_object()
                        ? message.body["instrumentation_type"].get<std::string>()
                        : message.path);
  }
  EXPECT_EQ(types, (std::vector<std::string>{"/filibuster/new-test-execution/foo", "invocation",
                                             "request_received", "invocation_complete"}));
}

TEST_F(HttplibServerTest, ARequestWithoutARouteIsReportedAllTheSame) {
  EXPECT_EQ(PlainGet(test_server_.Start(), "/nowhere", CallHeaders()).status, 404);
  EXPECT_EQ(control_.Bodies("request_received").size(), 1u);
}

TEST_F(HttplibServerTest, WhatATestIsAnsweredIsToldBeforeItIsSent) {
  TestServer baz;
  baz.server.Get("/baz", SayContext);
  const int baz_port = baz.Start();
  const auto ask = [&] { Client("127.0.0.1", baz_port).Get("/baz"); };
  server_.Get("/calls", [&](const Request&, Response& response) {
    ask();
    response.status = 503;
  });
  server_.Get("/throws", [&](const Request&, Response&) {
    ask();
    throw std::runtime_error("out of the handler");
  });
  server_.Get("/no-call", SayContext);
  server_.set_post_routing_handler([](const Request& request, Response& response) {
    EXPECT_NE(CurrentContext(), nullptr);
    if (request.path == "/calls") response.status = 504;
  });
  const int port = test_server_.Start();
  for (const auto& [path, status] : {std::pair("/calls", 504), {"/throws", 500}}) {
    control_.Reset();
    control_.OnCreate([](const Json&) { return Json{{"request_complete", true}}; });
    EXPECT_EQ(PlainGet(port, path, {}).status, status);
    const auto answers = control_.Bodies("request_complete");
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0]["return_value"]["status_code"], std::to_string(status));
    const auto outcomes = control_.Bodies("invocation_complete");
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_EQ(answers[0]["generated_ids"], Json::array({outcomes[0]["generated_id"]}));
  }
  control_.Reset();
  EXPECT_EQ(PlainGet(port, "/no-call", {}).status, 200);
  EXPECT_TRUE(control_.messages().empty());
}

TEST_F(HttplibServerTest, AHealthCheckCostsNoMessage) {
  server_.Get("/health-check", SayContext);
  EXPECT_EQ(PlainGet(test_server_.Start(), "/health-check", {}).body, "in context");
  EXPECT_TRUE(control_.messages().empty());
}

TEST_F(HttplibServerTest, TheContextEndsWithTheHandlerAlsoWhenItThrows) {
  std::thread::id thread;
  ContextHandle afterwards;
  server_.Get("/throws", [&](const Request&, Response&) {
    EXPECT_NE(CurrentContext(), nullptr);
    throw std::runtime_error("out of the handler");
  });
  // Runs on the same thread, after the handler.
  server_.set_logger([&](const Request&, const Response&) {
    thread = std::this_thread::get_id();
    afterwards = CurrentContext();
  });
  EXPECT_EQ(PlainGet(test_server_.Start(), "/throws", CallHeaders()).status, 500);
  test_server_.Stop();
  EXPECT_NE(thread, std::thread::id());
  EXPECT_EQ(afterwards, nullptr);
}

TEST_F(HttplibServerTest, AnExceptionHandlerRunsForTheRequest) {
  ContextHandle in_handler;
  ContextHandle in_exception_handler;
  server_.Get("/throws", [&](const Request&, Response&) {
    in_handler = CurrentContext();
    throw std::runtime_error("out of the handler");
  });
  server_.set_exception_handler([&](const Request&, Response& response, std::exception_ptr) {
    in_exception_handler = CurrentContext();
    response.status = 503;
  });
  EXPECT_EQ(PlainGet(test_server_.Start(), "/throws", CallHeaders()).status, 503);
  test_server_.Stop();
  EXPECT_NE(in_handler, nullptr);
  EXPECT_EQ(in_exception_handler, in_handler);
}

TEST_F(HttplibServerTest, APreRoutingHandlerOfTheServiceRunsForTheRequest) {
  server_.set_pre_routing_handler([](const Request& request, Response& response) {
    if (request.path != "/handled") return Server::HandlerResponse::Unhandled;
    SayContext(request, response);
    return Server::HandlerResponse::Handled;
  });
  server_.Get("/routed", SayContext);
  const int port = test_server_.Start();
  EXPECT_EQ(PlainGet(port, "/handled", CallHeaders()).body, "in context");
  EXPECT_EQ(PlainGet(port, "/routed", CallHeaders()).body, "in context");
  EXPECT_EQ(control_.Bodies("request_received").size(), 2u);
}

TEST_F(HttplibServerTest, AChainOfSettingsStaysInstrumented) {
  Server& chained = server_.set_tcp_nodelay(true)
                        .set_keep_alive_max_count(3)
                        .set_keep_alive_timeout(1)
                        .set_read_timeout(std::chrono::seconds(5))
                        .set_write_timeout(5)
                        .set_idle_interval(1)
                        .set_payload_max_length(1000)
                        .set_default_headers({{"A", "b"}})
                        .set_address_family(AF_INET)
                        .set_socket_options(default_socket_options)
                        .set_error_handler([](const Request&, Response& response) {
                          response.set_content("error", "text/plain");
                        })
                        .set_post_routing_handler([](const auto&, auto&) {})
                        .set_logger([](const auto&, const auto&) {})
                        .set_file_request_handler([](const auto&, auto&) {})
                        .set_file_extension_and_mimetype_mapping("x", "text/x")
                        .set_expect_100_continue_handler([](const auto&, auto&) { return 100; })
                        .Get("/a", SayContext);
  EXPECT_EQ(&chained, &server_);
  const int port = test_server_.Start();
  EXPECT_EQ(PlainGet(port, "/a", CallHeaders()).body, "in context");
  EXPECT_EQ(PlainGet(port, "/b", CallHeaders()).body, "error");
}

TEST_F(HttplibServerTest, AHandlerThatReadsTheBodyItselfRunsForTheRequest) {
  server_.Post("/upload",
               [](const Request& request, Response& response, const ContentReader& content_reader) {
                 std::string body;
                 content_reader([&](const char* data, size_t size) {
                   body.append(data, size);
                   return true;
                 });
                 SayContext(request, response);
                 response.body += " " + body;
               });
  Client client("127.0.0.1", test_server_.Start());
  EXPECT_EQ(client.Post("/upload", "data", "text/plain")->body, "in context data");
}

TEST_F(HttplibServerTest, ManyRequestsAtOnceEachMakeTheirOwnCalls) {
  TestServer baz;
  baz.server.Get("/baz", SayContext);
  const int baz_port = baz.Start();
  server_.Get("/bar/baz", [&](const Request&, Response& response) {
    Client client("127.0.0.1", baz_port);
    client.Get("/baz");
    client.Get("/baz");
    response.set_content("done", "text/plain");
  });
  const int port = test_server_.Start();
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([=] {
      auto headers = CallHeaders();
      headers.erase("X-Filibuster-Execution-Index");
      headers.emplace("X-Filibuster-Execution-Index", "[[\"aa\", " + std::to_string(i) + "]]");
      for (int call = 0; call < 5; ++call) {
        EXPECT_EQ(PlainGet(port, "/bar/baz", headers).body, "done");
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  std::map<std::string, int> times_seen;
  for (const Json& create : control_.Bodies("invocation")) {
    ++times_seen[create["execution_index"].get<std::string>()];
  }
  EXPECT_EQ(times_seen.size(), 16u);  // two call sites under each of eight parents
  for (const auto& [index, times] : times_seen) EXPECT_EQ(times, 5) << index;
}

}  // namespace
}  // namespace filibuster
