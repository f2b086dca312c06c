// The command line of a test program => the executions that are picked, and its options.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "filibuster/detail/gtest_exploration.h"

namespace filibuster {

// Of this process. GoogleTest's main() leaves flags that it does not know where they are.
std::vector<std::string> OwnArguments();

// What --gtest_filter, else GTEST_FILTER (`environment`), names of the executions of `test`.
std::vector<std::string> PickedBy(std::span<const std::string> arguments,
                                  std::string_view environment, std::string_view test);

struct GtestFlags {
  TestOptions options;  // of a test, flags applied
  int port = -1;        // --filibuster_port; -1: not given
};

std::expected<GtestFlags, Error> ApplyFlags(std::span<const std::string> arguments,
                                            const TestOptions& options);

}  // namespace filibuster
