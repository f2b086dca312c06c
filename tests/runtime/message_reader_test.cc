#include "runtime/message_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/message_text.h"
#include "runtime/plain_json.h"

namespace filibuster {
namespace {

Invocation AnInvocation() {
  Invocation invocation;
  invocation.source_service_name = "foo";
  invocation.module = "httplib";
  invocation.method = "Get";
  invocation.args = {"5001/bar?a=\"b\"", 1, true, nullptr, {{"deep", {false}}}};
  invocation.callsite_file = "foo/foo.cc";
  invocation.callsite_line = "17";
  invocation.full_traceback = "0f";
  invocation.metadata = {{"timeout", 10}, {"ssl", true}};
  invocation.vclock = {{"bar", 2}, {"foo", 1}};
  invocation.execution_index = R"([["a\\b", 1], ["cd", 20]])";
  return invocation;
}

InvocationComplete ACompletion() {
  InvocationComplete complete;
  complete.generated_id = 12;
  complete.execution_index = R"([["a", 1]])";
  complete.vclock = {{"foo", 1}};
  complete.return_value = {{"__class__", "Response"}, {"status_code", "200"}};
  return complete;
}

// A text that differs in one place, in each of the ways in which JSON can go wrong there.
std::vector<std::string> VariantsOf(const std::string& text) {
  std::vector<std::string> variants{text};
  for (size_t i = 0; i <= text.size(); ++i) {
    variants.push_back(text.substr(0, i));
    if (i < text.size()) variants.push_back(text.substr(0, i) + text.substr(i + 1));
    for (const char* inserted :
         {"\"",   "\\",   "{",        "}",    "[",       "]",          ",", ":",
          "0",    "1",    "-",        ".",    "e",       "9999999999", " ", "\n",
          "\x01", "\xff", "\xc3\xa9", "null", "\\u0041", "\"x\":1,",   "a"}) {
      variants.push_back(text.substr(0, i) + inserted + text.substr(i));
      if (i < text.size()) {
        variants.push_back(text.substr(0, i) + inserted + text.substr(i + 1));
      }
    }
  }
  return variants;
}

// As what is kept of it is written again.
template <typename Message>
std::string Text(const std::optional<Message>& message) {
  return message ? MessageText(*message) : "refused";
}
std::string Text(const std::optional<Update>& update) {
  return update ? std::visit([](const auto& message) { return MessageText(message); }, *update)
                : "refused";
}

// `read` reads nothing in another way than `decode`, which knows the protocol.
template <typename Read, typename Decode>
void ExpectAgreement(const std::string& text, Read read, Decode decode) {
  int read_count = 0;
  for (const std::string& variant : VariantsOf(text)) {
    const auto message = read(variant);
    if (!message) continue;
    ++read_count;
    const Json json = Json::parse(variant, nullptr, /*allow_exceptions=*/false);
    std::string error;
    EXPECT_EQ(Text(message), Text(decode(json, &error))) << variant << "\n" << error;
  }
  EXPECT_GT(read_count, 100) << text;
}

TEST(MessageReaderTest, WhatIsWrittenIsRead) {
  EXPECT_EQ(Text(ReadInvocation(MessageText(AnInvocation()))), MessageText(AnInvocation()));
  EXPECT_EQ(Text(ReadUpdate(MessageText(ACompletion()))), MessageText(ACompletion()));
  const RequestReceived received{7, R"([["a", 1]])", "bar"};
  EXPECT_EQ(Text(ReadUpdate(MessageText(received))), MessageText(received));
  const CreateAnswer answer{7, R"([["a", 1]])", std::nullopt};
  EXPECT_EQ(Text(ReadCreateAnswer(MessageText(answer))), MessageText(answer));
  const CreateAnswer of_load{7, R"([["a", 1]])", std::nullopt, false, true};
  EXPECT_EQ(Text(ReadCreateAnswer(MessageText(of_load))), MessageText(of_load));
}

TEST(MessageReaderTest, ReadsNoTextInAnotherWayThanTheProtocolSays) {
  ExpectAgreement(MessageText(AnInvocation()), ReadInvocation, [](const Json& json, auto* error) {
    const auto type = json.is_object() ? json.find("instrumentation_type") : json.end();
    const bool is_one = json.is_object() && type != json.end() && *type == "invocation";
    return is_one ? InvocationFromJson(json, error) : std::nullopt;
  });
  ExpectAgreement(MessageText(ACompletion()), ReadUpdate, UpdateFromJson);
  ExpectAgreement(MessageText(RequestReceived{7, R"([["a", 1]])", "bar"}), ReadUpdate,
                  UpdateFromJson);
  ExpectAgreement(
      MessageText(CreateAnswer{7, R"([["a", 1]])", std::nullopt}),
      [](std::string_view text) { return ReadCreateAnswer(text); }, CreateAnswerFromJson);
}

TEST(MessageReaderTest, TheNameOfAMailboxIsReadBesideTheAnswer) {
  const std::string text = R"({"generated_id":7,"execution_index":"[]","mailbox":"0f /proc/1"})";
  std::string mailbox;
  const auto answer = ReadCreateAnswer(text, &mailbox);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->generated_id, 7);
  EXPECT_EQ(mailbox, "0f /proc/1");
}

TEST(MessageReaderTest, AnAnswerWithAFaultIsLeftToTheProtocol) {
  const CreateAnswer answer{7, R"([["a", 1]])", ForcedException{"E", Json::object()}};
  EXPECT_FALSE(ReadCreateAnswer(MessageText(answer)));
}

TEST(PlainJsonReaderTest, ReadsNoValueInAnotherWayThanAJsonLibrary) {
  const std::string text = R"( {"a" : [1, "b\"c\\", {}, [ ], {"d": null}], "e": true, "f": 0} )";
  for (const std::string& variant : VariantsOf(text)) {
    PlainJsonReader reader(variant);
    Json value;
    if (!reader.TakeValue(&value) || !reader.AtEnd()) continue;
    EXPECT_EQ(value, Json::parse(variant, nullptr, /*allow_exceptions=*/false)) << variant;
  }
}

TEST(PlainJsonReaderTest, GivesUpOnWhatIsNestedDeeply) {
  Json value;
  EXPECT_TRUE(PlainJsonReader("[[[[]]]]").TakeValue(&value));
  EXPECT_FALSE(PlainJsonReader(std::string(100'000, '[')).TakeValue(&value));
}

}  // namespace
}  // namespace filibuster
