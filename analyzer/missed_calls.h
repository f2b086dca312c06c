// Client calls that are in the code and that no path came to: none of them is dropped silently.
//
// FunctionRef… x Calls x NotFollowed => ObservedCall…
#pragma once

#include <vector>

#include "analyzer/followed.h"
#include "analyzer/program.h"
#include "analyzer/reach.h"
#include "analyzer/service_facts.h"

namespace filibuster {

// Adds those that `functions`, which are the service's own, or helpers outside of it that these
// call, make and that are not in `come_to` to `facts`, with nothing known of their faults.
void AddMissedCalls(const Program& program, const Reaches& reaches,
                    const std::vector<FunctionRef>& functions, const Calls& come_to,
                    const NotFollowed& not_followed, ServiceFacts& facts);

}  // namespace filibuster
