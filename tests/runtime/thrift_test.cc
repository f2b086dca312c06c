#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <future>
#include <stdexcept>

#include "runtime/unique_fd.h"
#include "tests/runtime/thrift_case.h"
#include "tests/support/ask_for_answers.h"
#include "tests/support/loopback.h"

namespace filibuster {
namespace {

constexpr char kNotOpen[] =
    R"({"forced_exception":
        {"name": "apache::thrift::transport::TTransportException::NOT_OPEN", "metadata": {}}})";
constexpr char kTimedOut[] =
    R"({"forced_exception":
        {"name": "apache::thrift::transport::TTransportException::TIMED_OUT", "metadata": {}}})";
constexpr char kEndOfFile[] =
    R"({"forced_exception":
        {"name": "apache::thrift::transport::TTransportException::END_OF_FILE", "metadata": {}}})";
constexpr char kUnknown[] =
    R"({"forced_exception": {"name": "apache::thrift::TApplicationException::UNKNOWN"}})";

using ThriftTest = ThriftCase;

INSTANTIATE_TEST_SUITE_P(EveryWire, ThriftTest, kEveryWire, NameOfWire);

TEST_P(ThriftTest, ACallIsAsEverWithoutAFault) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  EXPECT_EQ(Reserve(connection), "2, open");
  EXPECT_EQ(Outcome()["return_value"]["status_code"], "OK");
  connection.client.Ping();
  EXPECT_EQ(Outcome()["return_value"]["status_code"], "OK");
}

TEST_P(ThriftTest, ATransportThatIsNotOpenLooksAsOneThatIsClosed) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  connection.transport->close();
  const std::string real = Reserve(connection);
  EXPECT_EQ(real, "transport 1 Called write on non-open socket, closed");
  const Json outcome = Outcome()["exception"];
  connection.transport->open();
  Inject(kNotOpen);
  EXPECT_EQ(Reserve(connection), real);
  EXPECT_EQ(Outcome()["exception"], outcome);
  InjectNothing();
  connection.transport->open();
  EXPECT_EQ(Reserve(connection), "2, open");
}

TEST_P(ThriftTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  std::promise<void> entered;
  std::promise<void> release;
  std::string real;
  {
    StockServer server(wire_, [&](const std::string&) {
      entered.set_value();
      release.get_future().wait();
      return 1;
    });
    StockConnection connection(wire_, server.port(), 200);
    real = Reserve(connection);
    entered.get_future().wait();  // a busy server is stopped before it has read the request
    release.set_value();
  }
  EXPECT_EQ(real, "transport 2 THRIFT_EAGAIN (timed out), open");
  const Json outcome = Outcome()["exception"];
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port(), 200);
  Inject(kTimedOut);
  EXPECT_EQ(Reserve(connection), real);
  EXPECT_EQ(Outcome()["exception"], outcome);
  EXPECT_EQ(control_.Bodies("request_received").size(), 1U);  // of the real one
  InjectNothing();
  EXPECT_EQ(Reserve(connection), real);  // nothing has mended the connection
  connection.transport->close();
  connection.socket->setRecvTimeout(60'000);  // the answer is waited for, however busy the machine
  connection.transport->open();
  EXPECT_EQ(Reserve(connection), "2, open");
}

// Accepts a connection, takes what it is sent, and closes.
int AcceptAndClose(int listener) {
  pollfd ready{listener, POLLIN, 0};
  ::poll(&ready, 1, -1);  // Thrift's listeners do not block
  const int connection = ::accept(listener, nullptr, nullptr);
  char block[4096];
  (void)::recv(connection, block, sizeof block, 0);
  return ::close(connection);
}

TEST_P(ThriftTest, AnEndOfFileLooksAsWhenTheServerCloses) {
  apache::thrift::transport::TServerSocket closing("127.0.0.1", 0);
  closing.listen();
  std::string real;
  {
    auto done = std::async(std::launch::async, AcceptAndClose, closing.getSocketFD());
    StockConnection connection(wire_, closing.getPort());
    real = Reserve(connection);
    done.wait();
  }
  EXPECT_EQ(real.substr(0, 12), "transport 3 ");
  const Json outcome = Outcome()["exception"];
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  Inject(kEndOfFile);
  EXPECT_EQ(Reserve(connection), real);
  EXPECT_EQ(Outcome()["exception"], outcome);
  EXPECT_TRUE(control_.Bodies("request_received").empty());
  InjectNothing();
  EXPECT_EQ(Reserve(connection), real);  // nothing has mended the connection
}

// Nobody reads it, and yet it is not waited for ever.
TEST_P(ThriftTest, AMessageThatIsLongerThanWhatTheKernelKeepsFailsAsAShortOne) {
  StockServer server(wire_, One);
  const std::string item(std::size_t{20} << 20, 'x');
  for (const char* fault : {kTimedOut, kEndOfFile}) {
    StockConnection connection(wire_, server.port(), 200);
    Inject(fault);
    const std::string real = Reserve(connection);
    connection.transport->close();
    connection.transport->open();
    EXPECT_EQ(Reserve(connection, item), real);
  }
}

TEST_P(ThriftTest, AnApplicationExceptionLooksAsWhenTheHandlerThrows) {
  std::string real;
  {
    StockServer server(wire_, [](const std::string&) -> int { throw std::runtime_error(""); });
    StockConnection connection(wire_, server.port());
    real = Reserve(connection);
  }
  EXPECT_EQ(real.substr(0, 14), "application 0 ");
  const Json outcome = Outcome()["exception"];
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  for (const char* fault :
       {kUnknown, R"({"failure_metadata": {"exception": {"metadata": {"code": "UNKNOWN"}}}})"}) {
    Inject(fault);
    EXPECT_EQ(Reserve(connection), real);
    EXPECT_EQ(Outcome()["exception"]["name"], outcome["name"]);
  }
  InjectNothing();
  EXPECT_EQ(Reserve(connection), "2, open");
}

TEST_P(ThriftTest, ALatencyLongerThanTheTimeoutIsATimeout) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port(), 100);
  Inject(R"({"forced_exception": {"name": "latency",
                                  "metadata": {"abort": false, "sleep": 0.5}}})");
  EXPECT_EQ(Reserve(connection), "transport 2 THRIFT_EAGAIN (timed out), open");
}

TEST_P(ThriftTest, AFaultThatCannotBeIsDropped) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  for (const char* fault :
       {kTimedOut, R"({"failure_metadata": {"return_value": {"status_code": "503"}}})",
        R"({"forced_exception": {"name": "shop::Unheard", "metadata": {}}})"}) {
    Inject(fault);
    EXPECT_EQ(Reserve(connection), "2, open");
  }
}

TEST_P(ThriftTest, ACallThatFailedDoesNotKeepItsConnectionOpen) {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const at = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener.get(), at, size), 0);
  ASSERT_EQ(::listen(listener.get(), 2), 0);
  ASSERT_EQ(::getsockname(listener.get(), at, &size), 0);
  for (const bool injected : {false, true}) {
    injected ? Inject(kTimedOut) : InjectNothing();
    {
      StockConnection connection(wire_, ntohs(address.sin_port), 50);
      EXPECT_EQ(Reserve(connection), "transport 2 THRIFT_EAGAIN (timed out), open");
    }
    const UniqueFd callee(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    pollfd at_callee{callee.get(), POLLIN, 0};
    char byte = 0;
    ssize_t count = 1;
    while (count > 0 && ::poll(&at_callee, 1, 60'000) > 0) {
      count = ::recv(callee.get(), &byte, 1, 0);
    }
    EXPECT_LE(count, 0) << "injected: " << injected;  // its end, or a reset
  }
}

TEST_P(ThriftTest, AOnewayCallEndsWhenItIsSent) {
  std::promise<std::string> noted;
  StockServer server(wire_, [&](const std::string& text) {
    noted.set_value(text);
    return 0;
  });
  StockConnection connection(wire_, server.port());
  Inject(kEndOfFile);  // of an answer that nobody waits for
  connection.client.Note("hello");
  EXPECT_EQ(noted.get_future().get(), "hello");
  EXPECT_EQ(Outcome()["return_value"]["status_code"], "OK");
}

TEST_P(ThriftTest, ACallIsAnnouncedWithItsCallSiteAndItsTimeout) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port(), 61'500);
  const int line = __LINE__ + 1;
  connection.client.Reserve("teapot", 1);
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["module"], "thrift");
  EXPECT_EQ(create["method"], "Reserve");
  EXPECT_EQ(create["args"], Json::array({std::to_string(server.port()) + "/Reserve"}));
  EXPECT_EQ(create["metadata"]["timeout"], 61.5);
  EXPECT_EQ(create["callsite_file"], "runtime/thrift_test.cc");
  EXPECT_EQ(create["callsite_line"], std::to_string(line));
  EXPECT_EQ(control_.Bodies("request_received").at(0)["execution_index"],
            create["execution_index"]);
}

TEST_P(ThriftTest, WhatATestIsAnsweredIsToldBeforeItIsSent) {
  StockServer back(wire_, One);
  std::string outcome;
  StockServer front(wire_, [&](const std::string&) {
    StockConnection connection(wire_, back.port());
    connection.client.Reserve("teapot", 1);
    if (outcome == "declared exception 1") throw OutOfStock();
    if (!outcome.empty()) throw std::runtime_error("out of the handler");
    return 1;
  });
  for (const char* name :
       {"", "declared exception 1", "apache::thrift::TApplicationException::UNKNOWN"}) {
    outcome = name;
    control_.Reset();
    AskForAnswers(control_);
    StockConnection connection(wire_, front.port());
    Reserve(connection);
    const std::vector<Json> answers = control_.Bodies("request_complete");
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0]["generated_ids"].size(), 1U);
    if (outcome.empty()) {
      EXPECT_EQ(answers[0]["return_value"]["status_code"], "OK");
    } else {
      EXPECT_EQ(answers[0]["exception"]["name"], name);
    }
  }
}

TEST_P(ThriftTest, CallsOfAHandlerBelongToItsRequest) {
  StockServer back(wire_, One);
  StockServer front(wire_, [&](const std::string&) {
    StockConnection connection(wire_, back.port());
    int sum = 0;
    for (int i = 0; i < 2; ++i) sum += connection.client.Reserve("teapot", 1);
    return sum;
  });
  StockConnection connection(wire_, front.port());
  EXPECT_EQ(Reserve(connection), "4, open");
  const std::vector<Json> creates = control_.Bodies("invocation");
  ASSERT_EQ(creates.size(), 3U);
  const auto index = [&](size_t i) {
    return Json::parse(creates[i]["execution_index"].get<std::string>());
  };
  for (int i = 1; i <= 2; ++i) {
    ASSERT_EQ(index(i).size(), 2U);
    EXPECT_EQ(index(i)[0], index(0)[0]);
    EXPECT_EQ(index(i)[1][0], index(1)[1][0]);
    EXPECT_EQ(index(i)[1][1], i);
  }
}

}  // namespace
}  // namespace filibuster
