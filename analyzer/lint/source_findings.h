// FileFacts => what is worth telling about its exceptions, whatever calls it makes.
#pragma once

#include <string>
#include <vector>

#include "analyzer/facts.h"
#include "analyzer/lint/finding.h"

namespace filibuster {

// Of the functions in `directory` (absolute). Locations are relative to `root` (absolute).
std::vector<SourceFinding> SourceFindingsIn(const FileFacts& file, const std::string& directory,
                                            const std::string& root);

}  // namespace filibuster
