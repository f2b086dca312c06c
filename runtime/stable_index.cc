#include "runtime/stable_index.h"

#include <optional>
#include <utility>

namespace filibuster {

std::string CallSiteKey(const Invocation& invocation) {
  return invocation.source_service_name + " " + invocation.callsite_file + ":" +
         invocation.callsite_line + " " + invocation.module + "." + invocation.method;
}

std::string StableIndex::Of(const Invocation& invocation) {
  if (unstable_.empty()) return invocation.execution_index;
  const std::optional<ExecutionIndex> parsed = ParseExecutionIndex(invocation.execution_index);
  if (!parsed || parsed->empty()) return invocation.execution_index;

  ExecutionIndex parent(parsed->begin(), parsed->end() - 1);
  const auto stable_parent = stable_.find(ExecutionIndexText(parent));
  const bool parent_differs = stable_parent != stable_.end();
  if (parent_differs) parent = stable_parent->second;

  IndexEntry own = parsed->back();
  const auto unstable = unstable_.find(CallSiteKey(invocation));
  if (unstable != unstable_.end()) {
    if (unstable->second.target) {
      own.signature = unstable->first;
      own.count = ++counts_[ExecutionIndexText(parent) + own.signature];
    }
    if (unstable->second.count) own.count = 0;
  } else if (!parent_differs) {
    return invocation.execution_index;
  }
  parent.push_back(std::move(own));
  stable_[ExecutionIndexText(*parsed)] = parent;
  return ExecutionIndexText(parent);
}

}  // namespace filibuster
