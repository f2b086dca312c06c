// Application × calls seen => warnings of services that seem to take no part: what is not
// instrumented passes every test.
#pragma once

#include <string>
#include <vector>

#include "analyzer/analysis.h"
#include "planner/call_table.h"
#include "runtime/application.h"

namespace filibuster {

std::vector<std::string> SilentServices(const Application& application, const Analysis& analysis,
                                        const CallTable& calls);

}  // namespace filibuster
