// A test's body => one run of it, with a fixture of its own. Part of filibuster/gtest.h.
#pragma once

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <mutex>
#include <string>

#include "filibuster/detail/gtest_exploration.h"

namespace filibuster {
namespace detail {

// What assertions report goes here, and not to the test that is running: that one is told of a
// whole exploration.
class CollectedParts final : public ::testing::ScopedFakeTestPartResultReporter {
 public:
  explicit CollectedParts(::testing::TestPartResultArray* parts)
      : ScopedFakeTestPartResultReporter(INTERCEPT_ALL_THREADS, parts) {}

  void ReportTestPartResult(const ::testing::TestPartResult& part) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ends_ = ends_ || part.fatally_failed() || part.skipped();
    ScopedFakeTestPartResultReporter::ReportTestPartResult(part);
  }
  bool ends() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return ends_;
  }

 private:
  std::mutex mutex_;
  bool ends_ = false;
};

// SetUp and TearDown, which a fixture may have made private.
struct FixtureAccess : ::testing::Test {
  static void DoSetUp(::testing::Test& test) { (test.*(&FixtureAccess::SetUp))(); }
  static void DoTearDown(::testing::Test& test) { (test.*(&FixtureAccess::TearDown))(); }
};

// What `step` throws becomes a failure, as in GoogleTest itself.
template <typename Step>
void ReportThrown(const char* where, Step step) {
  try {
    step();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "an exception left " << where << ": " << error.what();
  } catch (...) {
    ADD_FAILURE() << "an exception left " << where;
  }
}

template <typename Body>
BodyResult RunBody() {
  ::testing::TestPartResultArray parts;
  {
    CollectedParts collected(&parts);
    std::unique_ptr<Body> body;
    ReportThrown("the fixture's constructor", [&] { body = std::make_unique<Body>(); });
    if (body != nullptr && !collected.ends()) {
      ReportThrown("SetUp()", [&] { FixtureAccess::DoSetUp(*body); });
      if (!collected.ends()) ReportThrown("the test's body", [&] { body->TestBody(); });
      ReportThrown("TearDown()", [&] { FixtureAccess::DoTearDown(*body); });
    }
  }
  BodyResult result;
  for (int i = 0; i < parts.size(); ++i) {
    const ::testing::TestPartResult& part = parts.GetTestPartResult(i);
    if (part.passed()) continue;
    result.failed = result.failed || part.failed();
    result.skipped = result.skipped || part.skipped();
    const std::string file = part.file_name() != nullptr ? part.file_name() : "unknown file";
    result.output += file + ":" + std::to_string(part.line_number()) +
                     (part.failed() ? ": Failure\n" : ": Skipped\n") + part.message() + "\n";
  }
  return result;
}

}  // namespace detail
}  // namespace filibuster
