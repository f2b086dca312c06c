// FILIBUSTER_TEST_P => tests of GoogleTest for each parameter. Part of filibuster/gtest.h.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "filibuster/detail/gtest_registration.h"

namespace filibuster {
namespace detail {

// The parameter is the same for all that are WithParamInterface<ParamType>: the fixture of an
// execution finds it.
template <typename Body>
class ParameterizedExplorationTest
    : public ::testing::Test,
      public ::testing::WithParamInterface<typename Body::ParamType> {
 public:
  void TestBody() override { RunExploration<Body>(planned); }

  PlannedTest planned;
};

template <typename Body>
class ParameterizedFactory final
    : public ::testing::internal::ParameterizedTestFactory<ParameterizedExplorationTest<Body>> {
 public:
  ParameterizedFactory(typename Body::ParamType parameter, PlannedTest planned)
      : ::testing::internal::ParameterizedTestFactory<ParameterizedExplorationTest<Body>>(
            std::move(parameter)),
        planned_(std::move(planned)) {}

  ::testing::Test* CreateTest() override {
    auto* test = static_cast<ParameterizedExplorationTest<Body>*>(
        ::testing::internal::ParameterizedTestFactory<
            ParameterizedExplorationTest<Body>>::CreateTest());
    test->planned = planned_;
    return test;
  }

 private:
  PlannedTest planned_;
};

template <typename Body>
class ParameterizedMetaFactory final
    : public ::testing::internal::TestMetaFactoryBase<typename Body::ParamType> {
 public:
  explicit ParameterizedMetaFactory(PlannedTest planned) : planned_(std::move(planned)) {}

  ::testing::internal::TestFactoryBase* CreateTestFactory(
      typename Body::ParamType parameter) override {
    return new ParameterizedFactory<Body>(std::move(parameter), planned_);
  }

 private:
  PlannedTest planned_;
};

template <typename Fixture, typename Body>
bool RegisterParameterized(const RegisteredTest& test, const char* suite, const char* name) {
  const ::testing::internal::CodeLocation location(test.file.c_str(), test.line);
  for (const PlannedTest& planned : PlannedTestsOf(test, name)) {
    ::testing::UnitTest::GetInstance()
        ->parameterized_test_registry()
        .template GetTestSuitePatternHolder<Fixture>(suite, location)
        ->AddTestPattern(suite, NameOf(planned).c_str(),
                         new ParameterizedMetaFactory<Body>(planned), location);
  }
  return true;
}

}  // namespace detail
}  // namespace filibuster
