#include "analyzer/service_facts.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace filibuster {
namespace {

// A place that calls more targets than this is one call with a target that is one of many.
constexpr std::size_t kMaxTargets = 32;

}  // namespace

std::string ServiceFacts::Relative(const std::string& file) const {
  return std::filesystem::path(file).lexically_relative(root).string();
}

int ServiceFacts::AddOrigin(const SourceLocation& location, const std::string& function) {
  Origin origin{location, function};
  const auto [it, is_new] = origin_indexes.emplace(origin, static_cast<int>(origins.size()));
  if (is_new) origins.push_back(std::move(origin));
  return it->second;
}

std::size_t ServiceFacts::Observe(const std::vector<ChainLink>& chain, const LibraryModel& library,
                                  const ModelRow& row, const std::string& method,
                                  const Value& url) {
  // The innermost of the service's own functions is the place; from there on it is helpers.
  std::size_t own = chain.size() - 1;
  while (own > 0 && !chain[own].is_own) --own;
  if (!chain[own].is_own) own = 0;
  ObservedCall call{.location = chain[own].step.location,
                    .function = chain[own].step.function,
                    .callers = {chain[own].usr},
                    .library = &library,
                    .method = method,
                    .url = url};
  for (std::size_t i = own + 1; i < chain.size(); ++i) call.via.push_back(chain[i].step);
  std::size_t others = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    ObservedCall& known = calls[i];
    if (known.location != call.location || known.via != call.via || known.method != method) {
      continue;
    }
    // Why neither is known makes no difference.
    const bool are_unknown = known.url.Is(Value::Kind::kUnknown) && url.Is(Value::Kind::kUnknown);
    const bool is_same = known.url == url || are_unknown;
    if (!is_same && ++others < kMaxTargets) continue;
    if (!is_same) known.url = Value::Choice({known.url, url});
    known.callers.insert(call.callers.begin(), call.callers.end());
    return i;
  }
  for (const FaultModel& fault : library.faults) {
    const bool is_meant = row.faults.empty()
                              ? !fault.extended
                              : std::ranges::find(row.faults, fault.name) != row.faults.end();
    if (!is_meant) continue;
    call.faults.push_back({.name = fault.Label(),
                           .restrictions = fault.restrictions,
                           .error = fault.error,
                           .number = fault.number,
                           .exception = fault.exception});
  }
  const std::string module = library.HasHttpStatuses() ? "" : library.module;
  for (const Status& status : statuses) {
    if (status.module != module || !row.has_statuses) continue;
    TriedFault fault{.name = status.Text(), .is_status = true, .status = status.number};
    if (!library.codes.empty()) fault.error = library.code_prefix + status.name;
    if (!library.thrown_status.empty()) fault.exception = status.name;
    fault.number = status.number;
    // A code that the library itself fails with is one fault, whoever it comes from.
    const bool is_known = std::ranges::any_of(
        call.faults, [&](const TriedFault& known) { return known.name == fault.name; });
    if (!is_known) call.faults.push_back(std::move(fault));
  }
  calls.push_back(std::move(call));
  return calls.size() - 1;
}

}  // namespace filibuster
