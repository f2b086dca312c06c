#include "runner/silent_services.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

namespace filibuster {
namespace {

using Names = std::set<std::string>;

struct Seen {
  Names callers;
  Names called;  // that said so themselves
  // "5001", "/shop.Prices/Get" of gRPC: who said to have received calls to it.
  std::map<std::string, Names> addresses;
};

Seen LookAt(const CallTable& calls) {
  Seen seen;
  for (CallId id = kFunctionalTest + 1; id < calls.size(); ++id) {
    const KnownCall& call = calls.call(id);
    if (!call.made) continue;
    seen.callers.insert(call.invocation.source_service_name);
    if (call.target_service_name) seen.called.insert(*call.target_service_name);
    if (const Json& args = call.invocation.args; !args.empty() && args[0].is_string()) {
      const auto& target = args[0].get_ref<const std::string&>();
      const size_t slash = target.find('/');
      Names& receivers = seen.addresses[slash == 0 ? target : target.substr(0, slash)];
      if (call.target_service_name) receivers.insert(*call.target_service_name);
    }
  }
  return seen;
}

Names CallersOf(const Analysis& analysis) {
  Names callers;
  for (const Module& module : analysis.modules) {
    for (const CallSite& site : module.call_sites) callers.insert(site.service);
  }
  return callers;
}

}  // namespace

std::vector<std::string> SilentServices(const Application& application, const Analysis& analysis,
                                        const CallTable& calls) {
  const Seen seen = LookAt(calls);
  if (seen.callers.empty()) return {};  // that nothing was seen at all is told elsewhere
  const Names known_callers = CallersOf(analysis);
  Names missing = known_callers;
  Names silent;
  std::vector<std::string> warnings;
  for (const Service& service : application.services) {
    missing.erase(service.name);
    if (seen.callers.contains(service.name) || seen.called.contains(service.name)) continue;
    const auto address = seen.addresses.find(std::to_string(service.port));
    if (address != seen.addresses.end() && !address->second.empty()) {
      warnings.push_back(fmt::format(
          "service {}: calls to its port {} arrive at {}: is it a proxy, or is that its name where "
          "it is instrumented?",
          service.name, service.port, fmt::join(address->second, ", ")));
    } else if (address != seen.addresses.end()) {
      warnings.push_back(fmt::format(
          "service {}: it was called, on port {}, and did not say so: it is not instrumented, or "
          "runs without FILIBUSTER_URL; its own errors were not "
          "injected, and its calls are not known",
          service.name, service.port));
    } else if (service.health_check != "tcp" || known_callers.contains(service.name)) {
      silent.insert(service.name);  // not a database or the like
    }
  }
  for (const auto& [address, receivers] : seen.addresses) {
    if (!address.starts_with('/') || !receivers.empty()) continue;
    warnings.push_back(fmt::format(
        "calls of {}: nobody said that they arrived: what answers them is not instrumented, or "
        "runs "
        "without FILIBUSTER_URL; its own errors were not injected, and its calls are not known",
        address));
  }
  if (!silent.empty()) {
    warnings.push_back(
        fmt::format("no call of or to {} was seen: not part of this functional test, or not "
                    "instrumented, or running without FILIBUSTER_URL",
                    fmt::join(silent, ", ")));
  }
  if (known_callers.empty() || missing.empty()) return warnings;
  for (const std::string& caller : seen.callers) {
    if (known_callers.contains(caller)) continue;
    warnings.push_back(
        fmt::format("service {}: the analysis has no calls of it, but of {}, which {} does not "
                    "have; the analysis names a service by its folder",
                    caller, fmt::join(missing, ", "), application.file.filename().string()));
  }
  return warnings;
}

}  // namespace filibuster
