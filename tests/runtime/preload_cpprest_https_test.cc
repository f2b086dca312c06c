// Calls by https, to a certificate that signed itself.
#include <gtest/gtest.h>

#include <string>

#include "tests/runtime/corrupted_bodies.h"
#include "tests/runtime/cpprest_call.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"
#include "tests/support/tls_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using web::http::client::http_client;
using Way = MisbehavingServer::Way;

class PreloadCpprestHttpsTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  // By a client of its own, while the server is like that.
  std::string CallWhen(Way way, const std::string& answer, const std::string& method) {
    tls_.Stop();
    server_.Restart(way, answer);
    if (way != Way::kDoNotListen) tls_.Start();
    http_client client(UriOf(tls_.port(), "https"),
                       Config(way == Way::kStaySilent ? kBriefly : kPatient));
    return Call(client, method);
  }

  Json Outcome() const { return control_.Bodies("invocation_complete").back(); }

  // What a caller sees of the real failure, and of the injected one while the server is well; and
  // that the client is as good as new after it.
  void ExpectInjectedAsReal(Way way, const std::string& answer, const std::string& fault) {
    for (const char* method : {"GET", "POST"}) {
      const std::string real = CallWhen(way, answer, method);
      const Json outcome = Outcome();
      control_.Reset();
      const std::string well = CallWhen(Way::kAnswer, Ok("well"), method);
      EXPECT_EQ(well.substr(0, 6), "200 OK") << well;
      http_client client(UriOf(tls_.port(), "https"), Config());
      control_.OnCreate([&](const Json&) { return Json::parse(fault); });
      for (int i = 0; i < 2; ++i) EXPECT_EQ(Call(client, method), real);
      EXPECT_EQ(server_.requests().size(), 1U);
      for (const char* key : {"exception", "return_value"}) {
        EXPECT_EQ(Outcome().value(key, Json()), outcome.value(key, Json()));
      }
      control_.Reset();
      EXPECT_EQ(Call(client, method), well);
      EXPECT_EQ(server_.requests().size(), 2U);
    }
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
  TlsServer tls_{server_.port()};
};

TEST_F(PreloadCpprestHttpsTest, ARefusedConnectionLooksAsWhenNobodyListens) {
  ExpectInjectedAsReal(Way::kDoNotListen, "", Forced("EHOSTUNREACH"));
}

TEST_F(PreloadCpprestHttpsTest, ATimeoutLooksAsWhenTheServerStaysSilent) {
  ExpectInjectedAsReal(Way::kStaySilent, "", Forced("ETIMEDOUT"));
}

TEST_F(PreloadCpprestHttpsTest, AnAbortedConnectionLooksAsWhenTheServerCloses) {
  ExpectInjectedAsReal(Way::kClose, "", Forced("ECONNABORTED"));
}

TEST_F(PreloadCpprestHttpsTest, AStatusLooksAsWhenTheServerAnswersIt) {
  ExpectInjectedAsReal(Way::kAnswer, kUnavailable, kStatus);
}

TEST_F(PreloadCpprestHttpsTest, WithoutAbortTheCalleeIsCalledBeforeTheFault) {
  const std::string real = CallWhen(Way::kStaySilent, "", "GET");
  CallWhen(Way::kAnswer, Ok("well"), "GET");
  control_.OnCreate(
      [](const Json&) { return Json::parse(Forced("ETIMEDOUT", R"({"abort": false})")); });
  http_client client(UriOf(tls_.port(), "https"), Config());
  EXPECT_EQ(Call(client), real);
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(PreloadCpprestHttpsTest, ACorruptedBodyIsTheAnswersOwnTransformed) {
  const CorruptedBodyCase& it = kCorruptedBodies[1];
  const std::string real = CallWhen(Way::kAnswer, Ok(it.body), "GET");
  control_.OnCreate([&](const Json&) { return Json::parse(it.fault()); });
  EXPECT_EQ(CallWhen(Way::kAnswer, Ok(it.answer), "GET"), real);
}

TEST_F(PreloadCpprestHttpsTest, ACallSaysThatItIsEncryptedAndCarriesItsIndex) {
  CallWhen(Way::kAnswer, Ok("well"), "GET");
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["args"], Json::array({std::to_string(tls_.port()) + "/bar?x=1"}));
  EXPECT_EQ(create["metadata"]["ssl"], true);
  const std::string index = create["execution_index"];
  EXPECT_NE(server_.requests().at(0).find("X-Filibuster-Execution-Index:" + index),
            std::string::npos);
}

}  // namespace
}  // namespace filibuster
