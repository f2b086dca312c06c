// For functional tests: what the control server knows of the running test execution.
//
//   if (!filibuster::was_fault_injected()) EXPECT_EQ(response->status, 200);
//
// Run by hand, without FILIBUSTER_URL, a test sees no faults: the answer is false; with
// FILIBUSTER_COUNTEREXAMPLE, it is whether that file has such a fault. Run by
// filibuster, an answer that cannot be had must not pass for "no fault": the program says why on
// standard error and exits with status 2, which filibuster reports as trouble of its own.
#pragma once

#include <string>

namespace filibuster {

// Whether any call of this test execution was failed.
bool was_fault_injected();
// Whether a call to `service` was failed.
bool was_fault_injected_on(const std::string& service);
// Whether a call of `method`, as a call's announcement names it, to `service` was failed.
bool was_fault_injected_on(const std::string& service, const std::string& method);

}  // namespace filibuster
