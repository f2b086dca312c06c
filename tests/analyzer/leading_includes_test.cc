#include "analyzer/leading_includes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>

#include "analyzer/extract_pool.h"
#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(LeadingIncludesTest, CommentsMayStandBeforeThemAndBetweenThem) {
  EXPECT_THAT(LeadingIncludes("/* A\n service. */\n// It is.\n\n#include <string>  // why\n"
                              "  # include \"a/b.h\"\n\nint i;\n#include <vector>\n"),
              ElementsAre("#include <string>", "#include \"a/b.h\""));
}

TEST(LeadingIncludesTest, AnythingElseEndsThem) {
  EXPECT_THAT(LeadingIncludes("#define X 1\n#include <string>\n"), IsEmpty());
  EXPECT_THAT(LeadingIncludes("#include HEADER\n"), IsEmpty());
  EXPECT_THAT(LeadingIncludes("#include <string\n#include <vector>\n"), IsEmpty());
  EXPECT_THAT(LeadingIncludes("#include_next <string>\n"), IsEmpty());
  EXPECT_THAT(LeadingIncludes("/* no end"), IsEmpty());
}

class IncludeGroupsTest : public testing::Test {
 protected:
  IncludeGroupsTest() : root_(fs::canonical(directory_.path())) {}

  std::string Write(const std::string& name, const std::string& content) {
    fs::create_directories((root_ / name).parent_path());
    EXPECT_TRUE(WriteFile(root_ / name, content));
    return root_ / name;
  }

  void Add(const std::string& name, const std::string& content, const std::string& flag = "-O2") {
    const std::string file = Write(name, content);
    commands_.push_back(
        {.file = file,
         .directory = root_,
         .arguments = {"clang++", "-std=c++20", flag, "-I" + root_.string(), file}});
  }

  // "0 2: #include <a>": which commands share what.
  std::vector<std::string> Groups() {
    std::vector<std::string> texts;
    for (const IncludeGroup& group : GroupByIncludes(commands_)) {
      std::string text;
      for (const std::size_t file : group.files) text += std::to_string(file) + " ";
      for (const std::string& include : group.includes) text += include;
      texts.push_back(text);
    }
    return texts;
  }

  TempDir directory_;
  fs::path root_;
  std::vector<CompileCommand> commands_;
};

TEST_F(IncludeGroupsTest, FilesShareWhatAllOfThemBeginWith) {
  Add("a.cc", "#include <string>\n#include <map>\n#include <set>\n");
  Add("b.cc", "#include <vector>\n");
  Add("c.cc", "#include <string>\n#include <map>\n");
  Add("d.cc", "int i;\n");
  EXPECT_THAT(Groups(), ElementsAre("0 2 #include <string>#include <map>", "1 ", "3 "));
}

TEST_F(IncludeGroupsTest, FilesThatAreCompiledInAnotherWayShareNothing) {
  Add("a.cc", "#include <string>\n");
  Add("b.cc", "#include <string>\n", "-DX");
  Add("c.cpp", "#include <string>\n");
  EXPECT_THAT(Groups(), ElementsAre("0 ", "1 ", "2 "));
}

TEST_F(IncludeGroupsTest, AQuotedIncludeIsSharedInOneDirectoryOnly) {
  Add("x/a.cc", "#include <string>\n#include \"h.h\"\n");
  Add("x/b.cc", "#include <string>\n#include \"h.h\"\n");
  EXPECT_THAT(Groups(), ElementsAre("0 1 #include <string>#include \"h.h\""));
  Add("y/a.cc", "#include <string>\n#include \"h.h\"\n");
  EXPECT_THAT(Groups(), ElementsAre("0 1 2 #include <string>"));
}

// Of all files that were added, in one batch.
class SharedIncludesTest : public IncludeGroupsTest {
 protected:
  static FileFacts Crash(const CompileCommand&, const ExtractScope&) {
    std::raise(SIGSEGV);
    return {};
  }
  static FileFacts CrashAfter(const std::vector<std::string>&, const CompileCommand&,
                              const std::function<const ExtractJob&()>&) {
    std::raise(SIGSEGV);
    return {};
  }

  void ExpectFactsAsOfFilesAlone(Extractors extractors) {
    ExtractPool pool({.jobs = 1}, {"library"}, extractors);
    for (const CompileCommand& command : commands_) pool.Request(command, root_);
    const ExtractScope scope{.directory = root_, .library_namespaces = {"library"}};
    for (const CompileCommand& command : commands_) {
      const FileFacts alone = ExtractFile(command, scope);
      const FileFacts& facts = pool.Get(command.file);
      EXPECT_EQ(facts.parse_error, alone.parse_error) << command.file;
      EXPECT_TRUE(facts == alone) << command.file;
    }
  }
};

constexpr char kBegin[] = "#include <string>\n#include <stdexcept>\n#include \"status.h\"\n";

TEST_F(SharedIncludesTest, TheFactsAreThoseOfEachFileAlone) {
  Write("status.h",
        "#pragma once\nnamespace n { inline int Status() { return 503; } struct E {}; }\n");
  Add("a.cc", std::string(kBegin) + "int f(bool b) { if (b) throw n::E(); return n::Status(); }\n");
  Add("b.cc", std::string(kBegin) +
                  "#include <map>\nstd::map<std::string, int> all = {{\"a\", 1}};\n"
                  "template <typename T> T g(T t) { return t; }\n"
                  "int h() { try { return g(n::Status()); } catch (const std::runtime_error&) {\n"
                  "return std::string(__FILE__).size(); } }\n");
  Add("c.cc", std::string(kBegin) + "static int i = n::Status();\n");
  // Whoever parses one by itself crashes.
  ExpectFactsAsOfFilesAlone({.one = Crash});
}

TEST_F(SharedIncludesTest, WhatDoesNotParseIsParsedAlone) {
  Write("status.h", "struct Twice {};\n");  // which may be included once only
  Add("a.cc", kBegin);
  Add("b.cc", std::string(kBegin) + "int f( {\n");
  Add("c.cc", std::string(kBegin) + "#include \"missing.h\"\nint i = 1;\n");
  ExpectFactsAsOfFilesAlone({});
  commands_.clear();
  Add("d.cc", "#include \"missing.h\"\nint i = 1;\n");
  Add("e.cc", "#include \"missing.h\"\nint j = 1;\n");
  ExpectFactsAsOfFilesAlone({});
}

TEST_F(SharedIncludesTest, ACrashInWhatIsSharedCostsNothing) {
  Write("status.h", "#pragma once\n");
  Add("a.cc", std::string(kBegin) + "int f() { return 1; }\n");
  Add("b.cc", std::string(kBegin) + "int g() { return 2; }\n");
  ExpectFactsAsOfFilesAlone({.after = CrashAfter});
}

TEST_F(SharedIncludesTest, MoreFilesThanThereCanBePipesAreReadAllTheSame) {
  constexpr int kFiles = 60;
  for (int i = 0; i < kFiles; ++i) Add(std::to_string(i) + ".cc", "#include <cstddef>\n");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 30;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  ExtractPool pool({.jobs = 4}, {}, {});
  for (const CompileCommand& command : commands_) pool.Request(command, root_);
  std::string errors;
  for (const CompileCommand& command : commands_) errors += pool.Get(command.file).parse_error;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(errors, "");
}

TEST_F(SharedIncludesTest, AFileThatTakesForEverCostsItselfOnly) {
  Write("status.h", "#pragma once\n");
  Add("a.cc", std::string(kBegin) + "int f() { return 1; }\n");
  Add("b.cc", std::string(kBegin) + "int g() { return 2; }\n");
  const Extractors extractors{
      .one = [](const CompileCommand& command,
                const ExtractScope&) { return FileFacts{.path = command.file}; },
      .after =
          [](const std::vector<std::string>&, const CompileCommand&,
             const std::function<const ExtractJob&()>& next) {
            const ExtractJob& job = next();
            while (job.command.file.ends_with("a.cc")) ::pause();
            return FileFacts{.path = job.command.file};
          }};
  ExtractPool pool({.jobs = 1, .file_timeout = std::chrono::seconds(2)}, {}, extractors);
  for (const CompileCommand& command : commands_) pool.Request(command, root_);
  EXPECT_THAT(pool.Get(commands_[0].file).parse_error, HasSubstr("not read in 2 s"));
  EXPECT_EQ(pool.Get(commands_[1].file).path, commands_[1].file);
}

}  // namespace
}  // namespace filibuster
