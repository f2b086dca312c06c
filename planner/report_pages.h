// report.json => report.html and junit.xml. All text in it is valid UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace filibuster {

// One page that needs nothing else. `map`: the service map as an SVG element; empty: there is none.
std::string ReportToHtml(const nlohmann::ordered_json& report, std::string_view map);

// One suite, the functional test; one test case per execution.
std::string ReportToJunit(const nlohmann::ordered_json& report);

// The service map, for Graphviz: edges have the class "bug", "handled" or "never".
std::string ServiceMapToDot(const nlohmann::ordered_json& report);

}  // namespace filibuster
