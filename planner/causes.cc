#include "planner/causes.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/execution_index.h"

namespace filibuster {
namespace {

std::string Describe(const Invocation& call) {
  const Json target = call.args.empty() ? Json() : call.args[0];
  return fmt::format("{} -> {} ({}:{})", call.source_service_name,
                     target.is_string() ? target.get<std::string>() : target.dump(),
                     call.callsite_file, call.callsite_line);
}

bool HasParent(const Invocation& call) {
  const auto index = ParseExecutionIndex(call.execution_index);
  return !index || index->size() > 1;
}

// The call of another service to one that is not instrumented which was open when `call` was made;
// null if there was none. Of several the last.
const CallRecord* Awaited(const CallLog& log, const CallRecord& call) {
  const CallRecord* found = nullptr;
  for (const CallRecord& other : log.calls) {
    if (other.created_at >= call.created_at || other.received_at ||
        other.completed_at.value_or(call.created_at) < call.created_at ||
        other.invocation.source_service_name == call.invocation.source_service_name) {
      continue;
    }
    found = &other;
  }
  return found;
}

}  // namespace

std::vector<std::string> CauseWarnings(const CallLog& log) {
  std::vector<std::string> warnings;
  for (const CallRecord& call : log.calls) {
    std::string warning;
    if (call.invocation.metadata.value("cause", Json()) == "unknown") {
      warning = fmt::format(
          "{}: made for no request that is known; it counts as the functional test's own",
          Describe(call.invocation));
    } else if (HasParent(call.invocation)) {
      continue;
    } else if (const CallRecord* const awaited = Awaited(log, call)) {
      warning = fmt::format(
          "{}: counts as the functional test's own, though it was made during {}: if it was made "
          "for that, X-Filibuster headers were not passed on there",
          Describe(call.invocation), Describe(awaited->invocation));
    } else {
      continue;
    }
    if (std::ranges::find(warnings, warning) == warnings.end()) {
      warnings.push_back(std::move(warning));
    }
  }
  return warnings;
}

}  // namespace filibuster
