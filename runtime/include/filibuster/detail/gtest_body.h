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

// What assertions have reported so far.
struct PartsSoFar {
  bool failed_fatally = false;
  bool failed_nonfatally = false;
  bool skipped = false;
};

// What assertions report goes here, and not to the test that is running: that one is told of a
// whole exploration.
class CollectedParts final : public ::testing::ScopedFakeTestPartResultReporter {
 public:
  explicit CollectedParts(::testing::TestPartResultArray* parts)
      : ScopedFakeTestPartResultReporter(INTERCEPT_ALL_THREADS, parts) {
    Current() = this;
  }
  ~CollectedParts() override { Current() = nullptr; }

  // Of the execution that runs.
  static CollectedParts*& Current() {
    static CollectedParts* current = nullptr;
    return current;
  }

  void ReportTestPartResult(const ::testing::TestPartResult& part) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    so_far_.failed_fatally |= part.fatally_failed();
    so_far_.failed_nonfatally |= part.nonfatally_failed();
    so_far_.skipped |= part.skipped();
    ScopedFakeTestPartResultReporter::ReportTestPartResult(part);
  }
  PartsSoFar so_far() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return so_far_;
  }
  bool ends() {
    const PartsSoFar parts = so_far();
    return parts.failed_fatally || parts.skipped;
  }

 private:
  std::mutex mutex_;
  PartsSoFar so_far_;
};

// Within a body: GoogleTest's own HasFailure() is of the whole exploration.
inline PartsSoFar SoFar() { return CollectedParts::Current()->so_far(); }

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
