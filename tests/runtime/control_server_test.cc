#include "runtime/control_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/support/messages.h"
#include "tests/support/raw_client.h"
#include "tests/support/reserved_port.h"

namespace filibuster {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const char kIndex[] = R"([["a", 1]])";
const char kHealthCheck[] = "GET /health-check HTTP/1.1\r\nHost: x\r\n\r\n";

std::unique_ptr<ControlServer> StartServer(ControlServerOptions options = {}) {
  options.port = 0;
  auto server = ControlServer::Start(options);
  EXPECT_TRUE(server) << server.error();
  return std::move(server).value();
}

// Time for what takes milliseconds, on a machine that is busy with other things.
constexpr seconds kBusyMachine(30);

// What everybody else must be able to do while somebody misbehaves.
void ExpectPromptAnswer(const ControlServer& server) {
  const auto start = steady_clock::now();
  httplib::Client client("127.0.0.1", server.port());
  client.set_read_timeout(2 * kBusyMachine);
  const auto result = client.Get("/health-check");
  ASSERT_TRUE(result) << httplib::to_string(result.error());
  EXPECT_EQ(result->status, 200);
  EXPECT_LT(steady_clock::now() - start, kBusyMachine);
}

TEST(ControlServerTest, AnswersOverOneConnectionManyTimes) {
  const auto server = StartServer();
  server->BeginTestExecution({});
  httplib::Client client("127.0.0.1", server->port());
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  for (int i = 0; i < 100; ++i) {
    const auto result =
        client.Put("/filibuster/create", CreateMessage("foo", kIndex).dump(), "application/json");
    ASSERT_TRUE(result);
    ASSERT_EQ(result->status, 200) << result->body;
    EXPECT_EQ(Json::parse(result->body)["generated_id"], i);
  }
  EXPECT_EQ(server->EndTestExecution().calls.size(), 100u);
}

// Clients do not wait for the answers to updates.
TEST(ControlServerTest, CountsWhatWasSentBeforeTheExecutionEnded) {
  const auto server = StartServer();
  RawClient client(server->port());
  const std::string create = CreateMessage("foo", kIndex).dump();
  for (int i = 0; i < 200; ++i) {
    server->BeginTestExecution({});
    client.Send("PUT /filibuster/create HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                std::to_string(create.size()) + "\r\n\r\n" + create);
    ASSERT_EQ(server->EndTestExecution().calls.size(), 1u);
    client.ReadAnswer();
  }
}

TEST(ControlServerTest, AnswersRequestsThatCameTogetherInTheirOrder) {
  const auto server = StartServer();
  server->BeginTestExecution({});
  const auto request = [](const std::string& line, const std::string& body) {
    return line + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  };
  RawClient client(server->port());
  client.Send(request("PUT /filibuster/create", CreateMessage("foo", kIndex).dump()) +
              request("POST /filibuster/update", ReceivedMessage(0, kIndex, "bar").dump()) +
              request("POST /nowhere", "{}") +
              request("POST /filibuster/update", CompleteMessage(0, kIndex).dump()) +
              "GET /health-check HTTP/1.1\r\nConnection: close\r\n");
  // The last is not complete: the answers to the others must not wait for it.
  std::string answers;
  while (std::count(answers.begin(), answers.end(), '}') < 4) ASSERT_TRUE(client.Read(&answers));
  client.Send("\r\n");
  answers += client.ReadAll();
  std::vector<std::string> bodies;
  for (size_t at = 0; (at = answers.find("HTTP/1.1 ", at)) != answers.npos; ++at) {
    const size_t body = answers.find("\r\n\r\n", at) + 4;
    bodies.push_back(answers.substr(body, answers.find("HTTP/1.1 ", body) - body));
  }
  EXPECT_THAT(bodies,
              ElementsAre(HasSubstr("\"generated_id\":0"), HasSubstr("mailbox"),
                          HasSubstr("path: found "), HasSubstr("mailbox"), HasSubstr("OK")));
  const CallLog log = server->EndTestExecution();
  ASSERT_EQ(log.calls.size(), 1u);
  EXPECT_LT(log.calls[0].received_at, log.calls[0].completed_at);
}

// Services believe what they are told under load as long as the connection lasts.
TEST(ControlServerTest, EndsConnectionsBeforeAndAfterLoad) {
  const auto server = StartServer();
  std::string answer;
  RawClient before(server->port());
  before.Send(kHealthCheck);
  ASSERT_TRUE(before.Read(&answer));
  server->BeginLoad({});
  EXPECT_FALSE(before.Read(&answer));
  RawClient meanwhile(server->port());
  meanwhile.Send(kHealthCheck);
  ASSERT_TRUE(meanwhile.Read(&answer));
  server->EndLoad();
  EXPECT_FALSE(meanwhile.Read(&answer));
  ExpectPromptAnswer(*server);
}

TEST(ControlServerTest, NamesItsUrl) {
  const auto server = StartServer();
  EXPECT_EQ(server->url(), "http://127.0.0.1:" + std::to_string(server->port()));
  const auto everywhere = StartServer({.host = "0.0.0.0", .port = 0, .token = "x"});
  EXPECT_EQ(everywhere->url(), "http://127.0.0.1:" + std::to_string(everywhere->port()));
}

TEST(ControlServerTest, SaysWhatToDoWhenThePortIsInUse) {
  const auto server = StartServer();
  const auto second = ControlServer::Start({.port = server->port()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            "port " + std::to_string(server->port()) +
                " on 127.0.0.1 is in use; stop the other filibuster or choose --port");
}

TEST(ControlServerTest, FreesItsPortWhenItEnds) {
  const ReservedPort port;  // or another process might be given it in between
  auto server = ControlServer::Start({.port = port.number()});
  ASSERT_TRUE(server) << server.error();
  RawClient client(port.number());  // a connection that is open, and then waits to be closed
  server->reset();
  EXPECT_TRUE(ControlServer::Start({.port = port.number()}));
}

TEST(ControlServerTest, RefusesHostsThatItCannotOrMustNotServe) {
  const auto open = ControlServer::Start({.host = "0.0.0.0", .port = 0});
  ASSERT_FALSE(open);
  EXPECT_THAT(open.error().message,
              StartsWith("host 0.0.0.0 is not loopback: set FILIBUSTER_TOKEN"));
  const auto unknown = ControlServer::Start({.host = "no such host", .port = 0});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, StartsWith("host no such host: "));
  EXPECT_THAT(ControlServer::Start({.port = 70000}).error().message, StartsWith("port 70000: "));
}

TEST(ControlServerTest, DemandsItsToken) {
  const auto server = StartServer({.token = "secret"});
  server->BeginTestExecution({});
  httplib::Client client("127.0.0.1", server->port());
  const auto status = [&](const httplib::Headers& headers) {
    const auto result = client.Get("/health-check", headers);
    EXPECT_TRUE(!result || result->body.find("mailbox") == std::string::npos);
    return result ? result->status : -1;
  };
  EXPECT_EQ(status({}), 401);
  EXPECT_EQ(status({{"X-Filibuster-Token", "secre"}}), 401);
  EXPECT_EQ(status({{"X-Filibuster-Token", ""}}), 401);
  EXPECT_EQ(status({{"Authorization", "Bearer secretsecret"}}), 401);
  EXPECT_EQ(status({{"X-Filibuster-Token", "secret"}}), 200);
  EXPECT_EQ(status({{"Authorization", "Bearer secret"}}), 200);
  const std::string expected =
      ", expected X-Filibuster-Token or Authorization: Bearer with what FILIBUSTER_TOKEN is here";
  EXPECT_THAT(
      server->EndTestExecution().bad_requests,
      ElementsAre("401: token: found none" + expected, "401: token: found another" + expected,
                  "401: token: found another" + expected, "401: token: found another" + expected));
}

TEST(ControlServerTest, RefusesABodyOf17MiBAndGoesOn) {
  const auto server = StartServer({.request_timeout = seconds(100)});
  server->BeginTestExecution({});
  httplib::Client client("127.0.0.1", server->port());
  client.set_read_timeout(seconds(100));
  client.set_write_timeout(seconds(100));
  const std::string body(17 * 1024 * 1024, 'x');
  const auto result = client.Put("/filibuster/create", body, "application/json");
  ASSERT_TRUE(result) << httplib::to_string(result.error());
  EXPECT_EQ(result->status, 413);
  EXPECT_EQ(Json::parse(result->body)["error"], "the body is larger than 16 MiB");

  // The same without a length that gives it away.
  RawClient chunked(server->port());
  chunked.Send("PUT /filibuster/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  chunked.Send("1100000\r\n" + body + "\r\n0\r\n\r\n");
  EXPECT_THAT(chunked.ReadAll(), StartsWith("HTTP/1.1 413 "));

  ExpectPromptAnswer(*server);
  EXPECT_THAT(server->EndTestExecution().bad_requests,
              ElementsAre("413: the body is larger than 16 MiB", HasSubstr("413")));
}

TEST(ControlServerTest, TakesABodyOf15MiB) {
  const auto server = StartServer({.request_timeout = seconds(100)});
  server->BeginTestExecution({});
  Json message = CreateMessage("foo", kIndex);
  message["args"] = {std::string(15 * 1024 * 1024, 'x')};
  httplib::Client client("127.0.0.1", server->port());
  client.set_read_timeout(seconds(100));  // ThreadSanitizer on a busy machine
  client.set_write_timeout(seconds(100));
  const auto result = client.Put("/filibuster/create", message.dump(), "application/json");
  ASSERT_TRUE(result) << httplib::to_string(result.error());
  EXPECT_EQ(result->status, 200);
}

TEST(ControlServerTest, TellsAClientThatAsksFirstToSendItsBody) {
  const auto server = StartServer();
  RawClient client(server->port());
  client.Send(
      "PUT /filibuster/create HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
      "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("{}");
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 400 "));
}

TEST(ControlServerTest, RefusesGarbageAndGoesOn) {
  const auto server = StartServer();
  server->BeginTestExecution({});
  for (const std::string& garbage :
       {std::string("hello\r\n\r\n"), std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9),
        std::string("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("GET  HTTP/1.1\r\n\r\n"), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        std::string("PUT /filibuster/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"}) {
    RawClient client(server->port());
    client.Send(garbage);
    client.CloseSendingSide();
    EXPECT_THAT(client.ReadAll(),
                testing::AnyOf(StartsWith("HTTP/1.1 400 "), StartsWith("HTTP/1.1 431 ")))
        << garbage.substr(0, 60);
  }
  ExpectPromptAnswer(*server);
  EXPECT_EQ(server->EndTestExecution().bad_requests.size(), 7u);
}

TEST(ControlServerTest, SurvivesClientsThatCloseEarly) {
  const auto server = StartServer();
  server->BeginTestExecution({});
  const std::string body = CreateMessage("foo", kIndex).dump();
  const std::string request = "PUT /filibuster/create HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + body;
  for (size_t length = 0; length <= request.size(); length += 7) {
    RawClient closing(server->port());
    closing.Send(request.substr(0, length));
    closing.Close();
    RawClient resetting(server->port());
    resetting.Send(request.substr(0, length));
    resetting.Reset();
  }
  ExpectPromptAnswer(*server);
}

TEST(ControlServerTest, ReportsARequestThatEndsHalfWay) {
  const auto server = StartServer();
  server->BeginTestExecution({});
  RawClient client(server->port());
  client.Send("PUT /filibuster/create HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
  client.CloseSendingSide();
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_THAT(server->EndTestExecution().bad_requests, ElementsAre("a request ended half way"));
}

TEST(ControlServerTest, ClosesASlowLorisAndServesOthersMeanwhile) {
  const auto server = StartServer({.request_timeout = seconds(1)});
  server->BeginTestExecution({});
  std::vector<RawClient> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(server->port());
    slow.back().Send("PUT /filibuster/create HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  }
  ExpectPromptAnswer(*server);
  // A byte now and then does not buy more time: the deadline is for the whole request.
  const auto start = steady_clock::now();
  while (slow[0].Send("x") == 1 && steady_clock::now() - start < 2 * kBusyMachine) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_LT(steady_clock::now() - start, kBusyMachine);
  for (RawClient& client : slow) EXPECT_EQ(client.ReadAll(), "");
  const CallLog log = server->EndTestExecution();
  EXPECT_EQ(log.bad_requests.size(), 50u);
  EXPECT_THAT(log.bad_requests, testing::Each("a request took too long to arrive"));
}

TEST(ControlServerTest, ServesOthersWhileAClientDoesNotReadItsAnswers) {
  const auto server = StartServer({.request_timeout = seconds(1)});
  RawClient client(server->port());
  std::thread pipelining([&] {
    std::string requests;
    for (int i = 0; i < 1000; ++i) requests += kHealthCheck;
    for (int i = 0; i < 1000 && client.Send(requests) == requests.size(); ++i) {
    }
  });
  ExpectPromptAnswer(*server);
  ExpectPromptAnswer(*server);
  pipelining.join();
}

TEST(ControlServerTest, ServesAThousandConnectionsAtOnce) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit raised{std::min<rlim_t>(limit.rlim_max, 4096), limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &raised), 0);
  ASSERT_GE(raised.rlim_cur, 2500u);
  const auto server = StartServer();
  std::vector<RawClient> clients;
  for (int i = 0; i < 1000; ++i) clients.emplace_back(server->port());
  for (int round = 0; round < 3; ++round) {
    for (RawClient& client : clients) client.Send(kHealthCheck);
    for (RawClient& client : clients) ASSERT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200 "));
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(ControlServerTest, ClosesTheQuietestConnectionWhenDescriptorsRunOut) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit small{128 + 40, limit.rlim_max};  // the server keeps 128 for others
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  const auto server = StartServer();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);

  std::vector<RawClient> clients;
  for (int i = 0; i < 40; ++i) {
    clients.emplace_back(server->port());
    clients.back().Send(kHealthCheck);
    ASSERT_THAT(clients.back().ReadAnswer(), StartsWith("HTTP/1.1 200 "));
  }
  clients[0].Send(kHealthCheck);
  ASSERT_THAT(clients[0].ReadAnswer(), StartsWith("HTTP/1.1 200 "));
  ExpectPromptAnswer(*server);
  EXPECT_EQ(clients[1].ReadAll(), "");
  clients[0].Send(kHealthCheck);
  EXPECT_THAT(clients[0].ReadAnswer(), StartsWith("HTTP/1.1 200 "));
}

TEST(ControlServerTest, TakesMessagesFromManyThreads) {
  const auto server = StartServer();
  server->BeginTestExecution({});
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, index = "[[\"" + std::to_string(i) + "\", 1]]"] {
      httplib::Client client("127.0.0.1", server->port());
      client.set_keep_alive(true);
      client.set_tcp_nodelay(true);
      for (int call = 0; call < 50; ++call) {
        const auto created = client.Put("/filibuster/create", CreateMessage("foo", index).dump(),
                                        "application/json");
        ASSERT_TRUE(created);
        const Json id = Json::parse(created->body)["generated_id"];
        const auto completed = client.Post("/filibuster/update", CompleteMessage(id, index).dump(),
                                           "application/json");
        ASSERT_TRUE(completed);
        ASSERT_EQ(completed->status, 200) << completed->body;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const CallLog log = server->EndTestExecution();
  EXPECT_EQ(log.calls.size(), 400u);
  for (const CallRecord& call : log.calls) EXPECT_TRUE(call.completed_at);
}

}  // namespace
}  // namespace filibuster
