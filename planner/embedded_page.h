// planner/page/: the report page's template, style and script, as they were built in.
#pragma once

#include <string>
#include <vector>

namespace filibuster {

struct PageFile {
  std::string name;  // "page/report.html"
  std::string content;
};

const std::vector<PageFile>& EmbeddedPage();

}  // namespace filibuster
