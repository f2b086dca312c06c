#include "planner/counterexample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planner/replay.h"
#include "tests/support/fake_test_runner.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// a calls b twice, and c if the second call fails with 503; fails if c fails, too.
bool TwoFaultBug(FakeApplication& application, bool) {
  application.Call("a", "b");
  if (application.Call("a", "b") == "503") return application.Call("a", "c") == "200";
  return true;
}

Counterexample Find(FakeTestRunner::Test test) {
  FakeTestRunner runner(std::move(test));
  CallTable calls;
  auto space = FaultSpace::Create(DefaultAnalysis());
  const auto result = Explore(runner, *space, calls, {});
  return MakeCounterexample(*result.first_failure, calls, "./test");
}

TEST(CounterexampleTest, HoldsWhatAPersonNeeds) {
  const Counterexample found = Find(TwoFaultBug);
  ASSERT_EQ(found.faults.size(), 2u);
  EXPECT_EQ(found.faults[0].call.service, "a");
  EXPECT_EQ(found.faults[0].call.target_service, "b");
  EXPECT_EQ(found.faults[0].call.callsite_line, "17");
  EXPECT_EQ(found.faults[0].call.occurrence, 2);
  EXPECT_EQ(found.faults[1].call.target_service, "c");
  EXPECT_EQ(FaultName(found.faults[0].fault), "503");
}

TEST(CounterexampleTest, IsReadAsItWasWritten) {
  const Counterexample found = Find(TwoFaultBug);
  const auto read = CounterexampleFromText(CounterexampleToText(found), "counterexample.json");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, found);
}

TEST(CounterexampleTest, IsReadFromFilibustersTextFormAlone) {
  const Counterexample found = Find(TwoFaultBug);
  Json json = Json::parse(CounterexampleToText(found));
  json.erase("faults");
  json.erase("schema_version");
  const auto read = CounterexampleFromText(json.dump(), "counterexample.json");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->faults, found.faults);
}

TEST(CounterexampleTest, HasFilibustersKeysInItsTextForm) {
  const Json execution = Find(TwoFaultBug).test_execution;
  std::vector<std::string> failure_keys;
  for (const auto& [key, value] : execution["failures"][0].items()) failure_keys.push_back(key);
  EXPECT_THAT(failure_keys, ElementsAre("args", "execution_index", "failure_metadata"));
  EXPECT_EQ(execution["log"].size(), 3u);
  const Json& response = execution["response_log"][1];
  EXPECT_EQ(response["target_service_name"], "b");
  EXPECT_EQ(response["fault_injection"], true);
  EXPECT_EQ(response["failure_metadata"]["return_value"]["status_code"], "503");
}

TEST(CounterexampleTest, NamesTheMistakeInAFile) {
  const auto error_of = [](const std::string& text) {
    const auto read = CounterexampleFromText(text, "c.json");
    return read ? std::string("no error") : read.error().message;
  };
  EXPECT_EQ(error_of("{}"),
            "c.json: $: expected the key \"faults\", or \"TestExecution\" as Filibuster writes it");
  EXPECT_EQ(error_of(R"({"faults": []})"),
            "c.json: $.faults: found an empty list, expected at least one fault");
  EXPECT_EQ(
      error_of(R"({"TestExecution": "{\"failures\": []}"})"),
      "c.json: $.TestExecution: $.failures: found an empty list, expected at least one fault");
  EXPECT_EQ(error_of(R"({"TestExecution": "{\"failures\": [{\"execution_index\": \"x\"}]}"})"),
            "c.json: $.TestExecution: $.failures[0].execution_index: found no call with this "
            "execution index in the log");
  EXPECT_EQ(error_of(R"({"faults": [{"service": 1}]})"),
            "c.json: $.faults[0].service: found number, expected a string");
  EXPECT_EQ(error_of(R"({"schema_version": 9, "faults": []})"),
            "c.json: $.schema_version: found version 9, expected 1");
}

// The message for a counterexample in which `change` was made.
std::string ErrorAfter(const std::function<void(Json& faults)>& change, bool whole = true) {
  Json json = Json::parse(CounterexampleToText(Find(TwoFaultBug)));
  change(json["faults"]);
  if (!whole) json.erase("TestExecution");
  const auto read = CounterexampleFromText(json.dump(), "c.json");
  return read ? "no error" : read.error().message;
}

TEST(CounterexampleTest, HasOneFaultForEachCall) {
  EXPECT_EQ(ErrorAfter([](Json& faults) { faults.push_back(faults[0]); }),
            "c.json: $.faults[2].execution_index: found the call of an earlier fault, expected "
            "another");
}

TEST(CounterexampleTest, HasOnlyFaultsThatCanBeInjected) {
  const auto with_status = [](const Json& code) {
    return ErrorAfter(
        [&](Json& faults) { faults[0]["failure_metadata"]["return_value"]["status_code"] = code; },
        /*whole=*/false);
  };
  EXPECT_EQ(
      with_status("9999"),
      "c.json: $.faults[0].failure_metadata.return_value.status_code: found \"9999\", expected "
      "an integer from 100 to 999");
  EXPECT_EQ(with_status(418), "no error");

  const auto with = [](const Json& exception) {
    return ErrorAfter(
        [&](Json& faults) {
          faults[0].erase("failure_metadata");
          faults[0]["forced_exception"] = exception;
        },
        /*whole=*/false);
  };
  const std::string key = "c.json: $.faults[0].forced_exception.";
  EXPECT_EQ(with({{"name", ""}}), key + "name: found \"\", expected a name");
  EXPECT_EQ(with({{"name", "E"}, {"metadata", {{"sleep", "abc"}}}}),
            key + "metadata.sleep: found \"abc\", expected a number from 0 to 1000000");
  EXPECT_EQ(with({{"name", "E"}, {"metadata", {{"abort", "no"}}}}),
            key + "metadata.abort: found string, expected true or false");
}

TEST(CounterexampleTest, HasOnlyKeysThatSaySomething) {
  EXPECT_THAT(ErrorAfter([](Json& faults) { faults[0]["colour"] = 1; }),
              testing::StartsWith("c.json: $.faults[0]: unknown key \"colour\""));
  EXPECT_EQ(ErrorAfter([](Json& faults) { faults[0]["occurrence"] = 0; }),
            "c.json: $.faults[0].occurrence: found 0, expected at least 1");
}

TEST(CounterexampleTest, HasNoOtherKeysBesideItsFaults) {
  Json json = Json::parse(CounterexampleToText(Counterexample{}));
  json["fault"] = Json::array();
  const auto read = CounterexampleFromText(json.dump(), "c.json");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, testing::StartsWith("c.json: $: unknown key \"fault\""));
}

TEST(CounterexampleTest, DoesNotContradictItsLog) {
  EXPECT_EQ(ErrorAfter([](Json& faults) { faults[1]["service"] = "z"; }),
            "c.json: $.faults[1].service: found z, expected a as in the log of TestExecution");
  EXPECT_EQ(
      ErrorAfter([](Json& faults) { faults[0]["target_service"] = "z"; }),
      "c.json: $.faults[0].target_service: found z, expected b as in the log of TestExecution");
  EXPECT_EQ(ErrorAfter([](Json& faults) { faults[0]["args"] = {"9999/other"}; }),
            "c.json: $.faults[0].args: found [\"9999/other\"], expected [\"b\"] as in the log of "
            "TestExecution");
  EXPECT_THAT(ErrorAfter([](Json& faults) { faults[0]["callsite_line"] = "4711"; }),
              testing::StartsWith("c.json: $.faults[0].callsite_line: found 4711, expected "));
}

TEST(CounterexampleTest, DoesNotContradictItsFailures) {
  const auto set_status = [](const Json& code) {
    return
        [=](Json& faults) { faults[0]["failure_metadata"]["return_value"]["status_code"] = code; };
  };
  EXPECT_THAT(ErrorAfter(set_status("418")),
              testing::AllOf(testing::StartsWith("c.json: $.faults[0]: found "),
                             testing::EndsWith("as in the failures of TestExecution")));
  EXPECT_EQ(ErrorAfter(set_status(503)), "no error");
  EXPECT_THAT(ErrorAfter([](Json& faults) { faults.erase(1); }),
              testing::StartsWith("c.json: $.faults: found no fault of the call "));
  EXPECT_EQ(ErrorAfter([](Json& faults) { faults[1]["execution_index"] = "[[\"dead\", 1]]"; }),
            "c.json: $.faults[1].execution_index: found a call that is not among the failures of "
            "TestExecution");
}

TEST(CounterexampleTest, IsMadeOfAnExecutionWithoutItsLog) {
  FakeTestRunner runner(TwoFaultBug);
  CallTable calls;
  auto space = FaultSpace::Create(DefaultAnalysis());
  auto result = Explore(runner, *space, calls, {});
  const Counterexample whole = MakeCounterexample(*result.first_failure, calls, "./test");
  result.first_failure->log = {};
  const Counterexample found = MakeCounterexample(*result.first_failure, calls, "./test");
  EXPECT_EQ(found.faults, whole.faults);
  EXPECT_EQ(found.test_execution["response_log"].size(), 3u);
}

TEST(ReplayTest, FindsACallWhoseTargetIsNeverTheSame) {
  int run = 0;
  const auto test = [&run](FakeApplication& application, bool) {
    return application.Call("a", fmt::format("b/{}", ++run)) != "503";
  };
  FakeTestRunner runner(test);
  CallTable calls;
  auto space = FaultSpace::Create(DefaultAnalysis());
  const auto result = Explore(runner, *space, calls, {.baseline_runs = 2});
  const Counterexample found = MakeCounterexample(*result.first_failure, calls, "./test");
  const auto read = CounterexampleFromText(CounterexampleToText(found), "counterexample.json");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, found);
  CallTable fresh;
  const auto replay = ReplayCounterexample(*read, runner, fresh);
  EXPECT_EQ(replay->execution.verdict, Verdict(Failed{"exit code 1"}));
}

TEST(ReplayTest, FailsAgainUnderTheSameFaults) {
  FakeTestRunner runner(TwoFaultBug);
  CallTable calls;
  const auto replay = ReplayCounterexample(Find(TwoFaultBug), runner, calls);
  EXPECT_EQ(replay->execution.verdict, Verdict(Failed{"exit code 1"}));
  EXPECT_THAT(replay->matched, IsEmpty());
  EXPECT_EQ(runner.ran.size(), 1u);
}

TEST(ReplayTest, PassesOnceTheBugIsGone) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    TwoFaultBug(application, true);
    return true;
  });
  CallTable calls;
  const auto replay = ReplayCounterexample(Find(TwoFaultBug), runner, calls);
  EXPECT_EQ(replay->execution.verdict, Verdict(Passed{}));
}

TEST(ReplayTest, MatchesCallsThatMoved) {
  Counterexample found = Find(TwoFaultBug);
  for (auto& fault : found.faults) {
    fault.call.execution_index = R"([["older", 1]])" + fault.call.callsite_line;
    fault.call.execution_index += fault.call.target_service.value();
    fault.call.callsite_line = "12";
    fault.call.args = Json{"5001/" + fault.call.args[0].get<std::string>()};
  }
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.port = "6001/";
    return TwoFaultBug(application, true);
  });
  CallTable calls;
  const auto replay = ReplayCounterexample(found, runner, calls);
  EXPECT_EQ(replay->execution.verdict, Verdict(Failed{"exit code 1"}));
  EXPECT_THAT(replay->matched, ElementsAre("a -> b (a.cc:12) was matched to a -> b (a.cc:17)",
                                           "a -> c (a.cc:12) was matched to a -> c (a.cc:17)"));
}

TEST(ReplayTest, SaysSoWhereOnlyTheExecutionIndexIsAnotherOne) {
  Counterexample found = Find(TwoFaultBug);
  found.faults[0].call.execution_index = R"([["older", 1]])";
  FakeTestRunner runner(TwoFaultBug);
  CallTable calls;
  const auto replay = ReplayCounterexample(found, runner, calls);
  EXPECT_EQ(replay->execution.verdict, Verdict(Failed{"exit code 1"}));
  EXPECT_THAT(replay->matched,
              ElementsAre("a -> b (a.cc:17): its execution index is another one now"));
}

TEST(ReplayTest, KnowsTheCallsAsTheyWereMade) {
  FakeTestRunner runner(TwoFaultBug);
  CallTable calls;
  const auto replay = ReplayCounterexample(Find(TwoFaultBug), runner, calls);
  const CallEvent& failed = replay->execution.calls[1];
  EXPECT_EQ(calls.call(failed.call).invocation.vclock, (VectorClock{{"a", 2}}));
  EXPECT_EQ(calls.call(failed.call).invocation.metadata["timeout"], 10);
}

TEST(ReplayTest, TakesNoOtherCallForTheOneDescribed) {
  Counterexample found = Find(TwoFaultBug);
  found.faults[0].call.service = "z";
  FakeTestRunner runner(TwoFaultBug);
  CallTable calls;
  const auto replay = ReplayCounterexample(found, runner, calls);
  EXPECT_EQ(replay->execution.verdict,
            Verdict(Undelivered{{"a -> b (a.cc:17): 503: the counterexample has the service z, and "
                                 "the call with its execution index a"}}));
}

TEST(ReplayTest, SaysThatACallIsGone) {
  FakeTestRunner runner([](FakeApplication& application, bool) {
    application.Call("a", "b");
    return true;
  });
  CallTable calls;
  const auto replay = ReplayCounterexample(Find(TwoFaultBug), runner, calls);
  EXPECT_EQ(VerdictName(replay->execution.verdict), std::string("undelivered"));
}

}  // namespace
}  // namespace filibuster
