// Client calls that are in the code and that no path came to: none of them is dropped silently.
//
// FunctionRef… x Node… => ObservedCall…
#pragma once

#include <set>
#include <vector>

#include "analyzer/program.h"
#include "analyzer/service_facts.h"

namespace filibuster {

// Adds those of `functions` that are not among the calls in `come_to` to `facts`, with nothing
// known of their faults. `gave_up`: there was too much to follow somewhere.
void AddMissedCalls(const Program& program, const std::vector<FunctionRef>& functions,
                    const std::set<const Node*>& come_to, bool gave_up, ServiceFacts& facts);

}  // namespace filibuster
