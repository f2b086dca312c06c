// Steps of an exploration => what a person sees who watches a terminal: how far it is, failures as
// they happen, and a table at the end.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "planner/explore.h"
#include "planner/report.h"
#include "runner/progress.h"

namespace filibuster {

class TerminalReport {
 public:
  // The command that replays a failing execution; "" if there is none.
  using Replay = std::function<std::string(int number, const TestExecution&)>;

  // `calls` must outlive the report.
  TerminalReport(const CallTable& calls, Replay replay);

  ExploreCallbacks Callbacks();

  // Says on the progress line what is done after the exploration.
  void Now(std::string what);

  // The table. No progress from here on.
  void Finish(const Report& report, std::chrono::duration<double> elapsed);

 private:
  void Started(const Step& step);
  void Finished(const Step& step, const TestExecution& execution);
  void TellFailure(int number, const TestExecution& execution);

  const CallTable& calls_;
  Replay replay_;
  Progress progress_;
  std::optional<ProgressLine> line_;
};

// A failing execution, with the call path of each fault, what was expected and what was seen.
std::string FailureText(const CallTable& calls, int number, const TestExecution& execution);

// The figures of the whole run, one a line.
std::string SummaryText(const Report& report, std::chrono::duration<double> elapsed);

}  // namespace filibuster
