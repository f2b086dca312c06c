// What is not in order in the sources: it is said, and the rest is analyzed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "analyzer/analyze.h"
#include "base/console.h"
#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// A service that makes one call and answers 503 if it fails.
constexpr char kService[] =
    "#include <httplib.h>\n"
    "int main() {\n"
    "  httplib::Server server;\n"
    "  server.Get(\"/\", [&server](const httplib::Request&, httplib::Response& response) {\n"
    "    httplib::Client client(\"localhost\", 9000);\n"
    "    const auto result = client.Get(\"/data\");\n"
    "    if (!result) response.status = 503;\n"
    "  });\n"
    "  server.listen(\"0.0.0.0\", 8000);\n"
    "}\n";

class RobustTest : public testing::Test {
 protected:
  void Write(const std::string& file, const std::string& content) {
    const fs::path path = directory_.path() / file;
    fs::create_directories(path.parent_path());
    ASSERT_TRUE(WriteFile(path, content));
  }

  // What it found; what it said is in said_.
  std::expected<Analyzed, Error> Analyze() {
    SetQuiet(true);
    options_.services_directory = directory_.path() / "services";
    options_.extract.jobs = 1;
    options_.extra_arguments.push_back("-isystem" FILIBUSTER_GOLDEN_DIR "/stand_ins");
    testing::internal::CaptureStderr();
    auto analyzed = AnalyzeServices(options_);
    said_ = testing::internal::GetCapturedStderr();
    return analyzed;
  }

  static std::size_t Calls(const std::expected<Analyzed, Error>& analyzed) {
    std::size_t calls = 0;
    if (!analyzed) return calls;
    for (const Module& module : analyzed->analysis.modules) calls += module.call_sites.size();
    return calls;
  }

  AnalyzerOptions options_;
  TempDir directory_;
  std::string said_;
};

TEST_F(RobustTest, SourcesNoneOfWhichParsesAreAMistake) {
  Write("services/web/web.cc", "#include \"missing.h\"\nusing namespace missing;\n");
  const auto analyzed = Analyze();
  ASSERT_FALSE(analyzed);
  EXPECT_THAT(analyzed.error().message, HasSubstr("services: none of its C++ sources parses"));
  EXPECT_THAT(analyzed.error().message, HasSubstr("web.cc:1:10: 'missing.h' file not found"));
}

TEST_F(RobustTest, WarningsOfTheSourceAreNotOurConcern) {
  Write("services/web/web.cc", std::string("#pragma message(\"old\")\n") + kService);
  ASSERT_TRUE(Analyze());
  EXPECT_EQ(said_, "");
}

TEST_F(RobustTest, AMissingHeaderCostsWhatNeedsItOnly) {
  Write("services/web/web.cc", std::string("#include \"missing.h\"\n") + kService);
  EXPECT_EQ(Calls(Analyze()), 1);
  EXPECT_THAT(said_, HasSubstr("web.cc:1:10: does not parse: 'missing.h' file not found"));
}

TEST_F(RobustTest, AHelperBesideTheServicesIsFoundWithoutCompileCommands) {
  Write("common/ask.h", "#include <httplib.h>\nhttplib::Result Ask(httplib::Client&);\n");
  Write("common/ask.cc",
        "#include \"ask.h\"\n"
        "httplib::Result Ask(httplib::Client& client) { return client.Get(\"/data\"); }\n");
  Write("services/web/web.cc",
        "#include \"ask.h\"\n"
        "int main() {\n"
        "  httplib::Client client(\"localhost\", 9000);\n"
        "  if (!Ask(client)) return 1;\n"
        "}\n");
  EXPECT_EQ(Calls(Analyze()), 1);
  EXPECT_EQ(said_, "");
}

TEST_F(RobustTest, AHelperIsReadWithTheFlagsOfTheSourceThatIncludesIt) {
  Write("common/ask.h", "#include <httplib.h>\nhttplib::Result Ask(httplib::Client&);\n");
  Write("common/ask.cc",
        "#include \"ask.h\"\n"
        "#include \"generated.h\"\n"
        "httplib::Result Ask(httplib::Client& client) { return client.Get(kPath); }\n");
  Write("build/gen/generated.h", "const char kPath[] = \"/data\";\n");
  Write("services/web/web.cc",
        "#include \"ask.h\"\n"
        "int main() {\n"
        "  httplib::Client client(\"localhost\", 9000);\n"
        "  if (!Ask(client)) return 1;\n"
        "}\n");
  const std::string root = fs::canonical(directory_.path());
  Write("compile_commands.json", "[{\"directory\": \"" + root +
                                     "\", \"file\": \"services/web/web.cc\", \"command\": "
                                     "\"c++ -Icommon -Ibuild/gen -c services/web/web.cc\"}]");
  EXPECT_EQ(Calls(Analyze()), 1);
  EXPECT_EQ(said_, "");
}

TEST_F(RobustTest, AHelperWhoseDefinitionIsNotThereIsNamed) {
  Write("common/ask.h", "int Ask(int i);\nint Tell();\nstruct S { virtual int f() = 0; };\n");
  Write("services/web/web.cc",
        "#include \"ask.h\"\n"
        "struct T : S { int f() override { return 1; } };\n"
        "int main() { T t; T u = t; S& s = u; return Ask(1) + Tell() + s.f(); }\n");
  ASSERT_TRUE(Analyze());
  EXPECT_THAT(said_,
              HasSubstr("web.cc:3: no definition of Ask and 1 more was found (declared in "));
  EXPECT_THAT(said_,
              HasSubstr("common/ask.h): calls that it makes and what it throws are missing"));
}

TEST_F(RobustTest, WhatIsDefinedOrOfALibraryIsNotMissed) {
  Write("services/web/web.cc",
        "#include <string>\n"
        "struct P { int i = 0; };\n"
        "int main() { P p; P q = p; std::string s; s += 'x'; return q.i; }\n");
  ASSERT_TRUE(Analyze());
  EXPECT_THAT(said_, Not(HasSubstr("no definition")));
}

TEST_F(RobustTest, ASyntaxErrorCostsTheFunctionThatItIsIn) {
  Write("services/web/web.cc", std::string("int f() {\n  return 1 +;\n}\n") + kService);
  EXPECT_EQ(Calls(Analyze()), 1);
  EXPECT_THAT(said_, HasSubstr("web.cc:2:13: does not parse: expected expression"));
}

TEST_F(RobustTest, CompileCommandsThatAreOutOfDateCostWhatTheySayOnly) {
  Write("services/web/web.cc", kService);
  const std::string file = fs::canonical(directory_.path()) / "services/web/web.cc";
  Write("compile_commands.json",
        "[{\"directory\": \"/not/there\", \"file\": \"" + file +
            "\", \"arguments\": [\"/gone/g++-99\", \"-std=c++17\", \"-Inot/there\", \"-include\", "
            "\"config.h\", \"-fnot-known\", \"-c\", \"" +
            file +
            "\"]}, {\"directory\": \"/\", \"file\": \"/removed.cc\", \"command\": \"c++ "
            "removed.cc\"}]");
  EXPECT_EQ(Calls(Analyze()), 1);
  EXPECT_THAT(said_, HasSubstr("web/web.cc: does not parse: 'config.h' file not found"));
}

TEST_F(RobustTest, CompileCommandsThatAreNoneAreAMistakeIfTheyWereAskedFor) {
  Write("services/web/web.cc", kService);
  Write("compile_commands.json", "[{");
  EXPECT_EQ(Calls(Analyze()), 1);
  options_.compile_commands = directory_.path() / "compile_commands.json";
  const auto analyzed = Analyze();
  ASSERT_FALSE(analyzed);
  EXPECT_THAT(analyzed.error().message, HasSubstr("not a compilation database"));
}

TEST_F(RobustTest, CAmongTheSourcesIsReadAsC) {
  Write("services/web/web.cc", kService);
  Write("services/web/legacy.c",
        "struct s { int class; };\n"
        "int f(struct s *new) { int *p = (void *)new; goto out; out: return new->class + *p; }\n");
  EXPECT_EQ(Calls(Analyze()), 1);
  EXPECT_EQ(said_, "");
}

TEST_F(RobustTest, AFileThatCannotBeReadIsNamed) {
  Write("services/web/web.cc", kService);
  fs::create_symlink("nowhere.cc", directory_.path() / "services/web/link.cc");
  const auto analyzed = Analyze();
  EXPECT_EQ(Calls(analyzed), 1);
  EXPECT_THAT(said_, HasSubstr("link.cc: cannot be read: no such file"));
  ASSERT_TRUE(analyzed);
  EXPECT_EQ(analyzed->unread.size(), 1);
}

TEST_F(RobustTest, AFileOfAHundredThousandLinesIsRead) {
  std::string code = kService;
  for (int i = 0; code.size() < 4'000'000; ++i) {
    const std::string n = std::to_string(i);
    code +=
        "int f" + n + "(int i) {\n  if (i > " + n + ") return 1;\n  return i + " + n + ";\n}\n\n";
  }
  ASSERT_GT(std::ranges::count(code, '\n'), 100'000);
  Write("services/web/web.cc", code);
  EXPECT_EQ(Calls(Analyze()), 1);
  EXPECT_EQ(said_, "");
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_F(RobustTest, WhatIsNestedDeepDoesNoHarm) {
  constexpr int kDeep = 20'000;
  const std::string deep[] = {
      "int f(int i) { return i" + Repeated(" + i", kDeep) + "; }\n",
      "int f(int i) { return " + Repeated("(", kDeep) + "i" + Repeated(")", kDeep) + "; }\n",
      "void f(int) " + Repeated("{", kDeep) + Repeated("}", kDeep) + "\n",
      "int f(int i) { " + Repeated("if (i > 1) i = 2; else ", kDeep) + "; return i; }\n",
      "int f(int i) { return i" + Repeated(" ? i : i", kDeep) + "; }\n",
      "bool f(bool b) { return " + Repeated("!", kDeep) + "b; }\n",
  };
  int number = 0;
  for (const std::string& code : deep) {
    Write("services/web/deep" + std::to_string(number++) + ".cc", code);
  }
  Write("services/web/web.cc", kService);
  EXPECT_EQ(Calls(Analyze()), 1);
}

TEST_F(RobustTest, AFaultThatComesToWhatIsNestedTooDeepHasNoKnownOutcome) {
  std::string code = kService;
  const std::size_t place = code.find("response.status");
  code.insert(place, "{ " + Repeated("if (server.is_valid()) ", 300));
  code.insert(code.find("503;") + 4, " }");
  Write("services/web/web.cc", code);
  const auto analyzed = Analyze();
  ASSERT_EQ(Calls(analyzed), 1);
  bool is_unknown = false;
  for (const Module& module : analyzed->analysis.modules) {
    for (const CallSite& site : module.call_sites) {
      for (const HandlerEntry& entry : site.handlers) {
        is_unknown =
            is_unknown || entry.outcome.reason.find("nested too deep") != std::string::npos;
      }
    }
  }
  EXPECT_TRUE(is_unknown) << said_;
}

}  // namespace
}  // namespace filibuster
