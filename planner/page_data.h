// report.json => the JSON inside report.html that its script makes diagrams and tables of. Calls
// are kept once, however many executions made them: 5,000 executions stay small.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace filibuster {

// Fit for a script element: nothing in it ends the element.
std::string PageData(const nlohmann::ordered_json& report);

struct SkipKind {
  std::string_view key;  // of a reason in report.json
  std::string_view name;
  std::string_view text;
};
const SkipKind& KindOf(const nlohmann::ordered_json& reason);

// What there is to say where no bug is.
std::string NoBugsText(const nlohmann::ordered_json& report);

// "503 (4×), failing tests: 1 of 4": what was seen where a handler of the report was taken.
std::string SeenText(const nlohmann::ordered_json& handler);

}  // namespace filibuster
