#include "analyzer/service_errors.h"

#include <algorithm>
#include <string>
#include <utility>

namespace filibuster {
namespace {

using Kind = Value::Kind;

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

// Whatever a handler does, it may throw.
void AddGenericErrors(const ServiceRun& run, std::set<Status>& statuses) {
  constexpr int kGeneric = 500;
  bool has_http = false;
  for (const EntryRun& entry : run.entries) {
    if (entry.library == nullptr || !entry.is_reached) continue;
    const bool is_http = entry.library->HasHttpStatuses();
    has_http = has_http || is_http;
    if (!is_http) statuses.insert(ExceptionStatus(*entry.library));
  }
  if (has_http || statuses.empty()) statuses.insert({.number = kGeneric});
}

// A call that code which was not followed may make: it may answer with any status of the response.
void AddPassedOn(const ServiceRun& run, const EntryRun& entry, OwnErrors& errors) {
  const auto module = [](const LibraryModel& library) {
    return library.HasHttpStatuses() ? std::string() : library.module;
  };
  for (std::size_t i = 0; i < run.facts.calls.size(); ++i) {
    const ObservedCall& call = run.facts.calls[i];
    const bool is_made = std::ranges::any_of(
        call.callers, [&](const std::string& caller) { return entry.cut_off.contains(caller); });
    const std::string answered = module(*call.library);
    const bool can_pass = entry.library == nullptr || module(*entry.library) == answered;
    if (!is_made || !can_pass) continue;
    // What the library itself fails with is a code, too.
    const std::vector<std::string>& codes = call.library->codes;
    for (const TriedFault& fault : call.faults) {
      const auto code = std::ranges::find(codes, fault.name);
      const bool applies = !fault.is_status && (!fault.restrictions || call.has_timeout);
      if (!applies || code == codes.end()) continue;
      errors.statuses.insert(StatusOf(*call.library, static_cast<int>(code - codes.begin())));
    }
    for (const Status& status : run.facts.statuses) {
      if (status.module != answered || !status.IsError()) continue;
      errors.after[{static_cast<int>(i), status.Text()}].insert(status);
    }
  }
}

// What is written in code that was not followed counts as answered; and there may be more.
void AddCutOff(const ServiceRun& run, const EntryRun& entry, OwnErrors& errors) {
  for (const WrittenStatus& written : entry.written.statuses) {
    errors.statuses.insert(written.status);
    const Origin& from = run.facts.origins[static_cast<std::size_t>(written.origin)];
    const std::string code = written.status.Text();
    const bool is_known = std::ranges::any_of(errors.sources, [&](const ErrorSource& source) {
      return source.status_code == code && source.location.file == from.location.file &&
             source.location.line == from.location.line;
    });
    if (!is_known) AddSource(errors, run, written.origin, {.status_code = code});
  }
  if (entry.written.passes_on) AddPassedOn(run, entry, errors);
  if (!entry.cut_off.empty()) {
    AddSource(errors, run, entry.origin, {.unresolved = kTooMuchToFollow});
  }
}

}  // namespace

OwnErrors ErrorsOf(const ServiceRun& run) {
  OwnErrors errors;
  AddGenericErrors(run, errors.statuses);
  for (const EntryRun& entry : run.entries) {
    for (const PathEnd& end : entry.ends) {
      if (end.kind != PathEnd::Kind::kAnswers && end.kind != PathEnd::Kind::kEscapes) continue;
      for (const Value& value : end.status.Alternatives()) {
        ErrorSource source{.unreached = !entry.is_reached};
        const bool has_own = value.origin >= 0 && !end.is_exception;
        const int origin = has_own ? value.origin : end.origin;
        if (value.Is(Kind::kUnknown)) {
          source.unresolved = "the status is " + value.text();
          AddSource(errors, run, origin, std::move(source));
          continue;
        }
        if (!value.Is(Kind::kInt)) continue;
        const Status status = StatusOf(*entry.library, value);
        if (!status.IsError()) continue;
        const TriedFault* fault = FaultOf(run, end);
        if (value.is_passed_on) {
          source.unresolved = "the status of a response is passed on";
        } else {
          source.status_code = status.Text();
        }
        if (entry.is_reached && fault != nullptr && fault->is_status) {
          errors.after[{end.fault->site, fault->name}].insert(status);
        } else if (entry.is_reached) {
          errors.statuses.insert(status);
        }
        AddSource(errors, run, origin, std::move(source));
      }
    }
  }
  for (const EntryRun& entry : run.entries) {
    const bool is_all_told = entry.cut_off.empty() && entry.put_together.empty();
    if (entry.is_reached && !is_all_told) AddCutOff(run, entry, errors);
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
