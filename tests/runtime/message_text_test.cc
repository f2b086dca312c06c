#include "runtime/message_text.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

// What nlohmann's library makes of the same value.
std::string Dumped(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

TEST(MessageTextTest, AStringIsWrittenAsAJsonLibraryWritesIt) {
  for (const std::string& text :
       {std::string(), std::string("foo/foo.cc"), std::string(R"([["a", 1], ["\\", 2]])"),
        std::string("a\nb\t\"\x01"), std::string("\0", 1), std::string("\x7f~"),
        std::string("na\xc3\xafve"), std::string("\xff\xfe"), std::string("half \xc3"),
        std::string(3000, 'x')}) {
    std::string json = "before ";
    AppendQuoted(text, &json);
    EXPECT_EQ(json, "before " + Dumped(text));
  }
}

TEST(MessageTextTest, WhatAServiceAddsKeepsItsShape) {
  Invocation invocation;
  invocation.args = {"5001/bar",          1, -2.5, nullptr, true, Json::array(), Json::object(),
                     {{"a", {1, "\xff"}}}};
  invocation.kwargs = {{"ti\"me\xffout", {{"connect", 1.5}}}, {"verify", false}};
  const Json json = Json::parse(MessageText(invocation));
  EXPECT_EQ(Dumped(json["args"]), Dumped(invocation.args));
  EXPECT_EQ(Dumped(json["kwargs"]), Dumped(invocation.kwargs));
  EXPECT_EQ(json["metadata"], Json::object());
}

TEST(MessageTextTest, ACompletionSaysHowTheCallEnded) {
  InvocationComplete complete;
  complete.vclock = {{"b\xff", 2}, {"foo", 1}};
  complete.exception = {{"name", "httplib::Error::Read"}, {"metadata", {{"code", "\n"}}}};
  const Json json = Json::parse(MessageText(complete));
  EXPECT_EQ(json["vclock"], (Json{{"b\xef\xbf\xbd", 2}, {"foo", 1}}));
  EXPECT_EQ(json["exception"], complete.exception);
  EXPECT_FALSE(json.contains("return_value"));
}

TEST(MessageTextTest, AResponseIsWrittenAsItsValueIs) {
  InvocationComplete complete;
  complete.generated_id = 3;
  complete.execution_index = R"([["a", 1]])";
  InvocationComplete with_value = complete;
  with_value.return_value = {{"__class__", "Response"}, {"status_code", "200"}, {"text", "d4"}};
  EXPECT_EQ(MessageText(complete, {"200", "d4", ""}), MessageText(with_value));
  with_value.return_value["transformation"] = "empty";
  EXPECT_EQ(MessageText(complete, {"200", "d4", "empty"}), MessageText(with_value));
}

}  // namespace
}  // namespace filibuster
