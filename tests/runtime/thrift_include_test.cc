// What a service gets from the header alone.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/runtime/thrift_case.h"

FILIBUSTER_THRIFT_EXCEPTION(filibuster::test::OutOfStock);

namespace filibuster {
namespace {

constexpr char kOutOfStock[] =
    R"({"forced_exception": {"name": "filibuster::test::OutOfStock", "metadata": {}}})";

using ThriftIncludeTest = ThriftCase;

INSTANTIATE_TEST_SUITE_P(EveryWire, ThriftIncludeTest, kEveryWire, NameOfWire);

TEST_P(ThriftIncludeTest, ADeclaredExceptionLooksAsWhenTheHandlerThrowsIt) {
  std::string real;
  {
    StockServer server(wire_, [](const std::string&) -> int { throw OutOfStock(); });
    StockConnection connection(wire_, server.port());
    real = Reserve(connection);
  }
  EXPECT_EQ(Outcome()["exception"]["name"], "declared exception 1");
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  Inject(kOutOfStock);
  EXPECT_EQ(Reserve(connection), real);
  EXPECT_EQ(Outcome()["exception"]["name"], "filibuster::test::OutOfStock");
  EXPECT_EQ(control_.Bodies("request_received").size(), 1U);  // of the real one
  InjectNothing();
  EXPECT_EQ(Reserve(connection), "2, open");  // the connection is as good as before
}

TEST_P(ThriftIncludeTest, ACallIsMadeAllTheSameWhenItsFaultSaysSo) {
  StockServer server(wire_, One);
  StockConnection connection(wire_, server.port());
  for (const auto& [name, seen] :
       {std::pair("filibuster::test::OutOfStock", "OutOfStock "),
        {"apache::thrift::TApplicationException::INTERNAL_ERROR", "application 6 "},
        {"apache::thrift::transport::TTransportException::END_OF_FILE", "transport 3 "}}) {
    control_.Reset();
    control_.OnCreate([name = name](const Json&) {
      return Json{{"forced_exception", {{"name", name}, {"metadata", {{"abort", false}}}}}};
    });
    EXPECT_EQ(Reserve(connection).substr(0, std::string(seen).size()), seen);
    EXPECT_EQ(control_.Bodies("request_received").size(), 1U);
    EXPECT_EQ(Outcome()["exception"], (Json{{"name", name}, {"metadata", {{"abort", false}}}}));
  }
}

TEST_P(ThriftIncludeTest, AServerThatIsNotInstrumentedSkipsOurHeaders) {
  StockServer server(wire_, One, /*instrumented=*/false);
  StockConnection connection(wire_, server.port());
  EXPECT_EQ(Reserve(connection), "2, open");
  EXPECT_TRUE(control_.Bodies("request_received").empty());
}

}  // namespace
}  // namespace filibuster
