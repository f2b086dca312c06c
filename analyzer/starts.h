// Where a service begins.
//
// Program x ServiceFacts => FunctionRef…
#pragma once

#include <vector>

#include "analyzer/program.h"
#include "analyzer/service_facts.h"

namespace filibuster {

// The functions that are written in the service's directory.
std::vector<FunctionRef> OwnFunctions(const Program& program, const ServiceFacts& facts);
// main; in a service without one, every function that no other calls.
std::vector<FunctionRef> StartsOf(const Program& program, const std::vector<FunctionRef>& own);

}  // namespace filibuster
