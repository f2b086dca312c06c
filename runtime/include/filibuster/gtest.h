// GoogleTest under faults: a test that is run without faults, and then once for each fault set.
//
//   FILIBUSTER_TEST(FooBarBaz, SaysFooBarBaz, .application = "application.json") {
//     httplib::Client foo("127.0.0.1", 5000);
//     const auto answer = foo.Get("/foo/bar/baz");
//     ASSERT_TRUE(answer);
//     EXPECT_WITHOUT_FAULT(answer->status == 200);
//     EXPECT_UNDER_FAULT(answer->status == 503 || answer->status == 404);
//   }
//
// FILIBUSTER_TEST_F and FILIBUSTER_TEST_P are to it what TEST_F and TEST_P are to TEST; each
// execution has a fixture of its own. What follows the name are TestOptions. Flags, failures and
// how one execution is picked: docs/gtest.md. Written for GoogleTest 1.12.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "filibuster/assertions.h"
#include "filibuster/detail/gtest_exploration.h"
#include "filibuster/detail/gtest_parameterized.h"
#include "filibuster/detail/gtest_registration.h"

namespace filibuster {

inline bool WasFaultInjected() { return was_fault_injected(); }
inline bool WasFaultInjectedOn(const std::string& service) {
  return was_fault_injected_on(service);
}
inline bool WasFaultInjectedOn(const std::string& service, const std::string& method) {
  return was_fault_injected_on(service, method);
}

}  // namespace filibuster

// Holds if a fault was injected; says nothing of a run without.
#define EXPECT_UNDER_FAULT(...)            \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_            \
  if (!::filibuster::WasFaultInjected()) { \
  } else /* NOLINT(readability/braces) */  \
    EXPECT_TRUE((__VA_ARGS__)) << "[under a fault] "

// Holds if no fault was injected; says nothing of a run with one.
#define EXPECT_WITHOUT_FAULT(...)         \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_           \
  if (::filibuster::WasFaultInjected()) { \
  } else /* NOLINT(readability/braces) */ \
    EXPECT_TRUE((__VA_ARGS__)) << "[without a fault] "

#define FILIBUSTER_TEST(suite, name, ...) \
  FILIBUSTER_GTEST_(suite, name, ::testing::Test, ::testing::internal::GetTestTypeId(), __VA_ARGS__)

#define FILIBUSTER_TEST_F(fixture, name, ...) \
  FILIBUSTER_GTEST_(fixture, name, fixture, ::testing::internal::GetTypeId<fixture>(), __VA_ARGS__)

#define FILIBUSTER_TEST_P(fixture, name, ...)                                                  \
  FILIBUSTER_GTEST_BODY_(fixture, name, fixture)                                               \
  [[maybe_unused]] static const bool fixture##_##name##_filibuster_registered =                \
      ::filibuster::detail::RegisterParameterized<fixture, fixture##_##name##_FilibusterTest>( \
          {#fixture "." #name, __FILE__, __LINE__, ::filibuster::TestOptions{__VA_ARGS__}},    \
          #fixture, #name);                                                                    \
  void fixture##_##name##_FilibusterTest::TestBody()

#define FILIBUSTER_GTEST_BODY_(suite, name, parent)                                              \
  class suite##_##name##_FilibusterTest : public parent {                                        \
   public:                                                                                       \
    static bool HasFatalFailure() { return ::filibuster::detail::SoFar().failed_fatally; }       \
    static bool HasNonfatalFailure() { return ::filibuster::detail::SoFar().failed_nonfatally; } \
    static bool HasFailure() { return HasFatalFailure() || HasNonfatalFailure(); }               \
    void TestBody() override;                                                                    \
  };

#define FILIBUSTER_GTEST_(suite, name, parent, type_id, ...)                                      \
  FILIBUSTER_GTEST_BODY_(suite, name, parent)                                                     \
  [[maybe_unused]] static const bool suite##_##name##_filibuster_registered =                     \
      ::filibuster::detail::Register<parent, suite##_##name##_FilibusterTest>(                    \
          {#suite "." #name, __FILE__, __LINE__, ::filibuster::TestOptions{__VA_ARGS__}}, #suite, \
          #name, type_id);                                                                        \
  void suite##_##name##_FilibusterTest::TestBody()
