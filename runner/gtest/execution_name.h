// Fault set <=> what --gtest_filter calls the execution under it. Names outlive changes of the
// source: they are of what a call is, not of where it stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner/call_table.h"
#include "planner/fault_space.h"

namespace filibuster {

inline constexpr char kFaultFree[] = "no_fault";

// "foo_to_bar_Connection_1f0c93ab"; of several faults, joined by "+"; kFaultFree. `execution` is
// one in which the calls were seen.
std::string ExecutionName(const FaultSet& faults, const TestExecution& execution,
                          const CallTable& calls);

// The parts of a name, one for each fault; nullopt if it is no name of an execution.
std::optional<std::vector<std::string>> PartsOfExecutionName(std::string_view name);

// The fault that a part stands for, of a call that was seen in `execution`.
std::optional<CallFault> FindFault(std::string_view part, const TestExecution& execution,
                                   FaultSpace& space, CallTable& calls);

}  // namespace filibuster
