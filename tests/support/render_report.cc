// render_report REPORT.json DIRECTORY: report.json => report.html and junit.xml, for tests of the
// page that need reports which no run gives.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "planner/report_pages.h"
#include "runner/report_files.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto text = filibuster::ReadFile(argv[1]);
  if (!text) return 2;
  const auto report = nlohmann::ordered_json::parse(*text);
  const std::filesystem::path directory = argv[2];
  const std::array<std::pair<const char*, std::string>, 2> pages = {
      std::pair{"report.html",
                filibuster::ReportToHtml(report, filibuster::DrawServiceMap(report))},
      std::pair{"junit.xml", filibuster::ReportToJunit(report)}};
  for (const auto& [name, content] : pages) {
    if (const auto written = filibuster::WriteFile(directory / name, content); !written) {
      fmt::print(stderr, "{}\n", written.error().message);
      return 2;
    }
  }
  return 0;
}
