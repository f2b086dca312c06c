#include "filibuster/assertions.h"

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "runtime/control_client.h"

namespace filibuster {
namespace {

// Standard output is flushed by exit(): what the test has printed so far is not lost.
[[noreturn]] void EndTest(const std::string& reason) {
  std::fprintf(stderr, "[FILIBUSTER] [FAIL]: infrastructure: %s\n", reason.c_str());
  std::exit(2);
}

bool Ask(const std::string& query) {
  std::string error;
  const auto control = ControlClient::FromEnvironment(&error);
  if (!error.empty()) EndTest(error);
  if (control == nullptr) return false;
  const std::optional<bool> result = control->FaultInjected(query, &error);
  if (!result) EndTest(error);
  return *result;
}

}  // namespace

bool was_fault_injected() { return Ask(""); }

bool was_fault_injected_on(const std::string& service) { return Ask("/" + PercentEncode(service)); }

bool was_fault_injected_on(const std::string& service, const std::string& method) {
  return Ask("/method/" + PercentEncode(service) + "/" + PercentEncode(method));
}

}  // namespace filibuster
