// Client calls that are in the code and that no path came to: none of them is dropped silently.
//
// FunctionRef… x ComeTo => ObservedCall…
#pragma once

#include <set>
#include <string>
#include <vector>

#include "analyzer/followed.h"
#include "analyzer/program.h"
#include "analyzer/reach.h"
#include "analyzer/service_facts.h"

namespace filibuster {

// Adds those that `functions`, which are the service's own, or helpers outside of it that these
// call, make and that are not in `come_to` to `facts`, with nothing known of their faults.
// `cut_off`: not all paths of these functions (USRs) were followed; `gave_up`: nor were all of some
// entry.
void AddMissedCalls(const Program& program, const Reaches& reaches,
                    const std::vector<FunctionRef>& functions, const ComeTo& come_to,
                    const std::set<std::string>& cut_off, bool gave_up, ServiceFacts& facts);

}  // namespace filibuster
