#include "runtime/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/message_text.h"

namespace filibuster {
namespace {

Json InvocationJson() {
  return Json::parse(R"({
    "instrumentation_type": "invocation", "source_service_name": "foo", "module": "requests",
    "method": "get", "args": ["5001/bar/baz"], "kwargs": {}, "callsite_file": "foo/foo.cc",
    "callsite_line": "17", "full_traceback": "0f", "metadata": {"timeout": 10},
    "vclock": {"foo": 1}, "origin_vclock": {}, "execution_index": "[[\"ab\", 1]]"})");
}

Json CompleteJson() {
  return Json::parse(R"({
    "instrumentation_type": "invocation_complete", "generated_id": 3,
    "execution_index": "[[\"ab\", 1]]", "vclock": {"foo": 1},
    "return_value": {"__class__": "Response", "status_code": "200", "text": "d4"}})");
}

template <typename Decode>
std::string ErrorOf(Decode decode, const Json& json) {
  std::string error;
  EXPECT_FALSE(decode(json, &error)) << json;
  return error;
}

TEST(ProtocolTest, AnInvocationKeepsItsJsonBothWays) {
  std::string error;
  const auto invocation = InvocationFromJson(InvocationJson(), &error);
  ASSERT_TRUE(invocation) << error;
  EXPECT_EQ(invocation->source_service_name, "foo");
  EXPECT_EQ(invocation->args, Json::array({"5001/bar/baz"}));
  EXPECT_EQ(invocation->metadata["timeout"], 10);
  EXPECT_EQ(invocation->vclock, (VectorClock{{"foo", 1}}));
  EXPECT_EQ(ToJson(*invocation), InvocationJson());
}

TEST(ProtocolTest, AnInvocationNeedsNoMoreThanWhoCallsWhatAndWhere) {
  std::string error;
  const auto invocation = InvocationFromJson({{"source_service_name", "foo"},
                                              {"module", "m"},
                                              {"method", "get"},
                                              {"execution_index", "[]"},
                                              {"metadata", nullptr},
                                              {"callsite_line", 17},
                                              {"new_key", 1}},
                                             &error);
  ASSERT_TRUE(invocation) << error;
  EXPECT_EQ(invocation->args, Json::array());
  EXPECT_EQ(invocation->metadata, Json::object());
  EXPECT_EQ(invocation->callsite_line, "17");
}

TEST(ProtocolTest, AMistakeInAnInvocationIsNamedWithWhatWasExpected) {
  const auto error_with = [](const char* key, const Json& value) {
    Json json = InvocationJson();
    json[key] = value;
    return ErrorOf(InvocationFromJson, json);
  };
  EXPECT_EQ(error_with("module", nullptr), "module: found null, expected a string");
  EXPECT_EQ(error_with("method", 5), "method: found 5, expected a string");
  EXPECT_EQ(error_with("args", "x"), "args: found \"x\", expected an array");
  EXPECT_EQ(error_with("metadata", Json::array()), "metadata: found array, expected an object");
  EXPECT_EQ(error_with("vclock", {{"foo", "1"}}),
            "vclock.foo: found \"1\", expected a count of calls");
  EXPECT_EQ(error_with("vclock", {{"foo", -1}}), "vclock.foo: found -1, expected a count of calls");
  EXPECT_EQ(error_with("vclock", {{"foo", 1LL << 40}}),
            "vclock.foo: found 1099511627776, expected a count of calls");
}

TEST(ProtocolTest, WhatIsNotAnObjectIsRefusedEverywhere) {
  for (const Json& json : {Json(), Json(1), Json("x"), Json::array(), Json(true), Json(1.5)}) {
    EXPECT_NE(ErrorOf(InvocationFromJson, json), "");
    EXPECT_NE(ErrorOf(CreateAnswerFromJson, json), "");
    EXPECT_NE(ErrorOf(UpdateFromJson, json), "");
    EXPECT_NE(ErrorOf(FaultFromJson, json), "");
  }
}

TEST(ProtocolTest, BytesThatAreNotUtf8AreDescribedWithoutThrowing) {
  Json json = InvocationJson();
  json["args"] = std::string("\xff\xfe");
  EXPECT_NE(ErrorOf(InvocationFromJson, json).find("expected an array"), std::string::npos);
}

TEST(ProtocolTest, AnIdMayBeANumberOrItsDigits) {
  std::string error;
  for (const Json& id : {Json(7), Json("7")}) {
    const auto answer =
        CreateAnswerFromJson({{"generated_id", id}, {"execution_index", "[]"}}, &error);
    ASSERT_TRUE(answer) << error;
    EXPECT_EQ(answer->generated_id, 7);
    EXPECT_FALSE(answer->fault);
  }
  for (const Json& id :
       {Json("None"), Json(""), Json("7x"), Json(-1), Json("-1"), Json(1.5), Json(1LL << 40)}) {
    EXPECT_EQ(ErrorOf(CreateAnswerFromJson, {{"generated_id", id}, {"execution_index", "[]"}}),
              "generated_id: found " + id.dump() + ", expected a number or its digits as a string");
  }
}

TEST(ProtocolTest, EveryKindOfFaultKeepsItsJsonBothWays) {
  for (
      const char* text :
      {R"({"forced_exception": {"name": "httplib::Error::Read", "metadata": {"sleep": 1.5, "abort": false}}})",
       R"({"failure_metadata": {"return_value": {"status_code": "503"}}})",
       R"({"failure_metadata": {"exception": {"metadata": {"code": "NOT_FOUND"}}}})"}) {
    const Json json = Json::parse(text);
    std::string error;
    const auto fault = FaultFromJson(json, &error);
    ASSERT_TRUE(fault) << error;
    EXPECT_EQ(ToJson(*fault), json);

    Json answer_json = json;
    answer_json["generated_id"] = 4;
    answer_json["execution_index"] = "[]";
    const auto answer = CreateAnswerFromJson(answer_json, &error);
    ASSERT_TRUE(answer) << error;
    EXPECT_EQ(answer->fault, fault);
    EXPECT_EQ(ToJson(*answer), answer_json);
  }
}

TEST(ProtocolTest, AForcedExceptionMayComeWithoutMetadata) {
  std::string error;
  const auto fault =
      FaultFromJson({{"forced_exception", {{"name", "E"}, {"metadata", nullptr}}}}, &error);
  ASSERT_TRUE(fault) << error;
  EXPECT_EQ(std::get<ForcedException>(*fault).metadata, Json::object());
}

TEST(ProtocolTest, AFaultIsExactlyOneFault) {
  EXPECT_EQ(ErrorOf(FaultFromJson, Json::object()),
            "found neither forced_exception nor failure_metadata, expected one of the two");
  EXPECT_EQ(ErrorOf(FaultFromJson, {{"forced_exception", {{"name", "E"}}},
                                    {"failure_metadata", {{"exception", Json::object()}}}}),
            "found forced_exception and failure_metadata, expected one of the two");
  EXPECT_EQ(ErrorOf(FaultFromJson, {{"failure_metadata", Json::object()}}),
            "failure_metadata: found neither return_value nor exception, expected one of the two");
  EXPECT_EQ(ErrorOf(FaultFromJson, {{"forced_exception", Json::object()}}),
            "forced_exception.name: found null, expected a string");
  EXPECT_EQ(ErrorOf(CreateAnswerFromJson,
                    {{"generated_id", 1}, {"execution_index", "[]"}, {"forced_exception", "E"}}),
            "forced_exception: found \"E\", expected an object");
}

TEST(ProtocolTest, UpdatesKeepTheirJsonBothWays) {
  const Json received = {{"instrumentation_type", "request_received"},
                         {"generated_id", "0"},
                         {"execution_index", "[]"},
                         {"target_service_name", "bar"}};
  const Json failed = {{"instrumentation_type", "invocation_complete"},
                       {"generated_id", 3},
                       {"execution_index", "[]"},
                       {"vclock", {{"foo", 1}}},
                       {"exception", {{"name", "E"}, {"metadata", Json::object()}}}};
  std::string error;
  const Json answered = {{"instrumentation_type", "request_complete"},
                         {"generated_ids", {3, 4}},
                         {"return_value", {{"status_code", "500"}}}};
  for (const Json& json : {received, CompleteJson(), failed, answered}) {
    const auto update = UpdateFromJson(json, &error);
    ASSERT_TRUE(update) << error;
    EXPECT_EQ(
        std::visit([](const auto& message) { return Json::parse(MessageText(message)); }, *update),
        json);
  }
}

TEST(ProtocolTest, AMistakeInAnUpdateIsNamed) {
  EXPECT_EQ(ErrorOf(UpdateFromJson, {{"instrumentation_type", "invocation"}}),
            "instrumentation_type: found \"invocation\", expected request_received, "
            "invocation_complete or request_complete");
  Json both = CompleteJson();
  both["exception"] = Json::object();
  EXPECT_EQ(ErrorOf(UpdateFromJson, both),
            "found return_value and exception, expected one of the two");
  Json neither = CompleteJson();
  neither.erase("return_value");
  EXPECT_EQ(ErrorOf(UpdateFromJson, neither),
            "found neither return_value nor exception, expected one of the two");
  for (const Json& ids : {Json(3), Json{3, "4"}, Json{1LL << 40}}) {
    EXPECT_THAT(ErrorOf(UpdateFromJson, {{"instrumentation_type", "request_complete"},
                                         {"generated_ids", ids},
                                         {"return_value", Json::object()}}),
                testing::EndsWith(", expected an array of numbers"));
  }
}

TEST(ProtocolTest, AnAnswerToACreateMayAskForTheAnswerToItsRequest) {
  Json json = {{"generated_id", 4}, {"execution_index", "[]"}};
  std::string error;
  EXPECT_FALSE(CreateAnswerFromJson(json, &error)->request_complete);
  EXPECT_FALSE(CreateAnswerFromJson(json, &error)->under_load);
  json["request_complete"] = true;
  const auto answer = CreateAnswerFromJson(json, &error);
  EXPECT_TRUE(answer->request_complete);
  EXPECT_EQ(ToJson(*answer), json);
  json["request_complete"] = "yes";
  EXPECT_EQ(ErrorOf(CreateAnswerFromJson, json),
            "request_complete: found \"yes\", expected true or false");
}

}  // namespace
}  // namespace filibuster
