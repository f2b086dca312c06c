#include "analyzer/extract_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "analyzer/facts_cache.h"
#include "analyzer/facts_io.h"
#include "base/file.h"
#include "tests/support/annotated_source.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kEverything[] =
    "#include <string>\n"
    "namespace n { struct B { virtual int g() const; }; struct E : B { int i = -1; }; }\n"
    "int global = -5;\n"
    "int f(const n::E& e, int j) noexcept try {\n"
    "  switch (j) { case 1: return e.g(); default: break; }\n"
    "  auto l = [&](int k) { throw n::E{}; };\n"
    "  for (int i = 0; i < 3; ++i) l(i);\n"
    "  return global;\n"
    "} catch (const n::B&) { return -1; } catch (...) { throw; }\n";

TEST(FactsIoTest, WhatIsWrittenIsReadAgain) {
  const AnnotatedSource source(kEverything);
  ASSERT_EQ(source.facts().parse_error, "");
  ASSERT_FALSE(source.facts().dependencies.empty());
  const auto read = FactsFromBytes(FactsToBytes(source.facts()));
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == source.facts());
}

TEST(FactsIoTest, BytesThatAreCutOffOrChangedAreNoFactsAndDoNoHarm) {
  const std::string bytes = FactsToBytes(AnnotatedSource(kEverything).facts());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(FactsFromBytes(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(FactsFromBytes(bytes + "x"));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    FactsFromBytes(changed);
  }
}

// The facts say in their names whose they are; some files are trouble.
FileFacts Pretend(const CompileCommand& command, const ExtractScope&) {
  if (command.file == "/crash") std::raise(SIGABRT);
  if (command.file == "/end") ::_exit(3);
  while (command.file == "/hang") ::pause();
  return {.path = command.file, .files = {std::string(200'000, 'x')}};
}

FileFacts Crash(const CompileCommand&, const ExtractScope&) {
  std::raise(SIGSEGV);
  return {};
}

CompileCommand Command(const std::string& file) { return {.file = file, .directory = "/"}; }

TEST(ExtractPoolTest, EveryFileIsReadHoweverManyThereAre) {
  ExtractPool pool({.jobs = 3}, {}, {.one = Pretend});
  constexpr int kFiles = 20;
  for (int i = 0; i < kFiles; ++i) pool.Request(Command("/" + std::to_string(i)), "/");
  for (int i = kFiles - 1; i >= 0; --i) {
    EXPECT_EQ(pool.Get("/" + std::to_string(i)).path, "/" + std::to_string(i));
  }
}

TEST(ExtractPoolTest, ACrashCostsOneFile) {
  ExtractPool pool({.jobs = 1}, {}, {.one = Pretend});
  for (const char* file : {"/crash", "/end", "/good"}) pool.Request(Command(file), "/");
  EXPECT_EQ(pool.Get("/crash").parse_error, "clang crashed: Aborted");
  EXPECT_TRUE(pool.Get("/crash").is_lost);
  EXPECT_EQ(pool.Get("/end").parse_error, "clang ended without a result");
  EXPECT_EQ(pool.Get("/good").parse_error, "");
}

TEST(ExtractPoolTest, AFileThatTakesForEverIsGivenUp) {
  ExtractPool pool({.jobs = 1, .file_timeout = std::chrono::seconds(2)}, {}, {.one = Pretend});
  for (const char* file : {"/hang", "/good"}) pool.Request(Command(file), "/");
  EXPECT_EQ(pool.Get("/hang").parse_error, "not read in 2 s (--file-timeout)");
  EXPECT_EQ(pool.Get("/good").parse_error, "");
}

TEST(ExtractPoolTest, WhatIsNotWaitedForEndsWithThePool) {
  ExtractPool pool({.jobs = 2}, {}, {.one = Pretend});
  for (const char* file : {"/hang", "/good"}) pool.Request(Command(file), "/");
  pool.Get("/good");
}

class FactsCacheTest : public testing::Test {
 protected:
  FactsCacheTest() : root_(fs::canonical(directory_.path())) {
    Write("source.cc", "#include \"header.h\"\nint f() { return kStatus; }\n");
    Write("header.h", "constexpr int kStatus = 503;\n");
  }

  void Write(const std::string& name, const std::string& content) {
    ASSERT_TRUE(WriteFile(root_ / name, content));
  }

  CompileCommand SourceCommand() const {
    return {.file = root_ / "source.cc",
            .directory = root_,
            .arguments = {"clang++", "-std=c++23", root_ / "source.cc"}};
  }

  // From the cache; what is not there is extracted and stored.
  bool IsHit(const CompileCommand& command, const std::string& space = "library") {
    FactsCache cache(root_ / "cache");
    const ExtractScope scope{.directory = root_, .library_namespaces = {space}};
    if (const auto found = cache.Find(command, scope)) {
      EXPECT_TRUE(*found == ExtractFile(command, scope));
      return true;
    }
    was_stored_ = cache.Store(command, scope, ExtractFile(command, scope)).has_value();
    return false;
  }

  std::vector<fs::path> Entries() const {
    std::vector<fs::path> entries;
    for (const auto& entry : fs::recursive_directory_iterator(root_ / "cache")) {
      if (entry.is_regular_file()) entries.push_back(entry.path());
    }
    return entries;
  }

  TempDir directory_;
  fs::path root_;
  bool was_stored_ = false;
};

TEST_F(FactsCacheTest, WhatIsUnchangedIsFound) {
  EXPECT_FALSE(IsHit(SourceCommand()));
  EXPECT_TRUE(IsHit(SourceCommand()));
}

TEST_F(FactsCacheTest, AChangeOfTheSourceOrOfAHeaderIsNoticedAndReplacesTheEntry) {
  EXPECT_FALSE(IsHit(SourceCommand()));
  Write("header.h", "constexpr int kStatus = 504;\n");
  EXPECT_FALSE(IsHit(SourceCommand()));
  EXPECT_TRUE(IsHit(SourceCommand()));
  Write("source.cc", "#include \"header.h\"\nint f() { return kStatus + 1; }\n");
  EXPECT_FALSE(IsHit(SourceCommand()));
  EXPECT_EQ(Entries().size(), 1);
}

TEST_F(FactsCacheTest, AHeaderThatIsTouchedOnlyIsUnchanged) {
  EXPECT_FALSE(IsHit(SourceCommand()));
  fs::last_write_time(root_ / "header.h",
                      fs::last_write_time(root_ / "header.h") + std::chrono::hours(1));
  EXPECT_TRUE(IsHit(SourceCommand()));
}

TEST_F(FactsCacheTest, FlagsAndLibrariesAreToldApart) {
  EXPECT_FALSE(IsHit(SourceCommand()));
  CompileCommand defining = SourceCommand();
  defining.arguments.insert(defining.arguments.begin() + 1, "-DX=1");
  EXPECT_FALSE(IsHit(defining));
  EXPECT_FALSE(IsHit(SourceCommand(), "another"));
  EXPECT_TRUE(IsHit(SourceCommand()));
}

TEST_F(FactsCacheTest, WhatDoesNotParseIsNotKept) {
  Write("source.cc", "#include \"generated.h\"\n#include \"header.h\"\n");
  EXPECT_FALSE(IsHit(SourceCommand()));
  EXPECT_FALSE(IsHit(SourceCommand()));
  Write("generated.h", "");
  EXPECT_FALSE(IsHit(SourceCommand()));
  EXPECT_TRUE(IsHit(SourceCommand()));
}

TEST_F(FactsCacheTest, AnEntryThatIsDamagedIsAsIfItWereNotThere) {
  EXPECT_FALSE(IsHit(SourceCommand()));
  const fs::path entry = Entries().at(0);
  const std::string whole = *ReadFile(entry);
  for (const std::string& damaged :
       {std::string(), whole.substr(0, whole.size() / 2), whole.substr(0, 20), whole + "x",
        whole.substr(0, whole.size() - 1) + "\x01"}) {
    ASSERT_TRUE(WriteFile(entry, damaged));
    EXPECT_FALSE(IsHit(SourceCommand())) << damaged.size();
    EXPECT_TRUE(IsHit(SourceCommand()));
  }
}

TEST_F(FactsCacheTest, ADirectoryThatCannotBeWrittenIsNoCache) {
  Write("cache", "a file");
  EXPECT_FALSE(IsHit(SourceCommand()));
  EXPECT_FALSE(was_stored_);
  EXPECT_FALSE(IsHit(SourceCommand()));
}

TEST_F(FactsCacheTest, ThePoolSaysOnceThatItCannotBeWritten) {
  Write("cache", "a file");
  Write("second.cc", "int g();\n");
  CompileCommand second = SourceCommand();
  second.file = root_ / "second.cc";
  second.arguments.back() = second.file;
  ExtractPool pool({.jobs = 1, .cache_directory = root_ / "cache"}, {"library"});
  testing::internal::CaptureStderr();
  for (const CompileCommand& command : {SourceCommand(), second}) pool.Request(command, root_);
  EXPECT_EQ(pool.Get(SourceCommand().file).parse_error, "");
  EXPECT_EQ(pool.Get(second.file).parse_error, "");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("Not a directory; all files will be read anew next time"));
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
}

TEST_F(FactsCacheTest, ThePoolKeepsAndUsesIt) {
  const ExtractSettings settings{.jobs = 1, .cache_directory = root_ / "cache"};
  ExtractPool first(settings, {"library"});
  first.Request(SourceCommand(), root_);
  const FileFacts& facts = first.Get(SourceCommand().file);
  // Whoever parses now would crash.
  ExtractPool second(settings, {"library"}, {.one = Crash});
  second.Request(SourceCommand(), root_);
  EXPECT_TRUE(second.Get(SourceCommand().file) == facts);
}

}  // namespace
}  // namespace filibuster
