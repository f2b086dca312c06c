// Calls over TLS, to a certificate that signed itself.
#include <gtest/gtest.h>
#include <thrift/transport/TSSLSocket.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/runtime/preload_control_server.h"
#include "tests/runtime/stock_service.h"
#include "tests/support/tls_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;

constexpr char kTransport[] = "apache::thrift::transport::TTransportException::";
constexpr char kApplication[] = "apache::thrift::TApplicationException::";

class ThriftTlsTest : public testing::TestWithParam<Wire> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const std::string& name, const Json& metadata = Json::object()) {
    control_.OnCreate([=](const Json&) -> Json {
      return {{"forced_exception", {{"name", name}, {"metadata", metadata}}}};
    });
  }
  void InjectNothing() {
    control_.OnCreate([](const Json&) { return Json::object(); });
  }

  std::unique_ptr<StockConnection> Connect(const TlsServer& server, int timeout_ms = 60'000) {
    apache::thrift::transport::TSSLSocketFactory sockets;
    sockets.loadTrustedCertificatesFromBuffer(server.certificate().c_str());
    return std::make_unique<StockConnection>(
        wire_, sockets.createSocket("127.0.0.1", server.port()), timeout_ms);
  }
  Json Outcome() { return control_.Bodies("invocation_complete").back(); }

  const Wire wire_ = GetParam();
  FakeControlServer& control_ = ControlServer();
};

INSTANTIATE_TEST_SUITE_P(EveryWire, ThriftTlsTest,
                         testing::Values(Wire{true, false}, Wire{false, true}));

// By preload, the end of an answer is seen by its frame alone.
using ThriftTlsFramedTest = ThriftTlsTest;
INSTANTIATE_TEST_SUITE_P(EveryWire, ThriftTlsFramedTest,
                         testing::Values(Wire{true, false}, Wire{true, true}));

TEST_P(ThriftTlsTest, ACallIsAnnouncedAndItsRequestIsKnown) {
  const StockServer server(wire_, [](const std::string&) { return 1; });
  const TlsServer tls(server.port());
  const auto connection = Connect(tls, 10'000);
  EXPECT_EQ(Reserve(*connection), "2, open");
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["args"], Json::array({std::to_string(tls.port()) + "/Reserve"}));
  EXPECT_EQ(create["metadata"]["timeout"], 10);
  EXPECT_EQ(control_.Bodies("request_received").at(0)["execution_index"],
            create["execution_index"]);
  EXPECT_EQ(Outcome()["return_value"]["status_code"], "OK");
}

TEST_P(ThriftTlsTest, ATransportThatIsNotOpenLooksAsOneThatIsClosed) {
  const StockServer server(wire_, [](const std::string&) { return 1; });
  const TlsServer tls(server.port());
  const auto connection = Connect(tls);
  connection->transport->close();
  const std::string real = Reserve(*connection);
  EXPECT_EQ(real.substr(0, 12), "transport 1 ");
  const Json outcome = Outcome()["exception"];
  connection->transport->open();
  Inject(std::string(kTransport) + "NOT_OPEN");
  EXPECT_EQ(Reserve(*connection), real);
  EXPECT_EQ(Outcome()["exception"], outcome);
  InjectNothing();
  connection->transport->open();
  EXPECT_EQ(Reserve(*connection), "2, open");
}

// Whether the connection is new, or has had a call.
TEST_P(ThriftTlsTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::string real;
  {
    const StockServer server(wire_, [released](const std::string&) {
      released.wait();
      return 1;
    });
    const TlsServer tls(server.port());
    const auto connection = Connect(tls, 300);
    real = Reserve(*connection);
    release.set_value();
  }
  EXPECT_EQ(real.substr(0, 12), "transport 2 ") << real;
  const Json outcome = Outcome()["exception"];
  const StockServer server(wire_, [](const std::string&) { return 1; });
  const TlsServer tls(server.port());
  for (const bool is_new : {true, false}) {
    const auto connection = Connect(tls);
    InjectNothing();
    if (!is_new) {
      EXPECT_EQ(Reserve(*connection), "2, open");
    }
    const size_t received = control_.Bodies("request_received").size();
    connection->socket->setRecvTimeout(300);
    Inject(std::string(kTransport) + "TIMED_OUT");
    EXPECT_EQ(Reserve(*connection), real);
    EXPECT_EQ(Outcome()["exception"], outcome);
    EXPECT_EQ(control_.Bodies("request_received").size(), received);
  }
}

TEST_P(ThriftTlsFramedTest, AnApplicationExceptionBehindACallLooksAsWhenTheHandlerThrows) {
  std::string real;
  {
    const StockServer server(wire_,
                             [](const std::string&) -> int { throw std::runtime_error(""); });
    const TlsServer tls(server.port());
    real = Reserve(*Connect(tls));
  }
  EXPECT_EQ(real.substr(0, 14), "application 0 ");
  const StockServer server(wire_, [](const std::string&) { return 1; });
  const TlsServer tls(server.port());
  const auto connection = Connect(tls);
  Inject(std::string(kApplication) + "UNKNOWN", {{"abort", false}});
  const size_t received = control_.Bodies("request_received").size();
  EXPECT_EQ(Reserve(*connection), real);
  EXPECT_EQ(control_.Bodies("request_received").size(), received + 1);
  InjectNothing();
  EXPECT_EQ(Reserve(*connection), "2, open");
}

TEST_P(ThriftTlsTest, WhatWouldHaveToBeEncryptedIsDropped) {
  const StockServer server(wire_, [](const std::string&) { return 1; });
  const TlsServer tls(server.port());
  const auto connection = Connect(tls);
  for (const char* prefix : {kTransport, kApplication}) {
    Inject(std::string(prefix) + (prefix == kTransport ? "END_OF_FILE" : "UNKNOWN"));
    EXPECT_EQ(Reserve(*connection), "2, open");
    EXPECT_EQ(Outcome()["return_value"]["status_code"], "OK");
  }
}

}  // namespace
}  // namespace filibuster
