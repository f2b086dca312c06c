// Analysis, SourceFindings => Findings: everything that any check says. Which checks were asked for
// is decided later (check_selection.h).
#pragma once

#include <span>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/lint/finding.h"

namespace filibuster {

// By location, all as warnings. Locations are those of `analysis`: relative to the services
// directory.
std::vector<Finding> Lint(const Analysis& analysis, std::span<const SourceFinding> source_findings);

}  // namespace filibuster
