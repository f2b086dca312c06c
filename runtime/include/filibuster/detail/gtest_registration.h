// FILIBUSTER_TEST => tests of GoogleTest, each of which is a whole exploration, or the one
// execution of it that --gtest_filter names. Part of filibuster/gtest.h.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "filibuster/detail/gtest_body.h"
#include "filibuster/detail/gtest_exploration.h"

namespace filibuster {
namespace detail {

// A test of GoogleTest's: all executions of ours, or the one that was picked.
struct PlannedTest {
  RegisteredTest test;
  std::string base_name;  // Name
  std::string picked;     // empty: all executions
};

inline std::string NameOf(const PlannedTest& planned) {
  return planned.base_name + (planned.picked.empty() ? "" : "/" + planned.picked);
}

template <typename Body>
void RunExploration(const PlannedTest& planned) {
  const ::testing::TestInfo& info = *::testing::UnitTest::GetInstance()->current_test_info();
  // Of a test with parameters, "/0": it stays the last part of the name.
  const std::string parameter = std::string(info.name()).substr(NameOf(planned).size());
  const std::string prefix = std::string(info.test_suite_name()) + "." + planned.base_name;
  const ExploredTest explored = ExploreTest(
      planned.test.options, planned.picked, RunBody<Body>, [&](const std::string& execution) {
        return prefix + (execution.empty() ? "" : "/" + execution) + parameter;
      });
  ::testing::Test::RecordProperty("filibuster_executions", explored.executions);
  std::printf("[FILIBUSTER] %s\n", explored.summary.c_str());
  std::fflush(stdout);
  for (const std::string& failure : explored.failures) {
    ADD_FAILURE_AT(planned.test.file.c_str(), planned.test.line) << failure;
  }
  if (!explored.skipped.empty()) {
    GTEST_MESSAGE_AT_(planned.test.file.c_str(), planned.test.line, "",
                      ::testing::TestPartResult::kSkip)
        << explored.skipped;
  }
}

inline std::vector<RegisteredTest>& RegisteredTests() {
  static auto& tests = *new std::vector<RegisteredTest>;
  return tests;
}

// Whether GoogleTest runs `test`, picked executions and parameters included.
inline bool IsToRun(const RegisteredTest& test) {
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const ::testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const ::testing::TestInfo& info = *suite.GetTestInfo(j);
      if (info.should_run() && info.line() == test.line && info.file() == test.file) return true;
    }
  }
  return false;
}

class TestingEnvironment final : public ::testing::Environment {
 public:
  void SetUp() override {
    std::vector<RegisteredTest> tests;
    for (const RegisteredTest& test : RegisteredTests()) {
      if (IsToRun(test)) tests.push_back(test);
    }
    const std::string error = StartTesting(tests);
    if (!error.empty()) GTEST_FAIL() << error;
  }
  void TearDown() override { StopTesting(); }
};

inline void Remember(const RegisteredTest& test) {
  [[maybe_unused]] static const auto* environment =
      ::testing::AddGlobalTestEnvironment(new TestingEnvironment);
  RegisteredTests().push_back(test);
}

// All executions, and each that is picked.
inline std::vector<PlannedTest> PlannedTestsOf(const RegisteredTest& test,
                                               const std::string& base_name) {
  Remember(test);
  std::vector<PlannedTest> tests = {{test, base_name, ""}};
  for (std::string& picked : PickedExecutions(test.name)) {
    tests.push_back({test, base_name, std::move(picked)});
  }
  return tests;
}

// GoogleTest's test. It is no fixture: those are made for each execution.
template <typename Body>
class ExplorationTest final : public ::testing::Test {
 public:
  explicit ExplorationTest(PlannedTest planned) : planned_(std::move(planned)) {}
  void TestBody() override { RunExploration<Body>(planned_); }

 private:
  PlannedTest planned_;
};

template <typename Body>
class ExplorationFactory final : public ::testing::internal::TestFactoryBase {
 public:
  explicit ExplorationFactory(PlannedTest planned) : planned_(std::move(planned)) {}
  ::testing::Test* CreateTest() override { return new ExplorationTest<Body>(planned_); }

 private:
  PlannedTest planned_;
};

template <typename Fixture, typename Body>
bool Register(const RegisteredTest& test, const char* suite, const char* name,
              ::testing::internal::TypeId type) {
  using SuiteApi = ::testing::internal::SuiteApiResolver<Fixture>;
  for (const PlannedTest& planned : PlannedTestsOf(test, name)) {
    ::testing::internal::MakeAndRegisterTestInfo(
        suite, NameOf(planned).c_str(), nullptr, nullptr,
        ::testing::internal::CodeLocation(test.file.c_str(), test.line), type,
        SuiteApi::GetSetUpCaseOrSuite(test.file.c_str(), test.line),
        SuiteApi::GetTearDownCaseOrSuite(test.file.c_str(), test.line),
        new ExplorationFactory<Body>(planned));
  }
  return true;
}

}  // namespace detail
}  // namespace filibuster
