// Calls by https, to a certificate that signed itself.
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <new>
#include <string>
#include <vector>

#include "tests/runtime/poco_call.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"
#include "tests/support/tls_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Poco::Net::Context;
using Poco::Net::HTTPSClientSession;
using Way = MisbehavingServer::Way;

class PreloadPocoHttpsTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    control_.Reset();
    session_.setTimeout(kPatient);
    session_.setKeepAlive(GetParam());
  }

  // An answer is waited for, however busy the machine; silence is not waited for as long.
  static constexpr Poco::Timespan::TimeDiff kPatient = 60'000'000;
  static constexpr Poco::Timespan::TimeDiff kBriefly = 300'000;

  // A call by this session while the server is like that; nothing of the one before is left.
  std::string CallWhen(Way way, const std::string& answer, const std::string& method) {
    session_.reset();
    tls_.Stop();
    server_.Restart(way, answer);
    if (way != Way::kDoNotListen) tls_.Start();
    session_.setTimeout(way == Way::kStaySilent ? kBriefly : kPatient);
    return Call(session_, method);
  }

  // What a caller sees of the real failure, and of the injected one while the server is well; and
  // that the session is as good as new after it.
  void ExpectInjectedAsReal(Way way, const std::string& answer, const char* fault) {
    for (const char* method : {"GET", "POST"}) {
      const std::string real = CallWhen(way, answer, method);
      const Json outcome = control_.Bodies("invocation_complete").back();
      control_.Reset();
      const std::string well = CallWhen(Way::kAnswer, Ok("well"), method);
      EXPECT_EQ(well.substr(0, 6), "200 OK") << well;
      control_.OnCreate([&](const Json&) { return Json::parse(fault); });
      for (int i = 0; i < 2; ++i) EXPECT_EQ(Call(session_, method), real);
      EXPECT_EQ(server_.requests().size(), 1U);
      const Json injected = control_.Bodies("invocation_complete").back();
      for (const char* key : {"exception", "return_value"}) {
        EXPECT_EQ(injected.value(key, Json()), outcome.value(key, Json()));
      }
      control_.Reset();
      EXPECT_EQ(Call(session_, method), well);
      EXPECT_EQ(server_.requests().size(), 2U);
    }
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
  TlsServer tls_{server_.port()};
  HTTPSClientSession session_{"127.0.0.1", static_cast<Poco::UInt16>(tls_.port()),
                              new Context(Context::CLIENT_USE, "", Context::VERIFY_NONE)};
};

INSTANTIATE_TEST_SUITE_P(KeepAlive, PreloadPocoHttpsTest, testing::Bool());

TEST_P(PreloadPocoHttpsTest, ARefusedConnectionLooksAsWhenNobodyListens) {
  ExpectInjectedAsReal(Way::kDoNotListen, "", kRefused);
}

TEST_P(PreloadPocoHttpsTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  ExpectInjectedAsReal(Way::kStaySilent, "", kTimeout);
}

TEST_P(PreloadPocoHttpsTest, NoMessageLooksAsWhenTheServerCloses) {
  ExpectInjectedAsReal(Way::kClose, "", kNoMessage);
}

TEST_P(PreloadPocoHttpsTest, AStatusLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable, kStatus);
}

TEST_P(PreloadPocoHttpsTest, ACallSaysThatItIsEncryptedAndCarriesItsIndex) {
  EXPECT_EQ(Call(session_).substr(0, 6), "200 OK");
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["args"], Json::array({std::to_string(tls_.port()) + "/bar"}));
  EXPECT_EQ(create["metadata"]["ssl"], true);
  const std::string index = create["execution_index"];
  EXPECT_NE(server_.requests().at(0).find("X-Filibuster-Execution-Index: " + index),
            std::string::npos);
}

// A request whose answer nobody reads leaves the session as it was.
TEST_P(PreloadPocoHttpsTest, AFaultThatNobodyLooksAtIsForgotten) {
  control_.OnCreate([](const Json&) {
    return Json::parse(R"({"forced_exception": {"name": "Poco::TimeoutException"}})");
  });
  Poco::Net::HTTPRequest request("GET", "/bar", Poco::Net::HTTPRequest::HTTP_1_1);
  session_.sendRequest(request);
  control_.Reset();
  EXPECT_EQ(Call(session_).substr(0, 6), "200 OK");
}

// Nor does it come back to another session that is made where that one was.
TEST_P(PreloadPocoHttpsTest, AFaultThatNobodyLooksAtIsNothingToTheNextSessionInItsPlace) {
  alignas(HTTPSClientSession) unsigned char place[sizeof(HTTPSClientSession)];
  const auto port = static_cast<Poco::UInt16>(tls_.port());
  auto* const gone = new (place) HTTPSClientSession(
      "127.0.0.1", port, new Context(Context::CLIENT_USE, "", Context::VERIFY_NONE));
  control_.OnCreate([](const Json&) { return Json::parse(kTimeout); });
  Poco::Net::HTTPRequest request("GET", "/bar", Poco::Net::HTTPRequest::HTTP_1_1);
  gone->sendRequest(request);
  const void* const its_socket = gone->socket().impl();
  gone->~HTTPSClientSession();
  control_.Reset();
  const auto plain_port = static_cast<Poco::UInt16>(server_.port());
  auto* next = new (place) Poco::Net::HTTPClientSession("127.0.0.1", plain_port);
  // With its socket, too, where that one's was, if memory is given out again.
  std::vector<Poco::Net::StreamSocket> others;
  while (next->socket().impl() != its_socket && others.size() < 100) {
    next->~HTTPClientSession();
    others.emplace_back();
    next = new (place) Poco::Net::HTTPClientSession("127.0.0.1", plain_port);
  }
  EXPECT_EQ(Call(*next).substr(0, 6), "200 OK");
  next->~HTTPClientSession();
}

}  // namespace
}  // namespace filibuster
