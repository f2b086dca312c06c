#include "runner/silent_services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/analysis_json.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAnalysis[] = R"({"cpp.httplib": {"pattern": "httplib", "call_sites": [
  {"service": "foo", "file": "foo/foo.cc", "line": 17, "function": "f", "module": "httplib",
   "method": "Get", "target": {"service": "bar"}}]}})";

class SilentServicesTest : public testing::Test {
 protected:
  void AddService(const std::string& name, int port, const std::string& health = "/health-check") {
    application_.services.push_back({.name = name, .port = port, .health_check = health});
  }

  void AddCall(const std::string& caller, const std::string& target,
               std::optional<std::string> received_by) {
    KnownCall call;
    call.invocation.source_service_name = caller;
    call.invocation.args = Json::array({target});
    call.invocation.execution_index = "[[\"" + caller + target + "\", 1]]";
    call.target_service_name = std::move(received_by);
    calls_.EnterCall(call);
  }

  std::vector<std::string> Warnings() {
    return SilentServices(application_, *AnalysisFromText(kAnalysis, "analysis.json"), calls_);
  }

  Application application_{.file = "/app/application.json", .services = {}};
  CallTable calls_;
};

TEST_F(SilentServicesTest, SaysNothingWhereEachCallsOrIsCalled) {
  AddService("foo", 5000);
  AddService("bar", 5001);
  AddService("redis", 5002, "tcp");
  AddCall("foo", "5001/bar", "bar");
  EXPECT_THAT(Warnings(), IsEmpty());
}

TEST_F(SilentServicesTest, NamesTheServiceThatWasCalledAndDidNotSaySo) {
  AddService("foo", 5000);
  AddService("bar", 5001);
  AddCall("foo", "5001/bar", std::nullopt);
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("service bar: it was called, on port 5001,")));
}

TEST_F(SilentServicesTest, NamesTheCallsOfGrpcThatNobodySaidToHaveReceived) {
  AddService("foo", 5000);
  AddService("reviews", 5001, "tcp");
  AddCall("foo", "/shop.Prices/Get", "prices");
  AddCall("foo", "/shop.Reviews/List", std::nullopt);
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("calls of /shop.Reviews/List: nobody said")));
}

TEST_F(SilentServicesTest, NamesTheServiceWhoseCallsArriveAtAnother) {
  AddService("foo", 5000);
  AddService("barr", 5001);
  AddCall("foo", "5001/bar", "bar");
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("barr: calls to its port 5001 arrive at bar:")));
}

TEST_F(SilentServicesTest, NamesThoseOfWhichNothingWasSeen) {
  AddService("foo", 5000, "tcp");  // the analysis has a call of it
  AddService("bar", 5001);
  AddService("baz", 5002);
  AddService("redis", 5003, "tcp");
  AddCall("bar", "5002/baz", "baz");
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("no call of or to foo was seen")));
}

TEST_F(SilentServicesTest, NamesAServiceThatHasAnotherNameInTheAnalysis) {
  AddService("fooo", 5000);
  AddService("bar", 5001);
  AddCall("fooo", "5001/bar", "bar");
  EXPECT_THAT(Warnings(),
              ElementsAre(HasSubstr("service fooo: the analysis has no calls of it, but "
                                    "of foo, which application.json does not have")));
}

TEST_F(SilentServicesTest, LeavesItToOthersToSayThatNothingWasSeenAtAll) {
  AddService("foo", 5000);
  EXPECT_THAT(Warnings(), IsEmpty());
}

}  // namespace
}  // namespace filibuster
