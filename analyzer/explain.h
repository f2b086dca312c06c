// A call site => for each of its faults the way that it takes and what comes of it, for people.
#pragma once

#include <set>
#include <string>

#include "analyzer/analysis.h"
#include "analyzer/program.h"
#include "analyzer/run_service.h"

namespace filibuster {

// `site` is an index into run.facts.calls; of its faults those named in `applicable` are explained.
std::string Explain(const Program& program, const ServiceRun& run, int site,
                    const CallTarget& target, const std::set<std::string>& applicable);

}  // namespace filibuster
