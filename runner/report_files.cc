#include "runner/report_files.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <system_error>

#include "base/file.h"
#include "planner/report_pages.h"
#include "planner/source_excerpts.h"
#include "runtime/process.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFiles = {"report.html", "report.json", "junit.xml"};
constexpr size_t kMaxMap = 16 * 1024 * 1024;

}  // namespace

std::expected<void, Error> CheckWritable(const ReportFiles& files) {
  if (files.json) {
    if (auto writable = CheckWritable(*files.json); !writable) return writable;
  }
  if (!files.directory) return {};
  std::error_code error;
  fs::create_directories(*files.directory, error);
  if (error) {
    return std::unexpected(
        Error{fmt::format("{}: cannot be made: {}", files.directory->string(), error.message())});
  }
  for (const char* name : kFiles) {
    if (auto writable = CheckWritable(*files.directory / name); !writable) return writable;
  }
  return {};
}

std::expected<void, Error> WriteReport(const ReportFiles& files, const Report& report) {
  if (!files.json && !files.directory) return {};
  nlohmann::ordered_json document = ReportDocument(report);
  AddSourceExcerpts(document, files.source_directories);
  const std::string text = ToText(document);
  if (files.json) {
    if (auto written = WriteFile(*files.json, text); !written) return written;
  }
  if (!files.directory) return {};
  // Read again: all that others wrote is valid UTF-8 now.
  document = nlohmann::ordered_json::parse(text);
  const std::array contents = {ReportToHtml(document, DrawServiceMap(document)), text,
                               ReportToJunit(document)};
  for (size_t i = 0; i < kFiles.size(); ++i) {
    if (auto written = WriteFile(*files.directory / kFiles[i], contents[i]); !written) {
      return written;
    }
  }
  return {};
}

std::string DrawServiceMap(const nlohmann::ordered_json& report) {
  std::error_code error;
  std::string file = (fs::temp_directory_path(error) / "filibuster-map-XXXXXX").string();
  const int fd = ::mkstemp(file.data());
  if (fd < 0) return {};
  ::close(fd);
  std::string map;
  if (WriteFile(file, ServiceMapToDot(report))) {
    const auto run =
        RunCommand({.argv = {"/bin/sh", "-c", "exec dot -q -Tsvg \"$0\" 2>/dev/null", file}},
                   {.timeout = std::chrono::seconds(20), .max_output = kMaxMap});
    // Without the XML declaration, which has no place in a page.
    if (run && run->status == TerminationStatus(ExitCode{0}) && run->output_dropped == 0) {
      const size_t begin = run->output.find("<svg");
      if (begin != std::string::npos) map = run->output.substr(begin);
    }
  }
  fs::remove(file, error);
  return map;
}

}  // namespace filibuster
