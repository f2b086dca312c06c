#include "analyzer/library_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/analysis.h"
#include "analyzer/embedded_models.h"
#include "base/file.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;

const LibraryModel& Httplib() {
  for (const LibraryModel& model : BuiltInModels()) {
    if (model.module == "httplib") return model;
  }
  ADD_FAILURE() << "no model of cpp-httplib";
  static const LibraryModel none;
  return none;
}

std::string ErrorOf(std::string_view text) {
  const auto model = LibraryModelFromText(text, "m.json");
  return model ? "no error" : model.error().message;
}

TEST(LibraryModelTest, EveryModelOfTheProgramReads) {
  for (const EmbeddedModel& embedded : EmbeddedModels()) {
    const auto model = LibraryModelFromText(embedded.text, embedded.name);
    EXPECT_TRUE(model) << model.error();
  }
  EXPECT_EQ(BuiltInModels().size(), EmbeddedModels().size());
}

TEST(LibraryModelTest, AFunctionIsFoundByItsName) {
  const auto get = Httplib().functions.find("httplib::Client::Get");
  ASSERT_NE(get, Httplib().functions.end());
  ASSERT_EQ(get->second.size(), 1);
  EXPECT_EQ(get->second[0].effect, Effect::kCall);
  EXPECT_EQ(get->second[0].Argument("path"), 0);
  EXPECT_EQ(get->second[0].Argument("handler"), std::nullopt);
  EXPECT_EQ(Httplib().fields.at("httplib::Response::status"), ResultPart::kStatus);
}

TEST(LibraryModelTest, BracesAreWrittenOut) {
  EXPECT_THAT(ExpandBraces("a::{B,C}::{x,y}"),
              ElementsAre("a::B::x", "a::B::y", "a::C::x", "a::C::y"));
  EXPECT_THAT(ExpandBraces("a::b"), ElementsAre("a::b"));
}

TEST(LibraryModelTest, NamesFileAndKeyOfAMistake) {
  EXPECT_EQ(ErrorOf(R"({"colour": 1})").substr(0, 32), "m.json: $: unknown key \"colour\",");
  EXPECT_EQ(ErrorOf(R"({"schema_version": 1, "library": "x", "module": "x",
                        "analysis_module": "x", "pattern": "x", "namespaces": [], "faults": [],
                        "statuses": [], "functions": [{"names": ["f"], "effect": "jump"}]})"),
            "m.json: $.functions[0].effect: found \"jump\", expected one of: configure, create, "
            "call, read, then, take, handle_requests, handle_exceptions, handle_errors, listen, "
            "set_status, itself, address, compare, answer, invoke, nothing");
}

TEST(LibraryModelTest, AStarStandsForAnything) {
  EXPECT_TRUE(MatchesPattern("shop::Cart::Stub::Add", "*::Stub::*"));
  EXPECT_FALSE(MatchesPattern("shop::Cart::StubInterface::Add", "*::Stub::*"));
  EXPECT_TRUE(MatchesPattern("a::b", "a::b"));
  EXPECT_FALSE(MatchesPattern("a::bc", "a::b"));
}

TEST(LibraryModelTest, AModelOfAUserMayNotTakeTheNameOfAnother) {
  const auto file = std::filesystem::path(testing::TempDir()) / "taken.json";
  ASSERT_TRUE(WriteFile(file, R"({"schema_version": 1, "library": "x", "module": "x",
      "analysis_module": "cpp.httplib", "pattern": "x", "namespaces": [], "faults": [],
      "statuses": [], "functions": []})"));
  const auto models = ModelsWith(std::vector{file});
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().message,
            file.string() +
                ": $.analysis_module: found \"cpp.httplib\", which another model has, "
                "expected a new name");
}

const Module& ModuleOf(const Analysis& analysis, const std::string& name) {
  const auto module = std::ranges::find(analysis.modules, name, &Module::name);
  if (module != analysis.modules.end()) return *module;
  ADD_FAILURE() << "no module " << name;
  static const Module none;
  return none;
}

std::vector<std::string> FaultsOf(const Module& module) {
  std::vector<std::string> names;
  for (const ExceptionType& exception : module.exceptions) names.push_back(exception.name);
  return names;
}

TEST(DefaultAnalysisTest, HasTheFaultsOfTheTutorial) {
  const Analysis analysis = DefaultAnalysis();
  const Module& httplib = ModuleOf(analysis, "cpp.httplib");
  ASSERT_EQ(httplib.exceptions.size(), 2);
  EXPECT_EQ(httplib.exceptions[0], ExceptionType{"httplib::Error::Connection"});
  EXPECT_EQ(httplib.exceptions[1], (ExceptionType{"httplib::Error::Read", "timeout"}));
  const Module& http = ModuleOf(analysis, "http");
  ASSERT_EQ(http.errors.size(), 1);
  EXPECT_EQ(http.errors[0].service_name, ".*");
  std::vector<std::string> statuses;
  for (const ErrorType& type : http.errors[0].types) {
    statuses.push_back(type.return_value["status_code"]);
  }
  EXPECT_THAT(statuses, ElementsAre("500", "502", "503"));
}

TEST(DefaultAnalysisTest, NamesTheCallsAndFaultsOfLibcurlAsTheyAreInjected) {
  const Analysis analysis = DefaultAnalysis();
  const Module& curl = ModuleOf(analysis, "cpp.curl");
  EXPECT_EQ(curl.pattern, "curl\\.(curl_easy_perform|curl_multi_add_handle)");
  EXPECT_THAT(FaultsOf(curl), ElementsAre("CURLE_COULDNT_CONNECT", "CURLE_OPERATION_TIMEDOUT"));
}

TEST(DefaultAnalysisTest, NamesTheCallsAndCodesOfGrpcAsTheyAreInjected) {
  const Analysis analysis = DefaultAnalysis();
  const Module& grpc = ModuleOf(analysis, "cpp.grpc");
  EXPECT_EQ(grpc.pattern, "grpc\\.insecure_channel");
  EXPECT_THAT(FaultsOf(grpc),
              ElementsAre("grpc::StatusCode::UNAVAILABLE", "grpc::StatusCode::DEADLINE_EXCEEDED"));
  EXPECT_EQ(grpc.exceptions[0].metadata, (Json{{"code", "UNAVAILABLE"}}));
}

}  // namespace
}  // namespace filibuster
