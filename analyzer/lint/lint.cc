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

// Where the call goes on its way to the library, then where its fault is taken.
std::vector<Note> PathOf(const CallSite& site, const HandlerEntry* handler) {
  std::vector<Note> path;
  for (const CallStep& step : site.via) {
    path.push_back({step.location, fmt::format("the call is made here, in `{}`", step.function)});
  }
  if (handler != nullptr && handler->location) {
    const std::string faults = Either(handler->faults);
    path.push_back({*handler->location, handler->kind == "catch"
                                            ? fmt::format("{} is caught here", faults)
                                            : fmt::format("{} is taken here", faults)});
  }
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
    }
    return std::move(findings_);
  }

 private:
  void Report(const CallSite& site, std::string check, std::string message, std::string detail,
              std::vector<Note> notes) {
    const std::string target = site.target.url.value_or(site.target.service.value_or(""));
    Finding finding{.check = std::move(check),
                    .message = std::move(message),
                    .location = site.location,
                    .function = site.function,
                    .notes = std::move(notes)};
    finding.fingerprint =
        Fingerprint(finding, {site.service, site.module, site.method, target, detail});
    findings_.push_back(std::move(finding));
  }

  void Report(const CallSite& site, const HandlerEntry& handler, std::string check,
              std::string message) {
    Report(site, std::move(check), std::move(message), fmt::format("{}", handler.faults),
           PathOf(site, &handler));
  }

  void CheckHandler(const CallSite& site, const HandlerEntry& handler) {
    switch (handler.outcome.kind) {
      case Kind::kEscapes:
        Report(site, handler, "unhandled-fault",
               fmt::format("{} of {} leaves the handler of the request: the service answers {}",
                           Either(handler.faults), CallText(site),
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
          Report(site, handler, "retry-without-bound",
                 fmt::format("{} makes {} again until it succeeds: nothing bounds the attempts",
                             Either(handler.faults), CallText(site)));
        }
        break;
      case Kind::kUnknown:
        break;
    }
    CheckFallback(site, handler);
  }

  void CheckTerminates(const CallSite& site, const HandlerEntry& handler) {
    if (handler.ends_by == "dereference") {
      Report(site, handler, "unchecked-result",
             fmt::format("the result of {} is used as if the call had succeeded: {} ends the "
                         "process",
                         CallText(site), Either(handler.faults)));
      return;
    }
    const std::map<std::string, std::string> reasons = {
        {"noexcept", ": it leaves a `noexcept` function"},
        {"thread", ": it leaves a thread's function"},
        {"exit", ": the code that takes it gives up"}};
    const auto reason = reasons.find(handler.ends_by);
    Report(site, handler, "unhandled-fault",
           fmt::format("{} of {} ends the process{}", Either(handler.faults), CallText(site),
                       reason == reasons.end() ? "" : reason->second));
  }

  void CheckContinues(const CallSite& site, const HandlerEntry& handler) {
    if (handler.kind == "none") {
      ReportUncheckedStatus(site, handler);
      if (const auto errors = Errors(handler.faults); !errors.empty()) {
        Report(site, handler, "swallowed-fault",
               fmt::format("nobody looks at the result of {}: {} goes unnoticed", CallText(site),
                           Either(errors)));
      }
    } else if (handler.does_nothing) {
      Report(site, handler, "swallowed-fault",
             fmt::format("{} of {} is taken and nothing is done about it", Either(handler.faults),
                         CallText(site)));
    }
  }

  void CheckAnswers(const CallSite& site, const HandlerEntry& handler) {
    if (handler.kind == "none" && IsSuccess(handler.outcome.status_code)) {
      ReportUncheckedStatus(site, handler);
    }
    if (handler.catch_all && !HasOtherClause(site)) {
      Report(site, handler, "catch-all-hides",
             fmt::format("`catch (...)` turns every failure of {} into {}: the cause is lost",
                         CallText(site), handler.outcome.status_code));
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
    Report(site, handler, "unchecked-status",
           fmt::format("the status of {} is not checked: {} passes for a success", CallText(site),
                       Either(statuses)));
  }

  void CheckFallback(const CallSite& site, const HandlerEntry& handler) {
    if (!site.target.service) return;
    for (const SourceLocation& location : handler.later_calls) {
      // The same place again is a retry, which is another matter.
      if (location == site.location) continue;
      const CallSite* later = FindSite(site.service, location);
      if (later == nullptr || later->target.service != site.target.service) continue;
      auto notes = PathOf(site, &handler);
      notes.push_back({location, fmt::format("{} is called again here", *site.target.service)});
      Report(site, "fallback-to-same-target",
             fmt::format("the fallback for {} of {} calls the same service, which has just failed",
                         Either(handler.faults), CallText(site)),
             fmt::format("{}", handler.faults), std::move(notes));
      return;
    }
  }

  void CheckTimeout(const CallSite& site) {
    if (!site.timeout) {
      Report(
          site, "missing-timeout",
          fmt::format("{} sets no timeout: a service that hangs holds this one for as long as its "
                      "client library lets it",
                      CallText(site)),
          "", PathOf(site, nullptr));
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
    Report(site, "timeout-inversion",
           fmt::format("{} waits up to {}, but {} itself waits up to {} for a call: this one gives "
                       "up before the cause is known",
                       CallText(site), SecondsText(*site.timeout_seconds), *site.target.service,
                       SecondsText(longest)),
           "", std::move(notes));
  }

  const CallSite* FindSite(const std::string& service, const SourceLocation& location) const {
    for (const CallSite* site : sites_) {
      if (site->service == service && site->location == location) return site;
    }
    return nullptr;
  }

  std::vector<const CallSite*> sites_;
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
