#include "analyzer/service_facts.h"

#include <algorithm>
#include <filesystem>

namespace filibuster {

std::string ServiceFacts::Relative(const std::string& file) const {
  return std::filesystem::path(file).lexically_relative(root).string();
}

std::size_t ServiceFacts::Observe(const std::vector<ChainLink>& chain, const LibraryModel& library,
                                  const std::string& method) {
  // The innermost of the service's own functions is the place; from there on it is helpers.
  std::size_t own = chain.size() - 1;
  while (own > 0 && !chain[own].is_own) --own;
  if (!chain[own].is_own) own = 0;
  ObservedCall call{.location = chain[own].step.location,
                    .function = chain[own].step.function,
                    .library = &library,
                    .method = method};
  for (std::size_t i = own + 1; i < chain.size(); ++i) call.via.push_back(chain[i].step);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].location == call.location && calls[i].via == call.via &&
        calls[i].method == method) {
      return i;
    }
  }
  for (const FaultModel& fault : library.faults) {
    if (fault.extended) continue;
    call.faults.push_back({.name = fault.name, .restrictions = fault.restrictions});
  }
  for (const int status : statuses) {
    call.faults.push_back({.name = std::to_string(status), .is_status = true, .status = status});
  }
  calls.push_back(std::move(call));
  return calls.size() - 1;
}

}  // namespace filibuster
