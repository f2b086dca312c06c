// What a service that nobody has changed gets, and does not get.
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/thrift_case.h"

namespace filibuster {

void SetServiceName(std::string name);  // the preloaded one, which FILIBUSTER_ANALYSIS hides

namespace {

using PreloadThriftTest = ThriftCase;

INSTANTIATE_TEST_SUITE_P(EveryWire, PreloadThriftTest, kEveryWire, NameOfWire);

std::string Forced(const std::string& name, const std::string& metadata = "{}") {
  return R"({"forced_exception": {"name": ")" + name + R"(", "metadata": )" + metadata + "}}";
}
constexpr char kEndOfFile[] = "apache::thrift::transport::TTransportException::END_OF_FILE";
constexpr char kInternal[] = "apache::thrift::TApplicationException::INTERNAL_ERROR";

// The end of an answer is seen by its frame alone.
TEST_P(PreloadThriftTest, WithoutAbortACallIsMadeAndFailsOverAFramedTransport) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  for (const auto& [name, seen] :
       {std::pair(kInternal, "application 6 "), {kEndOfFile, "transport 3 "}}) {
    control_.Reset();
    Inject(Forced(name, R"({"abort": false})"));
    EXPECT_EQ(Reserve(connection).substr(0, wire_.framed ? std::string(seen).size() : 7),
              wire_.framed ? seen : "2, open");
    EXPECT_EQ(control_.Bodies("request_received").size(), 1U);
    EXPECT_EQ(Outcome().contains("exception"), wire_.framed);
  }
}

TEST_P(PreloadThriftTest, ADeclaredExceptionIsNotKnownAndDropped) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  Inject(Forced("filibuster::test::OutOfStock"));
  EXPECT_EQ(Reserve(connection), "2, open");
}

TEST_P(PreloadThriftTest, ADeclaredExceptionOfTheCalleeIsReported) {
  StockServer server(wire_, [](const std::string&) -> int { throw OutOfStock(); });
  StockConnection connection(wire_, server.port());
  EXPECT_EQ(Reserve(connection).substr(0, 10), "OutOfStock");
  EXPECT_EQ(Outcome()["exception"]["name"], "declared exception 1");
}

// Larger than any buffer of Thrift's: sent, and read, in parts.
TEST_P(PreloadThriftTest, ACallOfAnySizeHasItsFaultAndReachesItsHandlerWithItsIndex) {
  const std::string item(100'000, 'x');
  StockServer back(wire_, One);
  StockServer front(wire_, [&](const std::string& text) {
    StockConnection connection(wire_, back.port());
    return connection.client.Reserve(text, 1);
  });
  StockConnection connection(wire_, front.port());
  EXPECT_EQ(connection.client.Reserve(item, 3), 3);
  const std::vector<Json> creates = control_.Bodies("invocation");
  ASSERT_EQ(creates.size(), 2U);
  const auto index = [&](size_t i) {
    return Json::parse(creates[i]["execution_index"].get<std::string>());
  };
  ASSERT_EQ(index(1).size(), 2U);
  EXPECT_EQ(index(1)[0], index(0)[0]);
  EXPECT_EQ(control_.Bodies("request_received").size(), 2U);
  Inject(Forced(kEndOfFile));
  EXPECT_THROW(connection.client.Reserve(item, 3), apache::thrift::transport::TTransportException);
  EXPECT_EQ(control_.Bodies("request_received").size(), 2U);
}

// Larger than any buffer of Thrift's, too.
TEST_P(PreloadThriftTest, HeadersOfAnyLengthReachTheHandler) {
  StockServer back(wire_, One);
  StockServer front(wire_, [&](const std::string&) {
    StockConnection connection(wire_, back.port());
    return connection.client.Reserve("teapot", 1);
  });
  constexpr auto set_service_name = static_cast<void (*)(std::string)>(&SetServiceName);
  for (const std::size_t length : {300U, 3'000U, 30'000U}) {
    set_service_name(std::string(length, 'f'));  // which the vector clocks have
    StockConnection connection(wire_, front.port());
    EXPECT_EQ(connection.client.Reserve("teapot", 3), 3);
    EXPECT_EQ(connection.client.Reserve(std::string(1000, 'x'), 3), 3);
  }
  set_service_name("foo");
  const std::vector<Json> creates = control_.Bodies("invocation");
  ASSERT_EQ(creates.size(), 12U);
  for (std::size_t i = 0; i < creates.size(); i += 2) {
    const Json caused = Json::parse(creates[i + 1]["execution_index"].get<std::string>());
    ASSERT_EQ(caused.size(), 2U) << i;
    EXPECT_EQ(caused[0], Json::parse(creates[i]["execution_index"].get<std::string>())[0]);
  }
}

TEST_P(PreloadThriftTest, HeadersThatAreTooLongToKeepAreTold) {
  StockServer server(wire_, One);
  constexpr auto set_service_name = static_cast<void (*)(std::string)>(&SetServiceName);
  set_service_name(std::string(200'000, 'f'));
  testing::internal::CaptureStderr();
  StockConnection connection(wire_, server.port());
  EXPECT_EQ(connection.client.Reserve("teapot", 3), 3);
  set_service_name("foo");
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(log.find("256 KiB of X-Filibuster headers") == log.npos, wire_.framed) << log;
  EXPECT_EQ(control_.Bodies("request_received").size(), wire_.framed ? 1U : 0U);
}

TEST_P(PreloadThriftTest, RequestsOfOneConnectionFollowEachOther) {
  StockServer back(wire_, One);
  StockServer front(wire_, [&](const std::string&) {
    StockConnection connection(wire_, back.port());
    return connection.client.Reserve("teapot", 1);
  });
  StockConnection connection(wire_, front.port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Reserve(connection), "2, open");
  const std::vector<Json> creates = control_.Bodies("invocation");
  ASSERT_EQ(creates.size(), 6U);
  for (size_t i = 0; i < 6; i += 2) {
    const Json caused = Json::parse(creates[i + 1]["execution_index"].get<std::string>());
    ASSERT_EQ(caused.size(), 2U);
    EXPECT_EQ(caused[0], Json::parse(creates[i]["execution_index"].get<std::string>())[0]);
  }
}

// A oneway call and one behind it, in one packet: no frame tells a buffered server where the first
// ends.
TEST_P(PreloadThriftTest, CallsThatAreReadTogetherAreGivenNoWrongParent) {
  StockServer back(wire_, One);
  StockServer front(wire_, [&](const std::string&) {
    StockConnection connection(wire_, back.port());
    return connection.client.Reserve("teapot", 1);
  });
  const auto packet = std::make_shared<apache::thrift::transport::TMemoryBuffer>();
  const auto transport = wire_.transport_factory()->getTransport(packet);
  StockClient client(wire_.protocol_factory()->getProtocol(transport));
  client.Note("teapot");
  client.send_Reserve("teapot", 1);
  apache::thrift::transport::TSocket socket("127.0.0.1", front.port());
  socket.open();
  const std::string bytes = packet->getBufferAsString();
  socket.write(reinterpret_cast<const std::uint8_t*>(bytes.data()),
               static_cast<std::uint32_t>(bytes.size()));
  std::uint8_t answer[64];
  EXPECT_GT(socket.read(answer, sizeof answer), 0U);

  const std::vector<Json> creates = control_.Bodies("invocation");
  ASSERT_EQ(creates.size(), 4U);
  for (size_t i = 0; i < 2; ++i) {
    const Json sent = Json::parse(creates[i]["execution_index"].get<std::string>());
    const Json caused = Json::parse(creates[i + 2]["execution_index"].get<std::string>());
    EXPECT_EQ(caused.size(), wire_.framed ? 2U : 1U);
    if (wire_.framed) EXPECT_EQ(caused[0], sent[0]);
    EXPECT_EQ(creates[i + 2]["metadata"].contains("cause"), !wire_.framed);
  }
}

}  // namespace
}  // namespace filibuster
