#include "analyzer/lint/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analyzer/lint/fingerprint.h"

namespace filibuster {
namespace {

using Kind = Outcome::Kind;

// "503" and gRPC's "UNAVAILABLE", but not "httplib::Error::Read" or "CURLE_COULDNT_CONNECT".
bool IsStatus(const std::string& fault) {
  static const std::set<std::string, std::less<>> grpc_codes = {
      "CANCELLED",   "UNKNOWN",        "INVALID_ARGUMENT",  "DEADLINE_EXCEEDED",
      "NOT_FOUND",   "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
      "ABORTED",     "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",
      "UNAVAILABLE", "DATA_LOSS",      "UNAUTHENTICATED",   "FAILED_PRECONDITION"};
  return grpc_codes.contains(fault) ||
         std::ranges::all_of(fault, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::vector<std::string> Statuses(std::vector<std::string> faults) {
  std::erase_if(faults, [](const std::string& fault) { return !IsStatus(fault); });
  return faults;
}

std::vector<std::string> Errors(std::vector<std::string> faults) {
  std::erase_if(faults, IsStatus);
  return faults;
}

// "`500`", "`500` or `503`", "`500`, `502` or `503`"
std::string Either(const std::vector<std::string>& faults) {
  std::string text;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (i > 0) text += i + 1 == faults.size() ? " or " : ", ";
    text += fmt::format("`{}`", faults[i]);
  }
  return text;
}

std::string CallText(const CallSite& site) {
  const std::string target = site.target.service ? fmt::format(" to {}", *site.target.service)
                             : site.target.url   ? fmt::format(" to {}", *site.target.url)
                                                 : "";
  return fmt::format("`{}.{}`{}", site.module, site.method, target);
}

std::string SecondsText(double seconds) { return fmt::format("{:g} s", seconds); }

bool IsSuccess(const std::string& status) { return status.starts_with("2") || status == "OK"; }

// What one check says of a call: handlers that differ in the faults that they take only are one
// finding.
struct SiteFinding {
  struct Taken {
    SourceLocation location;
    std::string kind;
    std::vector<std::string> faults;
  };

  std::string check;
  std::string before;                // the message: before the faults,
  std::optional<std::string> after;  // and after them; nothing: it does not name them
  std::vector<std::string> faults;
  std::vector<Taken> taken;
  std::vector<Note> later;  // what comes of it
};

template <typename T>
void AddNew(std::vector<T>& all, const std::vector<T>& more) {
  for (const T& one : more) {
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
  }
}

// Where the call goes on its way to the library, then where its faults are taken.
std::vector<Note> PathOf(const CallSite& site, const SiteFinding& found) {
  std::vector<Note> path;
  for (const CallStep& step : site.via) {
    path.push_back({step.location, fmt::format("the call is made here, in `{}`", step.function)});
  }
  for (const SiteFinding::Taken& taken : found.taken) {
    path.push_back({taken.location, fmt::format("{} is {} here", Either(taken.faults),
                                                taken.kind == "catch" ? "caught" : "taken")});
  }
  path.insert(path.end(), found.later.begin(), found.later.end());
  return path;
}

// Collects the findings of all call sites.
class SiteLinter {
 public:
  explicit SiteLinter(const Analysis& analysis) {
    for (const Module& module : analysis.modules) {
      for (const CallSite& site : module.call_sites) sites_.push_back(&site);
    }
  }

  std::vector<Finding> Run() {
    for (const CallSite* site : sites_) {
      CheckTimeout(*site);
      for (const HandlerEntry& handler : site->handlers) CheckHandler(*site, handler);
      for (const SiteFinding& found : found_) Tell(*site, found);
      found_.clear();
    }
    return std::move(findings_);
  }

 private:
  void Tell(const CallSite& site, const SiteFinding& found) {
    const std::string target = site.target.url.value_or(site.target.service.value_or(""));
    Finding finding{
        .check = found.check,
        .message = found.after ? found.before + Either(found.faults) + *found.after : found.before,
        .location = site.location,
        .function = site.function,
        .notes = PathOf(site, found)};
    const std::string detail = found.faults.empty() ? "" : fmt::format("{}", found.faults);
    finding.fingerprint =
        Fingerprint(finding, {site.service, site.module, site.method, target, detail});
    findings_.push_back(std::move(finding));
  }

  void Report(SiteFinding found) {
    const auto known = std::ranges::find_if(found_, [&](const SiteFinding& other) {
      return other.check == found.check && other.before == found.before &&
             other.after == found.after;
    });
    if (known == found_.end()) {
      found_.push_back(std::move(found));
      return;
    }
    AddNew(known->faults, found.faults);
    AddNew(known->later, found.later);
    for (SiteFinding::Taken& taken : found.taken) {
      const auto same = std::ranges::find_if(known->taken, [&](const SiteFinding::Taken& other) {
        return other.location == taken.location && other.kind == taken.kind;
      });
      if (same == known->taken.end()) {
        known->taken.push_back(std::move(taken));
      } else {
        AddNew(same->faults, taken.faults);
      }
    }
  }

  void Report(const HandlerEntry& handler, std::string check, std::string before,
              std::optional<std::string> after, std::vector<std::string> faults,
              std::vector<Note> later = {}) {
    SiteFinding found{.check = std::move(check),
                      .before = std::move(before),
                      .after = std::move(after),
                      .faults = std::move(faults),
                      .later = std::move(later)};
    if (handler.location) found.taken = {{*handler.location, handler.kind, handler.faults}};
    Report(std::move(found));
  }

  void Report(const HandlerEntry& handler, std::string check, std::string before,
              std::optional<std::string> after) {
    Report(handler, std::move(check), std::move(before), std::move(after), handler.faults);
  }

  void CheckHandler(const CallSite& site, const HandlerEntry& handler) {
    switch (handler.outcome.kind) {
      case Kind::kEscapes:
        Report(handler, "unhandled-fault", "",
               fmt::format(" of {} leaves the handler of the request: the service answers {}",
                           CallText(site),
                           handler.outcome.status_code.empty() ? "with an error"
                                                               : handler.outcome.status_code));
        break;
      case Kind::kTerminates:
        CheckTerminates(site, handler);
        break;
      case Kind::kContinues:
        CheckContinues(site, handler);
        break;
      case Kind::kAnswers:
        CheckAnswers(site, handler);
        break;
      case Kind::kRetries:
        if (handler.outcome.unbounded) {
          Report(handler, "retry-without-bound", "after ",
                 fmt::format(" the call {} is made again until it succeeds: nothing bounds the "
                             "attempts",
                             CallText(site)));
        }
        break;
      case Kind::kUnknown:
        if (handler.kind == "none" && handler.does_nothing) ReportUncheckedStatus(site, handler);
        break;
    }
    CheckFallback(site, handler);
  }

  void CheckTerminates(const CallSite& site, const HandlerEntry& handler) {
    if (handler.ends_by == "dereference") {
      Report(handler, "unchecked-result",
             fmt::format("the result of {} is used as if the call had succeeded: ", CallText(site)),
             " ends the process");
      return;
    }
    const std::map<std::string, std::string> reasons = {
        {"noexcept", ": it leaves a `noexcept` function"},
        {"thread", ": it leaves a thread's function"},
        {"exit", ": the code that takes it gives up"}};
    const auto reason = reasons.find(handler.ends_by);
    Report(handler, "unhandled-fault", "",
           fmt::format(" of {} ends the process{}", CallText(site),
                       reason == reasons.end() ? "" : reason->second));
  }

  void CheckContinues(const CallSite& site, const HandlerEntry& handler) {
    if (handler.kind == "none") {
      ReportUncheckedStatus(site, handler);
      if (const auto errors = Errors(handler.faults); !errors.empty()) {
        Report(handler, "swallowed-fault",
               fmt::format("nobody looks at the result of {}: ", CallText(site)), " goes unnoticed",
               errors);
      }
    } else if (handler.does_nothing) {
      Report(handler, "swallowed-fault", "",
             fmt::format(" of {} is taken and nothing is done about it", CallText(site)));
    }
  }

  void CheckAnswers(const CallSite& site, const HandlerEntry& handler) {
    if (handler.kind == "none" && IsSuccess(handler.outcome.status_code)) {
      ReportUncheckedStatus(site, handler);
    }
    if (handler.catch_all && !HasOtherClause(site)) {
      Report(handler, "catch-all-hides",
             fmt::format("`catch (...)` turns every failure of {} into {}: the cause is lost",
                         CallText(site), handler.outcome.status_code),
             std::nullopt);
    }
  }

  // Some failures are told apart; the catch-all takes the rest.
  static bool HasOtherClause(const CallSite& site) {
    return std::ranges::any_of(site.handlers, [](const HandlerEntry& handler) {
      return handler.kind == "catch" && !handler.catch_all;
    });
  }

  void ReportUncheckedStatus(const CallSite& site, const HandlerEntry& handler) {
    const auto statuses = Statuses(handler.faults);
    if (statuses.empty()) return;
    Report(handler, "unchecked-status",
           fmt::format("the status of {} is not checked: ", CallText(site)),
           " passes for a success", statuses);
  }

  void CheckFallback(const CallSite& site, const HandlerEntry& handler) {
    if (!site.target.service) return;
    for (const SourceLocation& location : handler.later_calls) {
      // The same place again is a retry, which is another matter.
      if (location == site.location) continue;
      const CallSite* later = FindSite(site.service, location);
      if (later == nullptr || later->target.service != site.target.service) continue;
      Report(handler, "fallback-to-same-target", "the fallback for ",
             fmt::format(" of {} calls the same service, which has just failed", CallText(site)),
             handler.faults,
             {{location, fmt::format("{} is called again here", *site.target.service)}});
      return;
    }
  }

  void CheckTimeout(const CallSite& site) {
    if (!site.timeout) {
      Report({.check = "missing-timeout",
              .before = fmt::format("{} sets no timeout: a service that hangs holds this one for "
                                    "as long as its client library lets it",
                                    CallText(site))});
    }
    if (!site.timeout_seconds || !site.target.service) return;
    double longest = 0;
    std::vector<Note> notes;
    for (const CallSite* callee : sites_) {
      if (callee->service != *site.target.service || !callee->timeout_seconds) continue;
      if (*callee->timeout_seconds <= *site.timeout_seconds) continue;
      longest = std::max(longest, *callee->timeout_seconds);
      notes.push_back({callee->location,
                       fmt::format("{} waits up to {} for {}", callee->service,
                                   SecondsText(*callee->timeout_seconds), CallText(*callee))});
    }
    if (notes.empty()) return;
    Report({.check = "timeout-inversion",
            .before = fmt::format("{} waits up to {}, but {} itself waits up to {} for a call: "
                                  "this one gives up before the cause is known",
                                  CallText(site), SecondsText(*site.timeout_seconds),
                                  *site.target.service, SecondsText(longest)),
            .later = std::move(notes)});
  }

  const CallSite* FindSite(const std::string& service, const SourceLocation& location) const {
    for (const CallSite* site : sites_) {
      if (site->service == service && site->location == location) return site;
    }
    return nullptr;
  }

  std::vector<const CallSite*> sites_;
  std::vector<SiteFinding> found_;  // of the call that is looked at
  std::vector<Finding> findings_;
};

Finding FindingOf(const SourceFinding& source) {
  Finding finding{.location = source.location, .function = source.function};
  switch (source.kind) {
    case SourceFinding::Kind::kSlicedException:
      finding.check = "sliced-exception";
      finding.message = fmt::format(
          "this throws a copy of the caught `{}`, without what was derived from it; `throw;` "
          "throws the exception itself",
          source.type);
      if (source.caught) {
        finding.notes.push_back({*source.caught, fmt::format("`{}` is caught here", source.type)});
      }
      break;
    case SourceFinding::Kind::kThrowPointer:
      finding.check = "throw-pointer";
      finding.message = fmt::format(
          "this throws a pointer: no `catch` of `{}` by reference takes it, and nobody owns it",
          source.type);
      break;
  }
  finding.fingerprint = Fingerprint(finding, {source.type});
  return finding;
}

}  // namespace

std::vector<Finding> Lint(const Analysis& analysis,
                          std::span<const SourceFinding> source_findings) {
  std::vector<Finding> findings = SiteLinter(analysis).Run();
  for (const SourceFinding& source : source_findings) findings.push_back(FindingOf(source));
  std::ranges::sort(findings, [](const Finding& a, const Finding& b) {
    return std::tie(a.location, a.check, a.message, a.fingerprint) <
           std::tie(b.location, b.check, b.message, b.fingerprint);
  });
  // A header that two services include has its findings once.
  const auto repeated = std::ranges::unique(findings);
  findings.erase(repeated.begin(), repeated.end());
  NumberEqualFingerprints(findings);
  return findings;
}

}  // namespace filibuster
