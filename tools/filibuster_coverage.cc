// filibuster-coverage: what of the services was reached, without faults and with all of them.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/console.h"
#include "coverage/report.h"
#include "tools/command_line.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path application = "application.json";
  fs::path coverage_directory = "coverage";
  fs::path output_directory = "htmlcov";
  std::vector<fs::path> source_directories;
};

std::expected<void, Error> Report(Options options) {
  const auto application = ReadApplication(options.application);
  if (!application) return std::unexpected(application.error());
  if (options.source_directories.empty()) {
    options.source_directories = {fs::absolute(options.application).parent_path()};
  }
  const auto report =
      MakeCoverageReport(*application, options.coverage_directory, options.source_directories);
  if (!report) return std::unexpected(report.error());
  if (auto written =
          WriteCoverageHtml(*report, options.source_directories, options.output_directory);
      !written) {
    return written;
  }
  std::fputs(CoverageSummary(*report).c_str(), stdout);
  std::fflush(stdout);
  if (!report->knows_fault_free) {
    LogWarning("no data of the fault-free execution: filibuster --coverage-dir keeps it");
  }
  LogInfo("HTML report written: {}", (options.output_directory / "index.html").string());
  return {};
}

}  // namespace
}  // namespace filibuster

int main(int argc, char** argv) {
  filibuster::Options options;
  CLI::App app("Shows which lines of the services were reached, without faults and with them.");
  app.add_option("--application", options.application, "The application's services")
      ->capture_default_str();
  app.add_option("--coverage-dir", options.coverage_directory,
                 "The data, as collected by filibuster --coverage-dir")
      ->capture_default_str();
  app.add_option("--output-dir", options.output_directory, "Where the HTML report goes")
      ->capture_default_str();
  app.add_option("--source-directory", options.source_directories,
                 "Show the files below it only, may be repeated (default: the directory of the "
                 "application file)");
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;
  if (const auto done = filibuster::Report(options); !done) {
    filibuster::LogFail("{}", done.error().message);
    return 2;
  }
  return 0;
}
