// Failing execution <=> counterexample.json: the one place that knows its keys.
// Format: docs/formats/counterexample.md.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "planner/call_table.h"
#include "runtime/call_likeness.h"

namespace filibuster {

// A call as it is told from others when its source has moved.
struct CallDescription {
  std::string service;
  std::optional<std::string> target_service;
  std::string module;
  std::string method;
  Json args = Json::array();
  std::string callsite_file;
  std::string callsite_line;
  std::string execution_index;
  int occurrence = 1;  // among calls like it (service, module, method, target), in order

  bool operator==(const CallDescription&) const = default;
};

struct CounterexampleFault {
  CallDescription call;
  Fault fault;

  bool operator==(const CounterexampleFault&) const = default;
};

struct Counterexample {
  std::string functional_test;
  std::vector<CounterexampleFault> faults;
  UnstableSites unstable;  // what is left out of execution indexes
  Json test_execution;     // Filibuster's form of it: log, failures, response_log

  bool operator==(const Counterexample&) const = default;
};

Counterexample MakeCounterexample(const TestExecution& execution, const CallTable& calls,
                                  std::string functional_test);

// Reads files of ours and of Filibuster, which have only the text form.
std::expected<Counterexample, Error> ReadCounterexample(const std::filesystem::path& path);
std::expected<Counterexample, Error> CounterexampleFromText(std::string_view text,
                                                            const std::string& name);
std::string CounterexampleToText(const Counterexample& counterexample);

}  // namespace filibuster
