#include "analyzer/analysis_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

Analysis OneOfEverything() {
  CallSite site{.service = "foo",
                .location = {"foo/foo.cc", 17, 21},
                .function = "foo::handle",
                .via = {{.location = {"../common/client.cc", 9, 3}, .function = "common::Get"}},
                .module = "httplib",
                .method = "Get",
                .target = {.url = "http://localhost:5001/bar/baz", .service = "bar"},
                .timeout = true,
                .timeout_seconds = 2.5};
  const auto handler = [](std::string fault, std::string kind, Outcome outcome) {
    HandlerEntry entry{.faults = {std::move(fault)}, .kind = std::move(kind), .outcome = outcome};
    if (entry.kind != "none") entry.location = SourceLocation{"foo/foo.cc", 18, 5};
    return entry;
  };
  using Kind = Outcome::Kind;
  site.handlers = {
      handler("500", "status-check", {.kind = Kind::kRetries, .attempts = 3}),
      handler("501", "status-check", {.kind = Kind::kRetries, .unbounded = true}),
      handler("502", "status-check", {.kind = Kind::kContinues, .calls = {"foo/foo.cc:20:3"}}),
      handler("503", "status-check", {.kind = Kind::kUnknown, .reason = "why"}),
      handler("httplib::Error::Connection", "none", {.kind = Kind::kEscapes, .status_code = "500"}),
      handler("httplib::Error::Read", "catch", {.kind = Kind::kAnswers, .status_code = "503"}),
      handler("httplib::Error::Write", "none", {.kind = Kind::kTerminates})};
  HandlerEntry& catch_all = site.handlers[5];
  catch_all.catch_all = true;
  catch_all.does_nothing = true;
  catch_all.later_calls = {{"foo/foo.cc", 30, 3}, {"foo/foo.cc", 20, 3}};
  site.handlers.back().ends_by = "noexcept";
  return {{{.name = "cpp.httplib",
            .pattern = R"(httplib\.(Get|Post))",
            .exceptions = {{.name = "httplib::Error::Read",
                            .restrictions = "timeout",
                            .metadata = {{"sleep", "@expr(metadata['timeout'])+0.001"},
                                         {"abort", false}}},
                           {.name = "httplib::Error::Connection"}},
            .call_sites = {site},
            .latencies = {{"milliseconds", 10}},
            .transformers = Json::array({"x"})},
           {.name = "grpc",
            .pattern = ".*",
            .errors = {{.service_name = "bar",
                        .types = {{.exception = {{"metadata", {{"code", "NOT_FOUND"}}}}},
                                  {.return_value = {{"status_code", "503"}}}},
                        .sources = {{.status_code = "503",
                                     .location = {"bar/bar.cc", 21, 5},
                                     .function = "bar::handle",
                                     .unreached = true},
                                    {.location = {"bar/bar.cc", 22, 5},
                                     .function = "bar::handle",
                                     .unresolved = "a parameter"}}}}}}};
}

std::string ErrorOf(std::string_view text) {
  const auto analysis = AnalysisFromText(text, "a.json");
  return analysis ? "no error" : analysis.error().message;
}

TEST(AnalysisJsonTest, WhatWasWrittenReadsBackEqual) {
  const Analysis analysis = OneOfEverything();
  const auto read = AnalysisFromText(AnalysisToText(analysis), "a.json");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, analysis) << AnalysisToText(analysis);
}

TEST(AnalysisJsonTest, TheOrderOfFactsDoesNotChangeTheBytes) {
  Analysis shuffled = OneOfEverything();
  std::swap(shuffled.modules[0], shuffled.modules[1]);
  std::ranges::reverse(shuffled.modules[1].call_sites[0].handlers);
  std::ranges::reverse(shuffled.modules[0].errors[0].types);
  EXPECT_EQ(AnalysisToText(shuffled), AnalysisToText(OneOfEverything()));
}

TEST(AnalysisJsonTest, KeepsTheOrderInWhichExceptionsAreTried) {
  const auto read = AnalysisFromText(AnalysisToText(OneOfEverything()), "a.json");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->modules[0].exceptions[0].name, "httplib::Error::Read");
}

TEST(AnalysisJsonTest, ReadsAFileFromFilibusterForPython) {
  const auto analysis = AnalysisFromText(R"json({
    "python.grpc": {
      "pattern": "grpc\\.insecure\\_channel",
      "exceptions": [{"name": "grpc._channel._InactiveRpcError", "metadata": {"code": "UNAVAILABLE"}}]
    },
    "python.requests": {
      "pattern": "requests\\.(get|put|post|head)",
      "exceptions": [{"name": "requests.exceptions.Timeout", "restrictions": "timeout"}]
    },
    "http": {
  "pattern" : "(((requests\\.(get|put|post|head))|(WebClient\\.(GET|PUT|POST|HEAD))))",
              "errors"
      : [ {"service_name" : ".*", "types" : [ {"return_value" : {"status_code" : "500"}} ]} ]
}
})json",
                                         "default-analysis.json");
  ASSERT_TRUE(analysis) << analysis.error();
  ASSERT_EQ(analysis->modules.size(), 3);
  EXPECT_EQ(analysis->modules[0].name, "http");
  EXPECT_EQ(analysis->modules[0].errors[0].types[0].return_value["status_code"], "500");
  EXPECT_EQ(analysis->modules[1].exceptions[0].metadata["code"], "UNAVAILABLE");
  EXPECT_EQ(analysis->modules[2].exceptions[0].restrictions, "timeout");
}

TEST(AnalysisJsonTest, IgnoresKeysItDoesNotKnow) {
  EXPECT_EQ(ErrorOf(R"({"m": {"pattern": ".", "colour": 1,
                              "exceptions": [{"name": "E", "colour": []}]}})"),
            "no error");
}

TEST(AnalysisJsonTest, NamesFileAndKeyOfAMistake) {
  EXPECT_EQ(ErrorOf(R"({"m": {"exceptions": []}})"), "a.json: $.m: expected the key \"pattern\"");
  EXPECT_EQ(ErrorOf(R"({"m": {"pattern": ".", "exceptions": [{"name": 7}]}})"),
            "a.json: $.m.exceptions[0].name: found number, expected a string");
  EXPECT_EQ(
      ErrorOf(R"({"m": {"pattern": ".", "errors": [{"service_name": ".*", "types": [{}]}]}})"),
      "a.json: $.m.errors[0].types[0]: expected either the key \"return_value\" or the key "
      "\"exception\"");
  EXPECT_EQ(ErrorOf(R"(["m"])"), "a.json: $: found array, expected an object");
  EXPECT_EQ(ErrorOf("{}"), "a.json: $: found no module, expected at least one");
  EXPECT_EQ(ErrorOf(R"({"m": {"pattern": ".", "schema_version": 9}})"),
            "a.json: $.m.schema_version: found version 9, expected at most 1");
}

TEST(AnalysisJsonTest, NamesAStatusThatNoCallCanHave) {
  const auto error_of = [](const std::string& code) {
    return ErrorOf(R"({"m": {"pattern": ".", "errors": [{"service_name": ".*", "types": )"
                   R"([{"return_value": {"status_code": )" +
                   code + "}}]}]}}");
  };
  const std::string key = "a.json: $.m.errors[0].types[0].return_value.status_code: ";
  const std::string expected = ", expected an integer from 100 to 999";
  for (const std::string code : {"\"9999\"", "\"abc\"", "\"\"", "\"0503\"", "99", "503.5", "-50"}) {
    EXPECT_EQ(error_of(code), key + "found " + code + expected);
  }
  EXPECT_EQ(error_of("\"503\""), "no error");
  EXPECT_EQ(error_of("999"), "no error");
}

TEST(AnalysisJsonTest, NamesAnExceptionThatNoCallCanFailWith) {
  const auto error_of = [](const std::string& exception) {
    return ErrorOf(R"({"m": {"pattern": ".", "exceptions": [)" + exception + "]}}");
  };
  const std::string key = "a.json: $.m.exceptions[0].";
  EXPECT_EQ(error_of(R"({"name": ""})"), key + "name: found \"\", expected a name");
  for (const std::string sleep : {"-1", "1000001", "1e12", "\"abc\"", "true"}) {
    EXPECT_THAT(error_of(R"({"name": "E", "metadata": {"sleep": )" + sleep + "}}"),
                testing::AllOf(testing::StartsWith(key + "metadata.sleep: found "),
                               testing::EndsWith(", expected a number from 0 to 1000000")));
  }
  EXPECT_EQ(error_of(R"({"name": "E", "metadata": {"abort": "no"}})"),
            key + "metadata.abort: found string, expected true or false");
  EXPECT_EQ(error_of(R"({"name": "E", "metadata": {"abort": false, "sleep": 1000000}})"),
            "no error");
  EXPECT_EQ(error_of(R"({"name": "E", "metadata": {"sleep": "@expr(metadata['timeout'])+1"}})"),
            "no error");
  for (const std::string messages : {"0", "-1", "1.5", "\"3\"", "1000000001"}) {
    EXPECT_EQ(
        error_of(R"({"name": "E", "metadata": {"abort": false, "messages": )" + messages + "}}"),
        key + "metadata.messages: found " + messages +
            ", expected an integer from 1 to 1000000000");
  }
  for (const std::string abort : {"", R"("abort": true, )"}) {
    EXPECT_EQ(
        error_of(R"({"name": "E", "metadata": {)" + abort + R"("messages": 3}})"),
        key +
            "metadata.messages: needs \"abort\": false beside it, as the stream has to be called");
  }
  EXPECT_EQ(error_of(R"({"name": "E", "metadata": {"abort": false, "messages": 3}})"), "no error");
}

TEST(AnalysisJsonTest, NamesFileAndKeyOfABadRegularExpression) {
  EXPECT_EQ(ErrorOf(R"({"m": {"pattern": "httplib\\.(Get"}})"),
            R"(a.json: $.m.pattern: not a regular expression: "httplib\.(Get")");
  EXPECT_EQ(ErrorOf(R"({"m": {"pattern": ".", "errors": [{"service_name": "*", "types": []}]}})"),
            "a.json: $.m.errors[0].service_name: not a regular expression: \"*\"");
}

TEST(AnalysisJsonTest, AMissingFileIsNamed) {
  TempDir directory;
  const auto path = directory.path() / "none.json";
  const auto analysis = ReadAnalysis(path);
  ASSERT_FALSE(analysis);
  EXPECT_EQ(analysis.error().message, path.string() + ": cannot read: No such file or directory");
}

TEST(AnalysisJsonTest, TheDefaultAnalysisIsAValidFile) {
  const auto read = AnalysisFromText(AnalysisToText(DefaultAnalysis()), "default");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, DefaultAnalysis());
}

TEST(OutcomeTest, PrintsAsInTheFile) {
  std::ostringstream out;
  out << Outcome{.kind = Outcome::Kind::kEscapes, .status_code = "500"};
  EXPECT_EQ(out.str(), R"({"escapes":true,"status_code":"500"})");
}

}  // namespace
}  // namespace filibuster
