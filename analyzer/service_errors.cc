#include "analyzer/service_errors.h"

#include <algorithm>
#include <string>
#include <utility>

namespace filibuster {
namespace {

using Kind = Value::Kind;

constexpr int kFirstError = 400;

void AddSource(OwnErrors& errors, const ServiceRun& run, int origin, ErrorSource source) {
  if (origin < 0) return;
  const Origin& from = run.facts.origins[static_cast<std::size_t>(origin)];
  source.location = from.location;
  source.function = from.function;
  errors.sources.push_back(std::move(source));
}

const TriedFault* FaultOf(const ServiceRun& run, const PathEnd& end) {
  if (!end.fault) return nullptr;
  return &run.facts.calls[static_cast<std::size_t>(end.fault->site)]
              .faults[static_cast<std::size_t>(end.fault->fault)];
}

}  // namespace

OwnErrors ErrorsOf(const ServiceRun& run) {
  // Whatever a handler does, it may throw.
  constexpr int kGeneric = 500;
  OwnErrors errors{.statuses = {kGeneric}};
  for (const EntryRun& entry : run.entries) {
    for (const PathEnd& end : entry.ends) {
      if (end.kind != PathEnd::Kind::kAnswers && end.kind != PathEnd::Kind::kEscapes) continue;
      for (const Value& status : end.status.Alternatives()) {
        ErrorSource source{.unreached = !entry.is_reached};
        if (status.Is(Kind::kUnknown)) {
          source.unresolved = "the status is " + status.text();
          AddSource(errors, run, end.origin, std::move(source));
          continue;
        }
        if (!status.Is(Kind::kInt) || status.number() < kFirstError) continue;
        const int number = static_cast<int>(status.number());
        const TriedFault* fault = FaultOf(run, end);
        if (status.is_passed_on) {
          source.unresolved = "the status of a response is passed on";
        } else {
          source.status_code = std::to_string(number);
        }
        if (entry.is_reached && fault != nullptr && fault->is_status) {
          errors.after[{end.fault->site, fault->status}].insert(number);
        } else if (entry.is_reached) {
          errors.statuses.insert(number);
        }
        AddSource(errors, run, end.origin, std::move(source));
      }
    }
  }
  const auto key = [](const ErrorSource& source) {
    return std::tie(source.location, source.status_code, source.unresolved, source.unreached);
  };
  std::ranges::sort(errors.sources, {}, key);
  // What is reached on one way is reached.
  const auto same = [](const ErrorSource& a, const ErrorSource& b) {
    return a.location == b.location && a.status_code == b.status_code &&
           a.unresolved == b.unresolved;
  };
  errors.sources.erase(std::unique(errors.sources.begin(), errors.sources.end(), same),
                       errors.sources.end());
  return errors;
}

}  // namespace filibuster
