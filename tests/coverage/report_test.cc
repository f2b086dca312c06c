#include "coverage/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "base/file.h"
#include "runtime/coverage_profiles.h"
#include "runtime/services.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A "service" that handles a fault when it finds the file "fault" in its directory. It is killed,
// not ended: its counters must be there all the same.
constexpr char kService[] = R"(#include <fstream>
#include <unistd.h>

void Touch(const char* path) { std::ofstream file(path); }

void HandleFault() {
  Touch("handled");
}

int main() {
  Touch("ready");
  while (access("fault", F_OK) != 0) usleep(1000);
  HandleFault();
  pause();
  return 0;
}
)";

class CoverageReportTest : public testing::Test {
 protected:
  void Build(const std::vector<std::string>& flags) {
    ASSERT_TRUE(WriteFile(dir_.path() / "foo.cc", kService));
    std::vector<std::string> argv = {"clang++-19", "-g1", "-o", "foo", "foo.cc"};
    argv.insert(argv.end(), flags.begin(), flags.end());
    const auto built = RunCommand({argv, {}, dir_.path()});
    ASSERT_TRUE(built) << built.error();
    ASSERT_EQ(built->status, TerminationStatus(ExitCode{0})) << built->output;
  }
  // As cmake/options.cmake has them.
  void BuildWithCoverage() {
    Build({"-fprofile-instr-generate", "-fcoverage-mapping", "-mllvm",
           "-runtime-counter-relocation"});
  }
  void WaitFor(const char* file) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!fs::exists(dir_.path() / file)) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << file;
      std::this_thread::yield();
    }
  }
  // The fault-free execution, and then one with a fault.
  void RunService() {
    fs::create_directory(coverage_);
    auto process = BackgroundProcess::Start(
        ServiceCommand(service_, {.coverage_directory = coverage_}), dir_.path() / "log");
    ASSERT_TRUE(process) << process.error();
    WaitFor("ready");
    ASSERT_TRUE(SnapshotProfiles(Executions::kFaultFree, coverage_));
    ASSERT_TRUE(WriteFile(dir_.path() / "fault", ""));
    WaitFor("handled");
    ASSERT_TRUE(SnapshotProfiles(Executions::kAll, coverage_));
    ::kill(process->pid(), SIGKILL);
  }
  std::expected<CoverageReport, Error> Report() {
    return MakeCoverageReport({dir_.path() / "application.json", {service_}}, coverage_,
                              {dir_.path()});
  }

  TempDir dir_;
  fs::path coverage_ = dir_.path() / "coverage";
  Service service_{.name = "foo",
                   .command = {dir_.path() / "foo"},
                   .port = 1,
                   .working_directory = dir_.path(),
                   .binary = dir_.path() / "foo"};
};

TEST_F(CoverageReportTest, ShowsWhatOnlyAFaultReached) {
  BuildWithCoverage();
  RunService();
  const auto report = Report();
  ASSERT_TRUE(report) << report.error();
  EXPECT_TRUE(report->knows_fault_free);
  ASSERT_EQ(report->files.size(), 1u);
  EXPECT_EQ(report->files[0].file, "foo.cc");
  EXPECT_EQ(report->files[0].lines.at(4), Reached::kWithoutFaults);
  EXPECT_EQ(report->files[0].lines.at(6), Reached::kOnlyUnderFaults);
  EXPECT_EQ(report->files[0].lines.at(7), Reached::kOnlyUnderFaults);
  EXPECT_EQ(CoverageSummary(*report),
            "FILE     LINES  WITHOUT FAULTS  ALL FAULTS  ONLY UNDER FAULTS\n"
            "foo.cc      11          72.7 %     100.0 %            3 lines\n"
            "TOTAL       11          72.7 %     100.0 %            3 lines\n");

  const fs::path html = dir_.path() / "htmlcov";
  ASSERT_TRUE(WriteCoverageHtml(*report, {dir_.path()}, html));
  const std::string index = ReadFile(html / "index.html").value_or("");
  EXPECT_THAT(index, HasSubstr("<a href=\"foo.cc.html\">foo.cc</a></td><td>11</td><td>72.7 %</td>"
                               "<td>100.0 %</td><td>3</td>"));
  const std::string page = ReadFile(html / "foo.cc.html").value_or("");
  EXPECT_THAT(page, HasSubstr("<span data-line=\"1\">#include &lt;fstream&gt;</span>"));
  EXPECT_THAT(page, HasSubstr("<span data-line=\"7\" class=\"only-under-faults\">"));
}

TEST_F(CoverageReportTest, SaysThatTheFaultFreeDataIsMissing) {
  BuildWithCoverage();
  RunService();
  fs::remove_all(coverage_ / "fault-free");
  const auto report = Report();
  ASSERT_TRUE(report) << report.error();
  EXPECT_FALSE(report->knows_fault_free);
  EXPECT_THAT(CoverageSummary(*report), HasSubstr("not known"));
}

TEST_F(CoverageReportTest, UsesTheDataAsItIsWhenNoSnapshotWasTaken) {
  BuildWithCoverage();
  RunService();
  fs::remove_all(coverage_ / "all-executions");
  const auto report = Report();
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->files[0].lines.at(7), Reached::kOnlyUnderFaults);
}

TEST_F(CoverageReportTest, SaysThatThereIsNoData) {
  const auto report = Report();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message,
            coverage_.string() +
                ": no coverage data; build the services with the coverage preset and run "
                "filibuster --application " +
                (dir_.path() / "application.json").string() + " --coverage-dir " +
                coverage_.string());
}

TEST_F(CoverageReportTest, NamesDataThatIsEmptyAndGoesOnWithTheRest) {
  BuildWithCoverage();
  RunService();
  const fs::path empty = coverage_ / "all-executions/foo-1.profraw";
  ASSERT_TRUE(WriteFile(empty, ""));
  testing::internal::CaptureStderr();
  const auto report = Report();
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr(empty.string() + ": is empty and does not count: the process of foo "));
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->files[0].lines.at(7), Reached::kOnlyUnderFaults);
}

TEST_F(CoverageReportTest, EmptyDataIsNoData) {
  fs::create_directory(coverage_);
  ASSERT_TRUE(WriteFile(coverage_ / "foo-1.profraw", ""));
  EXPECT_THAT(Report().error().message, StartsWith(coverage_.string() + ": no coverage data; "));
}

TEST_F(CoverageReportTest, SaysThatTheServiceWasBuiltWithoutCoverage) {
  BuildWithCoverage();
  RunService();
  Build({});
  const auto report = Report();
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message,
              StartsWith("service foo: no coverage from " + service_.binary.string() +
                         " (was it built with the coverage preset?): llvm-cov-19: exit code 1: "));
}

TEST_F(CoverageReportTest, AsksForTheProgramOfAShellCommand) {
  fs::create_directory(coverage_);
  ASSERT_TRUE(WriteFile(coverage_ / "foo-1.profraw", "data"));
  service_.binary.clear();
  EXPECT_THAT(Report().error().message, HasSubstr("name that as \"binary\""));
}

TEST_F(CoverageReportTest, NamesDataThatIsDamaged) {
  BuildWithCoverage();
  fs::create_directory(coverage_);
  ASSERT_TRUE(WriteFile(coverage_ / "foo-1.profraw", "garbage"));
  EXPECT_THAT(Report().error().message, HasSubstr("llvm-profdata-19: exit code 1: "));
}

TEST_F(CoverageReportTest, SaysThatTheSourcesAreElsewhere) {
  BuildWithCoverage();
  RunService();
  const auto report = MakeCoverageReport({dir_.path() / "application.json", {service_}}, coverage_,
                                         {"/nonexistent"});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("choose --source-directory"));
}

TEST_F(CoverageReportTest, NamesTheToolThatIsNotInstalled) {
  const std::string path = ::getenv("PATH");
  ::setenv("PATH", "/nonexistent", 1);
  const auto report = Report();
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "llvm-profdata-19: not found on PATH; install llvm-19");
}

TEST(CoverageProfilesTest, AreKeptByService) {
  TempDir dir;
  for (const char* name : {"foo-2.profraw", "foo-1.profraw", "foo-bar-1.profraw", "foo-1.txt"}) {
    ASSERT_TRUE(WriteFile(dir.path() / name, name));
  }
  EXPECT_EQ(ProfilesOf("foo", Executions::kAll, dir.path()),
            (std::vector<fs::path>{dir.path() / "foo-1.profraw", dir.path() / "foo-2.profraw"}));
  EXPECT_TRUE(ProfilesOf("foo", Executions::kFaultFree, dir.path()).empty());
  ASSERT_TRUE(SnapshotProfiles(Executions::kFaultFree, dir.path()));
  EXPECT_EQ(ProfilesOf("foo", Executions::kFaultFree, dir.path()).size(), 2u);
  RemoveProfiles("foo", dir.path());
  EXPECT_TRUE(ProfilesOf("foo", Executions::kAll, dir.path()).empty());
  EXPECT_TRUE(ProfilesOf("foo", Executions::kFaultFree, dir.path()).empty());
  EXPECT_EQ(ProfilesOf("foo-bar", Executions::kFaultFree, dir.path()).size(), 1u);
}

TEST(CoverageProfilesTest, ASnapshotReplacesTheOneBefore) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir.path() / "foo-1.profraw", "old"));
  ASSERT_TRUE(SnapshotProfiles(Executions::kAll, dir.path()));
  fs::remove(dir.path() / "foo-1.profraw");
  EXPECT_THAT(SnapshotProfiles(Executions::kAll, dir.path()).error().message,
              HasSubstr("built with the coverage preset?"));
  ASSERT_TRUE(WriteFile(dir.path() / "foo-2.profraw", "new"));
  ASSERT_TRUE(SnapshotProfiles(Executions::kAll, dir.path()));
  EXPECT_EQ(ProfilesOf("foo", Executions::kAll, dir.path()),
            std::vector<fs::path>{dir.path() / "all-executions/foo-2.profraw"});
}

}  // namespace
}  // namespace filibuster
