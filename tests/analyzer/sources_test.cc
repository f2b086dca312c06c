#include "analyzer/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SourcesTest : public testing::Test {
 protected:
  void Write(const std::string& file) {
    const fs::path path = directory_.path() / file;
    fs::create_directories(path.parent_path());
    ASSERT_TRUE(WriteFile(path, ""));
  }

  std::vector<std::string> Find() {
    std::vector<std::string> found;
    const auto services = FindServices(directory_.path());
    if (!services) return {services.error().message};
    for (const ServiceSources& service : *services) {
      found.push_back(service.name + ":");
      for (const fs::path& file : service.files) {
        found.push_back(file.lexically_relative(service.directory).string());
      }
    }
    return found;
  }

  TempDir directory_;
};

TEST_F(SourcesTest, EveryFolderIsAServiceAndItsSourcesAreFoundInAllOfIt) {
  Write("foo/foo.cc");
  Write("foo/src/deep/x.cpp");
  Write("foo/x.h");
  Write("bar/main.cxx");
  Write("README.md");
  EXPECT_THAT(Find(), ElementsAre("bar:", "main.cxx", "foo:", "foo.cc", "src/deep/x.cpp"));
}

TEST_F(SourcesTest, TestsAndBuildDirectoriesAreNoPartOfAService) {
  Write("foo/foo.cc");
  Write("foo/foo_test.cc");
  Write("foo/test_foo.cc");
  Write("foo/tests/x.cc");
  Write("foo/.git/x.cc");
  Write("foo/out/CMakeCache.txt");
  Write("foo/out/x.cc");
  EXPECT_THAT(Find(), ElementsAre("foo:", "foo.cc"));
}

TEST_F(SourcesTest, AFolderWithoutCppSourcesIsNoService) {
  Write("foo/foo.cc");
  Write("bar/bar.py");
  EXPECT_THAT(Find(), ElementsAre("foo:", "foo.cc"));
}

TEST_F(SourcesTest, CBelongsToTheServiceWhoseCppItIsAmong) {
  Write("foo/foo.cc");
  Write("foo/legacy.c");
  Write("bar/bar.c");
  EXPECT_THAT(Find(), ElementsAre("foo:", "foo.cc", "legacy.c"));
}

TEST_F(SourcesTest, LinksThatLeadAroundInACircleEnd) {
  Write("foo/foo.cc");
  fs::create_directory_symlink(directory_.path(), directory_.path() / "foo/around");
  EXPECT_THAT(Find(), ElementsAre("foo:", "foo.cc"));
}

TEST_F(SourcesTest, ALinkToTheServicesDirectoryOrUpwardIsNoService) {
  Write("foo/foo.cc");
  fs::create_directory_symlink(".", directory_.path() / "self");
  fs::create_directory_symlink("..", directory_.path() / "up");
  EXPECT_THAT(Find(), ElementsAre("foo:", "foo.cc"));
}

TEST_F(SourcesTest, NothingToAnalyzeIsAMistakeThatIsNamed) {
  EXPECT_THAT(Find(), ElementsAre(HasSubstr("found no folder, expected one per service")));
  Write("foo/README.md");
  EXPECT_THAT(Find(), ElementsAre(HasSubstr("found no C++ source in any of its folders")));
  EXPECT_THAT(FindServices(directory_.path() / "none").error().message,
              HasSubstr("none: no such directory"));
  EXPECT_THAT(FindServices(directory_.path() / "foo/README.md").error().message,
              HasSubstr("not a directory"));
}

}  // namespace
}  // namespace filibuster
