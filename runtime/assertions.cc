#include "filibuster/assertions.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "runtime/control_client.h"
#include "runtime/offline_replay.h"

namespace filibuster {
namespace {

// Standard output is flushed by exit(): what the test has printed so far is not lost.
[[noreturn]] void EndTest(const std::string& reason) {
  std::fprintf(stderr, "[FILIBUSTER] [FAIL]: infrastructure: %s\n", reason.c_str());
  std::exit(2);
}

// Null: any.
bool Ask(const std::string* service, const std::string* method) {
  std::string error;
  const auto control = ControlClient::FromEnvironment(&error);
  const auto replay = OfflineReplay::FromEnvironment(&error);
  if (!error.empty()) EndTest(error);
  if (replay != nullptr) {
    return std::any_of(replay->faults().begin(), replay->faults().end(), [&](const auto& fault) {
      return (service == nullptr || *service == fault.target_service) &&
             (method == nullptr || *method == fault.call.method);
    });
  }
  if (control == nullptr) return false;
  std::string query;
  if (method != nullptr) query += "/method";
  if (service != nullptr) query += "/" + PercentEncode(*service);
  if (method != nullptr) query += "/" + PercentEncode(*method);
  const std::optional<bool> result = control->FaultInjected(query, &error);
  if (!result) EndTest(error);
  return *result;
}

}  // namespace

bool was_fault_injected() { return Ask(nullptr, nullptr); }

bool was_fault_injected_on(const std::string& service) { return Ask(&service, nullptr); }

bool was_fault_injected_on(const std::string& service, const std::string& method) {
  return Ask(&service, &method);
}

}  // namespace filibuster
