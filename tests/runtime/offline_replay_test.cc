#include "runtime/offline_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "filibuster/assertions.h"

namespace filibuster {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

Invocation CallOf(const std::string& index, const std::string& target = "5001/bar/baz") {
  Invocation call;
  call.source_service_name = "foo";
  call.module = "httplib";
  call.method = "Get";
  call.args = Json::array({target});
  call.callsite_file = "foo/foo.cc";
  call.callsite_line = "17";
  call.execution_index = index;
  return call;
}

Json FaultOn(const std::string& index) {
  return {{"service", "foo"},
          {"target_service", "bar"},
          {"module", "httplib"},
          {"method", "Get"},
          {"args", {"5001/bar/baz"}},
          {"callsite_file", "foo/foo.cc"},
          {"callsite_line", "12"},
          {"execution_index", index},
          {"forced_exception", {{"name", "httplib::Error::Connection"}, {"metadata", {}}}}};
}

Json LogOf(const std::vector<std::string>& indexes) {
  Json log = Json::array();
  for (const std::string& index : indexes) {
    Json entry = ToJson(CallOf(index));
    entry["generated_id"] = log.size();
    log.push_back(std::move(entry));
  }
  return log;
}

class OfflineReplayTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  std::unique_ptr<OfflineReplay> Read(const std::string& text) {
    std::ofstream(path_) << text;
    return OfflineReplay::FromFile(path_, &error_);
  }
  std::unique_ptr<OfflineReplay> Read(Json faults, const Json& execution = Json::object()) {
    const Json json = {
        {"schema_version", 1}, {"faults", std::move(faults)}, {"TestExecution", execution.dump()}};
    return Read(json.dump());
  }
  // Whether the call fails, and what is told of it.
  static bool Fails(OfflineReplay& replay, const Invocation& call, std::string* told = nullptr) {
    testing::internal::CaptureStderr();
    const CreateAnswer answer = replay.Create(call);
    const std::string text = testing::internal::GetCapturedStderr();
    if (told != nullptr) *told = text;
    EXPECT_EQ(text.empty(), !answer.fault);
    return answer.fault.has_value();
  }

  const std::string path_ =
      std::filesystem::temp_directory_path() / ("replay-" + std::to_string(::getpid()) + ".json");
  std::string error_;
};

TEST_F(OfflineReplayTest, AFaultGoesToTheCallWithItsExecutionIndexAndSaysSo) {
  const auto replay = Read(Json::array({FaultOn(R"([["aa",2]])")}),
                           {{"log", LogOf({R"([["aa", 1]])", R"([["aa", 2]])"})}});
  ASSERT_NE(replay, nullptr) << error_;
  std::string told;
  EXPECT_FALSE(Fails(*replay, CallOf(R"([["aa", 1]])")));
  EXPECT_TRUE(Fails(*replay, CallOf(R"([["aa", 2]])"), &told));
  EXPECT_EQ(told, "[FILIBUSTER] [NOTICE]: " + path_ +
                      ": foo -> bar (foo/foo.cc:17): httplib::Error::Connection\n");
  EXPECT_FALSE(Fails(*replay, CallOf(R"([["aa", 3]])")));
}

TEST_F(OfflineReplayTest, ACallThatMovedHasTheFaultOfTheOneThatItIsLike) {
  Json second = FaultOn(R"([["aa", 2]])");
  second["occurrence"] = 2;
  const auto replay =
      Read(Json::array({second}), {{"log", LogOf({R"([["aa", 1]])", R"([["aa", 2]])"})}});
  ASSERT_NE(replay, nullptr) << error_;
  std::string told;
  EXPECT_FALSE(Fails(*replay, CallOf(R"([["bb", 1]])")));
  EXPECT_FALSE(Fails(*replay, CallOf(R"([["cc", 1]])", "5001/other")));
  EXPECT_TRUE(Fails(*replay, CallOf(R"([["bb", 2]])", "9999/bar/baz"), &told));
  EXPECT_THAT(told, EndsWith(", of the call like it at foo/foo.cc:12\n"));
}

TEST_F(OfflineReplayTest, AnotherCallOfTheExecutionHasNoFaultThoughItIsAlike) {
  const auto replay = Read(Json::array({FaultOn(R"([["bb", 1]])")}),
                           {{"log", LogOf({R"([["aa", 1]])", R"([["bb", 1]])"})}});
  ASSERT_NE(replay, nullptr) << error_;
  EXPECT_FALSE(Fails(*replay, CallOf(R"([["aa", 1]])")));
  EXPECT_TRUE(Fails(*replay, CallOf(R"([["bb", 1]])")));
}

TEST_F(OfflineReplayTest, WhatDiffersBetweenRunsIsLeftOutOfIndexes) {
  Json json = {{"faults", {FaultOn(R"([["foo foo/foo.cc:17 httplib.Get", 1]])")}},
               {"unstable", {{"foo foo/foo.cc:17 httplib.Get", {"target"}}}}};
  const auto replay = Read(json.dump());
  ASSERT_NE(replay, nullptr) << error_;
  testing::internal::CaptureStderr();
  const CreateAnswer answer = replay->Create(CallOf(R"([["zz", 1]])", "5001/orders/4711"));
  testing::internal::GetCapturedStderr();
  EXPECT_TRUE(answer.fault.has_value());
  EXPECT_EQ(answer.execution_index, R"([["foo foo/foo.cc:17 httplib.Get", 1]])");
}

TEST_F(OfflineReplayTest, FilibustersOwnFormIsRead) {
  const Json execution = {{"log", LogOf({R"([["aa", 1]])"})},
                          {"failures",
                           {{{"execution_index", R"([["aa", 1]])"},
                             {"failure_metadata", {{"return_value", {{"status_code", "503"}}}}}}}}};
  const auto replay = Read(Json({{"TestExecution", execution.dump()}}).dump());
  ASSERT_NE(replay, nullptr) << error_;
  std::string told;
  EXPECT_TRUE(Fails(*replay, CallOf(R"([["aa", 1]])"), &told));
  EXPECT_THAT(told, EndsWith(": 503\n"));
}

TEST_F(OfflineReplayTest, AFileThatIsNoCounterexampleIsNamedWithWhatIsWrong) {
  Json without_index = FaultOn("");
  without_index.erase("execution_index");
  for (const auto& [text, reason] : std::vector<std::pair<std::string, std::string>>{
           {"", "found no JSON"},
           {"{\"faults\": [", "found no JSON"},
           {"[]", "expected a JSON object"},
           {"{\"cpp.httplib\": {\"pattern\": \"\"}}",
            "found no \"faults\", and no \"TestExecution\" with failures: this is no "
            "counterexample"},
           {"{\"schema_version\": 2}", "schema_version: found 2, expected 1"},
           {Json({{"faults", {without_index}}}).dump(),
            "expected an execution_index in each fault"},
           {R"({"faults": [{"execution_index": "[]"}]})",
            "found neither forced_exception nor failure_metadata, expected one of the two"},
           {R"({"faults": [7]})", "expected an execution_index in each fault"}}) {
    EXPECT_EQ(Read(text), nullptr) << text;
    EXPECT_EQ(error_, path_ + ": " + reason) << text;
  }
  EXPECT_EQ(OfflineReplay::FromFile("/nowhere/c.json", &error_), nullptr);
  EXPECT_EQ(error_, "/nowhere/c.json: cannot be read: No such file or directory");
  EXPECT_EQ(OfflineReplay::FromFile("/", &error_), nullptr);
  EXPECT_EQ(error_, "/: cannot be read: Is a directory");
}

TEST_F(OfflineReplayTest, AnAssertionAnswersWhatTheFileHas) {
  ASSERT_NE(Read(Json::array({FaultOn(R"([["aa", 1]])")})), nullptr) << error_;
  ::setenv("FILIBUSTER_COUNTEREXAMPLE", path_.c_str(), 1);
  EXPECT_TRUE(was_fault_injected());
  EXPECT_TRUE(was_fault_injected_on("bar"));
  EXPECT_TRUE(was_fault_injected_on("bar", "Get"));
  EXPECT_FALSE(was_fault_injected_on("bar", "Post"));
  EXPECT_FALSE(was_fault_injected_on("baz"));
  ::unsetenv("FILIBUSTER_COUNTEREXAMPLE");
}

TEST_F(OfflineReplayTest, AControlServerGoesBeforeAFile) {
  ::setenv("FILIBUSTER_COUNTEREXAMPLE", "/nowhere", 1);
  ::setenv("FILIBUSTER_URL", "http://127.0.0.1:1", 1);
  testing::internal::CaptureStderr();
  EXPECT_EQ(OfflineReplay::FromEnvironment(&error_), nullptr);
  EXPECT_EQ(error_, "");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("FILIBUSTER_COUNTEREXAMPLE is not looked at"));
  ::unsetenv("FILIBUSTER_URL");
  EXPECT_EQ(OfflineReplay::FromEnvironment(&error_), nullptr);
  EXPECT_EQ(error_,
            "FILIBUSTER_COUNTEREXAMPLE: /nowhere: cannot be read: No such file or directory");
  ::unsetenv("FILIBUSTER_COUNTEREXAMPLE");
}

}  // namespace
}  // namespace filibuster
