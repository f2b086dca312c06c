// Places that a report names => the lines of the sources around them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace filibuster {

// Sets `sources` of a report: [{"file", "lines": [{"number", "text"}]}]. Files are looked for in
// these directories, one after the other. Places come from services and from files: only sources
// that lie below the directory (or below that beside it: "../common") are read.
void AddSourceExcerpts(nlohmann::ordered_json& report,
                       const std::vector<std::filesystem::path>& directories);

}  // namespace filibuster
