// A functional test as a function => how it fares under every fault set. What filibuster/gtest.h
// asks of the library; knows nothing of GoogleTest.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace filibuster {

// Of one FILIBUSTER_TEST. A flag of the same name wins: --filibuster_max_tests=10.
struct TestOptions {
  std::string application = "";    // its services are started; empty: they run already
  std::string analysis_file = "";  // the faults; empty: built in
  std::string reduction = "dynamic";
  std::string order = "";  // empty: guided if the analysis has call sites, else lifo
  bool keep_going = false;
  int max_tests = 0;  // executions; 0: no bound
  int max_faults = 0;
  double time_budget = 0;  // seconds
  double timeout = 60;     // seconds, for one run of the body; then the process ends. 0: none
  int baseline_runs = 2;
  std::string report_dir = "";  // report.html, report.json and junit.xml in a directory per test
};

namespace detail {

// A FILIBUSTER_TEST as it stands in the source.
struct RegisteredTest {
  std::string name;  // Suite.Name
  std::string file;
  int line = 0;
  TestOptions options;
};

// One run of a test's body.
struct BodyResult {
  bool failed = false;
  bool skipped = false;
  std::string output;  // of its assertions
};

struct ExploredTest {
  std::vector<std::string> failures;  // each a text for people; none: passed
  std::string skipped;                // why; empty: it was not
  std::string summary;                // one line
  int executions = 0;
};

// The executions of `test` ("Suite.Name") that --gtest_filter or GTEST_FILTER names: of
// "Suite.Name/foo_to_bar_Connection_1f0c93ab" what follows the name.
std::vector<std::string> PickedExecutions(const std::string& test);

// Before the first test: the control server, with FILIBUSTER_URL in our environment, if any of
// `tests` is to run. Returns what went wrong.
std::string StartTesting(const std::vector<RegisteredTest>& tests);
// After the last: ends what was started.
void StopTesting();

// Without faults first, and then under every fault set; or, if `picked` names one, only that.
// `name_of`: what --gtest_filter calls an execution.
ExploredTest ExploreTest(const TestOptions& options, const std::string& picked,
                         const std::function<BodyResult()>& body,
                         const std::function<std::string(const std::string& execution)>& name_of);

}  // namespace detail
}  // namespace filibuster
