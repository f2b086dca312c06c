#include "base/file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

TEST(FileTest, WritesAndReadsBackTheSameBytes) {
  TempDir dir;
  const std::string content("a\0b\n", 4);
  ASSERT_TRUE(WriteFile(dir.path() / "f", content));
  EXPECT_EQ(ReadFile(dir.path() / "f"), content);
}

TEST(FileTest, LeavesNoTemporaryFileBehind) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir.path() / "f", "x"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(FileTest, KeepsTheOldContentWhenTheDiskIsFull) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir.path() / "f", "old"));
  // A file size limit fails the write half way, as a full disk does.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{16, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto result = WriteFile(dir.path() / "f", std::string(1000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("File too large"), std::string::npos) << result.error();
  EXPECT_EQ(ReadFile(dir.path() / "f"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(FileTest, KeepsThePermissionsOfTheFileItReplaces) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir.path() / "f", "x"));
  ASSERT_EQ(::chmod((dir.path() / "f").c_str(), 0600), 0);
  ASSERT_TRUE(WriteFile(dir.path() / "f", "y"));
  struct stat status {};
  ASSERT_EQ(::stat((dir.path() / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST(FileTest, NamesThePathAndTheReason) {
  EXPECT_EQ(ReadFile("/nonexistent/f").error().message,
            "/nonexistent/f: cannot read: No such file or directory");
  EXPECT_EQ(WriteFile("/", "x").error().message, "/: is a directory, expected a file");
  EXPECT_EQ(CheckWritable("/nonexistent/f").error().message,
            "/nonexistent/f: no such directory: /nonexistent");
}

}  // namespace
}  // namespace filibuster
