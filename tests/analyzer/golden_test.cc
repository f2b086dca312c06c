// Each directory of tests/golden is one construct: services, and the analysis that they are to
// give. FILIBUSTER_UPDATE_GOLDEN=1 writes the expectations anew; look at every difference then.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "analyzer/analysis_json.h"
#include "analyzer/analyze.h"
#include "base/console.h"
#include "base/file.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = FILIBUSTER_GOLDEN_DIR;

std::vector<std::string> Constructs() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kGolden)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name != "stand_ins") names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

fs::path ServicesOf(const fs::path& construct) {
  return fs::is_directory(construct / "services") ? construct / "services" : construct;
}

// What depends on the sources: the models' own faults are tested with the models.
Analysis WithoutModels(Analysis analysis) {
  std::erase_if(analysis.modules, [](const Module& module) {
    return module.call_sites.empty() && module.errors.empty();
  });
  for (Module& module : analysis.modules) {
    module.pattern = ".*";
    module.exceptions.clear();
  }
  return analysis;
}

class GoldenTest : public testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, GivesTheAnalysisExpected) {
  SetQuiet(true);
  const fs::path construct = kGolden / GetParam();
  const auto analyzed =
      AnalyzeServices({.services_directory = ServicesOf(construct),
                       .extra_arguments = {"-isystem" + (kGolden / "stand_ins").string()},
                       .extract = {.jobs = 1}});
  ASSERT_TRUE(analyzed) << analyzed.error();
  const std::string text = AnalysisToText(WithoutModels(analyzed->analysis));
  const fs::path expected = construct / "analysis.expected.json";
  if (std::getenv("FILIBUSTER_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(WriteFile(expected, text));
    return;
  }
  const auto before = ReadFile(expected);
  ASSERT_TRUE(before) << before.error();
  EXPECT_EQ(text, *before);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenTest, testing::ValuesIn(Constructs()),
                         [](const auto& info) { return info.param; });

std::string ExplanationOf(const std::string& construct, const std::string& place) {
  SetQuiet(true);
  const auto analyzed =
      AnalyzeServices({.services_directory = ServicesOf(kGolden / construct),
                       .extra_arguments = {"-isystem" + (kGolden / "stand_ins").string()},
                       .explain = place,
                       .extract = {.jobs = 1}});
  return analyzed ? analyzed->explanation : analyzed.error().message;
}

TEST(ExplainTest, TellsTheWayOfEachFault) {
  EXPECT_EQ(ExplanationOf("catch_order", "web/web.cc:16"),
            "web/web.cc:16:17: httplib.Get in Fetch to http://localhost:9000/data (service not "
            "known: no service listens on port 9000)\n"
            "  httplib::Error::Connection\n"
            "    web/web.cc:18:3: the condition is true\n"
            "    web/web.cc:18:16: throws TransportError\n"
            "    web/web.cc:28:7: caught as TransportError\n"
            "    => the service answers 503\n"
            "  httplib::Error::Read\n"
            "    web/web.cc:17:3: the condition is true\n"
            "    web/web.cc:17:47: throws SlowError\n"
            "    web/web.cc:28:7: caught as TransportError\n"
            "    => the service answers 503\n"
            "  500, 502, 503\n"
            "    web/web.cc:19:3: the condition is true\n"
            "    web/web.cc:19:30: throws std::runtime_error\n"
            "    web/web.cc:32:7: caught as std::exception\n"
            "    => the service answers 502\n");
}

TEST(ExplainTest, TellsNoWayOfACallThatWasNotFollowedWhole) {
  EXPECT_EQ(ExplanationOf("too_long_handler", "web/web.cc:46"),
            "web/web.cc:46:29: httplib.Get in main::(lambda) to http://localhost:9001/log (service "
            "not known: no service listens on port 9001)\n"
            "  httplib::Error::Connection, 404, 409, 500, 502, 503\n"
            "    => not known: there is too much to follow\n");
}

TEST(ExplainTest, NamesTheCallsThereAreWhenNoneIsMeant) {
  EXPECT_EQ(ExplanationOf("catch_order", "web/web.cc:1"),
            "web/web.cc:1: no call is made there, expected one of: web/web.cc:16");
}

}  // namespace
}  // namespace filibuster
