// How a failing execution looks from outside => a text, equal for those that look alike
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "planner/call_table.h"

namespace filibuster {

// Made of how the test failed, what it was answered, the places (FILE.cc:LINE) that it named and
// the last line that it wrote, without what stands in quotes: answers are quoted, and say of which
// call they speak. Empty if it is not known what the test was answered: then nothing looks alike.
std::string FailureLook(std::string_view status, std::span<const RequestAnswer> answers,
                        std::string_view output, const CallTable& calls);

}  // namespace filibuster
