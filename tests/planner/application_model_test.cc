#include "planner/application_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planner/explore.h"
#include "planner/model_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;

// The message that reading `services` gives; "" if there is none.
std::string ErrorOf(const std::string& services, const std::string& rest = "") {
  const auto model = ModelFromText(
      R"({"schema_version": 1, "entry": "a", "services": )" + services + rest + "}", "model.json");
  return model ? "" : model.error().message;
}

TEST(ApplicationModelTest, NamesTheMistakeWithFileAndPath) {
  EXPECT_EQ(ErrorOf(R"({"a": [{"call": {"service": "b"}}]})"),
            "model.json: $.services.a[0].call.service: unknown service \"b\", expected one of "
            "$.services");
  EXPECT_EQ(ErrorOf(R"({"b": []})"),
            "model.json: $.entry: unknown service \"a\", expected one of $.services");
  EXPECT_EQ(ErrorOf(R"({"a": [{"call": {"service": "a", "tiemout": 1}}]})"),
            "model.json: $.services.a[0].call: unknown key \"tiemout\", expected one of: service, "
            "site, timeout, instrumented, module, method");
  EXPECT_EQ(ErrorOf(R"({"a": [{"return": "503"}]})"),
            "model.json: $.services.a[0].return: found string, expected an integer");
  EXPECT_EQ(ErrorOf(R"({"a": [{"return": 5030}]})"),
            "model.json: $.services.a[0].return: found 5030, expected a status from 100 to 599");
  EXPECT_EQ(ErrorOf(R"({"a": [{"if": "f", "then": {}}]})"),
            "model.json: $.services.a[0].then: found object, expected an array");
  EXPECT_EQ(ErrorOf(R"({"a": [{"goto": 1}]})"),
            "model.json: $.services.a[0]: expected a statement: an object with the key call, "
            "return, set or if");
  EXPECT_EQ(ErrorOf(R"({"a": [{"call": {"service": "a"}, "on": [{"faults": ["any"]}]}]})"),
            "model.json: $.services.a[0].on[0]: expected the key \"do\"");
  EXPECT_EQ(ErrorOf(R"({"a": []})", R"(, "expect": 503)"),
            "model.json: $.expect: found number, expected an array");
  EXPECT_EQ(ErrorOf(R"({"a": []})", R"(, "entries": 1)"),
            "model.json: $: unknown key \"entries\", expected one of: schema_version, name, entry, "
            "services, expect");
  EXPECT_EQ(ModelFromText("{}", "m").error().message, "m: $: expected the key \"schema_version\"");
  EXPECT_EQ(ErrorOf(R"({"a": []})"), "");
}

TEST(ApplicationModelTest, NeedsNoServiceForAnExternalCall) {
  EXPECT_EQ(ErrorOf(R"({"a": [{"call": {"service": "b", "instrumented": false}}]})"), "");
}

// The calls that one execution makes, and how they end: "b 503".
class ModelRunnerTest : public testing::Test {
 protected:
  Exploration ExploreText(const std::string& services, const std::string& rest = "") {
    model_ = *ModelFromText(
        R"({"schema_version": 1, "entry": "a", "services": )" + services + rest + "}", "m.json");
    auto space = FaultSpace::Create(DefaultAnalysis());
    ModelRunner runner(model_);
    const Exploration result =
        Explore(runner, *space, calls_, {.reduction = Reduction::kNone, .keep_going = true});
    answers_ = runner.behaviours().answers;
    return result;
  }

  ApplicationModel model_;
  CallTable calls_;
  std::set<std::pair<int, bool>> answers_;  // of the entry service; whether there were faults
};

TEST_F(ModelRunnerTest, AnswersWithInternalErrorWhenNobodyTakesAnException) {
  ExploreText(R"({"a": [{"call": {"service": "b"}, "on": [{"faults": ["status"], "do": [
                 {"return": 404}]}]}], "b": []})");
  EXPECT_THAT(answers_,
              ElementsAre(std::pair(200, false), std::pair(404, true), std::pair(500, true)));
}

TEST_F(ModelRunnerTest, TakesAStatusThatNobodyLooksAtForSuccess) {
  ExploreText(R"({"a": [{"call": {"service": "b"}, "on": [{"faults": ["exception"], "do": [
                 {"return": 503}]}], "ok": [{"return": 201}]}], "b": []})");
  EXPECT_THAT(answers_,
              ElementsAre(std::pair(201, false), std::pair(201, true), std::pair(503, true)));
}

TEST_F(ModelRunnerTest, TakesTheFirstClauseThatMatches) {
  ExploreText(R"({"a": [{"call": {"service": "b", "timeout": 1}, "on": [
      {"faults": ["502"], "do": [{"return": 402}]},
      {"faults": ["httplib::Error::Read"], "do": [{"return": 408}]},
      {"faults": ["any"], "do": [{"return": 400}]},
      {"faults": ["exception"], "do": [{"return": 499}]}]}], "b": []})");
  EXPECT_THAT(answers_, ElementsAre(std::pair(200, false), std::pair(400, true),
                                    std::pair(402, true), std::pair(408, true)));
}

TEST_F(ModelRunnerTest, KeepsFlagsForOneRequest) {
  ExploreText(R"({"a": [
      {"call": {"service": "b", "instrumented": false}, "on": [{"faults": ["any"], "do": [{"set": "down"}]}]},
      {"if": "down", "then": [{"return": 503}], "else": [{"return": 202}]}]})");
  EXPECT_THAT(answers_, ElementsAre(std::pair(202, false), std::pair(503, true)));
}

TEST_F(ModelRunnerTest, FailsWhatTheModelDoesNotExpect) {
  const Exploration result = ExploreText(
      R"({"a": [{"call": {"service": "b"}, "on": [{"faults": ["exception"], "do": [
         {"return": 503}]}]}], "b": []})",
      R"(, "expect": [503, 404])");
  EXPECT_EQ(result.failed, 3u);
  EXPECT_EQ(result.first_failure->verdict, Verdict(Failed{"a answered 200, expected 503 or 404"}));
}

TEST_F(ModelRunnerTest, RefusesACallCycleThatDoesNotEnd) {
  EXPECT_EQ(
      ExploreText(R"({"a": [{"call": {"service": "b"}}], "b": [{"call": {"service": "a"}}]})")
          .error,
      Error{"m.json: $.services.b[0].call: found a call to \"a\" while that handles a request "
            "that led here, expected call cycles to end"});
}

TEST_F(ModelRunnerTest, RefusesACycleThatOnlyAFaultLeadsTo) {
  const Exploration result = ExploreText(
      R"({"a": [{"call": {"service": "b"}}],
          "b": [{"call": {"service": "c"}, "on": [{"faults": ["503"], "do": [
                 {"call": {"service": "a"}}]}]}], "c": []})");
  EXPECT_TRUE(result.error);
}

TEST_F(ModelRunnerTest, TakesACycleThatNothingLeadsToForNone) {
  const Exploration result = ExploreText(
      R"({"a": [{"call": {"service": "b"}}],
          "b": [{"if": "never", "then": [{"call": {"service": "a"}}]}]})");
  EXPECT_FALSE(result.error);
  EXPECT_EQ(result.executions.size(), 5u);
}

}  // namespace
}  // namespace filibuster
