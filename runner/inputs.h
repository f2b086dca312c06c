// What the command line names => it, read and checked before anything runs.
#pragma once

#include <expected>
#include <optional>

#include "base/error.h"
#include "planner/counterexample.h"
#include "planner/fault_space.h"
#include "runner/session.h"
#include "runtime/application.h"
#include "runtime/command.h"

namespace filibuster {

inline constexpr char kCounterexampleFile[] = "counterexample.json";

struct Inputs {
  Command functional_test;
  Analysis analysis;
  FaultSpace space;
  std::optional<Counterexample> counterexample;
  std::optional<Application> application;
};

std::expected<Inputs, Error> ReadInputs(const SessionOptions& options);

}  // namespace filibuster
