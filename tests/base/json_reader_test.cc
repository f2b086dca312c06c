#include "base/json_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace filibuster {
namespace {

TEST(ParseJsonTest, NamesFileLineAndColumn) {
  const auto result = ParseJson("{\n  \"a\": ]\n}", "a.json");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message.substr(0, 22), "a.json:2:8: not JSON: ") << result.error();
}

TEST(ParseJsonTest, RefusesWhatIsNestedTooDeep) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  EXPECT_EQ(ParseJson(deep, "a.json").error().message, "a.json: nested deeper than 100 levels");
  EXPECT_TRUE(ParseJson(std::string(100, '[') + std::string(100, ']'), "a.json"));
  EXPECT_TRUE(ParseJson('"' + std::string(200, '[') + R"(\"[[")", "a.json"));
}

TEST(ParseJsonTest, RefusesANumberThatIsTooLarge) {
  const auto result = ParseJson("[1e999]", "a.json");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("number overflow"), std::string::npos) << result.error();
}

TEST(JsonReaderTest, ReadsFields) {
  const Json json = {{"name", "foo"}, {"ports", {1, 2}}, {"up", true}, {"no", nullptr}};
  const JsonReader reader(json, "a.json");
  EXPECT_EQ(reader.Required("name").String(), "foo");
  EXPECT_EQ(reader.Required("ports").Items()[1].Int(), 2);
  EXPECT_TRUE(reader.Required("up").Bool());
  EXPECT_FALSE(reader.Optional("no"));
  EXPECT_FALSE(reader.error());
}

TEST(JsonReaderTest, KeepsTheFirstMistakeWithItsPath) {
  const Json json = {{"services", {{{"port", "x"}}}}};
  const JsonReader reader(json, "a.json");
  for (const JsonReader& service : reader.Required("services").Items()) {
    service.Required("port").Int();
    service.Required("name").String();
  }
  ASSERT_TRUE(reader.error());
  EXPECT_EQ(reader.error()->message,
            "a.json: $.services[0].port: found string, expected an integer");
}

TEST(JsonReaderTest, NamesAMissingAndAnUnknownKey) {
  const Json json = {{"prot", 1}};
  const JsonReader missing(json, "a.json");
  missing.Required("port").Int();
  EXPECT_EQ(missing.error()->message, "a.json: $: expected the key \"port\"");
  const JsonReader unknown(json, "a.json");
  unknown.OnlyKeys({"port", "name"});
  EXPECT_EQ(unknown.error()->message,
            "a.json: $: unknown key \"prot\", expected one of: port, name");
}

}  // namespace
}  // namespace filibuster
