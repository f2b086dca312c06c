#include "analyzer/lint/checks.h"

#include <algorithm>
#include <filesystem>

#include "analyzer/lint/embedded_checks.h"

namespace filibuster {
namespace {

// A page is a title, an empty line, and a first paragraph that is the summary.
std::string SummaryOf(std::string_view page) {
  const std::size_t title_end = page.find("\n\n");
  const std::size_t begin = title_end == page.npos ? 0 : title_end + 2;
  std::string summary(page.substr(begin, page.find("\n\n", begin) - begin));
  std::ranges::replace(summary, '\n', ' ');
  return summary;
}

std::vector<Check> ReadChecks() {
  std::vector<Check> checks;
  for (const EmbeddedCheck& page : EmbeddedChecks()) {
    checks.push_back({.name = std::filesystem::path(page.name).stem().string(),
                      .summary = SummaryOf(page.text),
                      .page = std::string(page.text)});
  }
  std::ranges::sort(checks, {}, &Check::name);
  return checks;
}

}  // namespace

const std::vector<Check>& Checks() {
  static const std::vector<Check> checks = ReadChecks();
  return checks;
}

const Check* FindCheck(std::string_view name) {
  const auto check = std::ranges::find(Checks(), name, &Check::name);
  return check == Checks().end() ? nullptr : &*check;
}

}  // namespace filibuster
