#include "base/python_text.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

using Json = nlohmann::json;

TEST(PythonTextTest, PrintsValuesAsPythonDoes) {
  EXPECT_EQ(PythonText(Json::parse(R"({"return_value": {"status_code": "503"}})")),
            "{'return_value': {'status_code': '503'}}");
  EXPECT_EQ(PythonText(Json::parse(R"([true, null, 1, 0.5, []])")), "[True, None, 1, 0.5, []]");
}

TEST(PythonTextTest, QuotesAsPythonDoes) {
  EXPECT_EQ(PythonText("it's"), "\"it's\"");
  EXPECT_EQ(PythonText("a\"b'c\n"), "'a\"b\\'c\\n'");
}

}  // namespace
}  // namespace filibuster
