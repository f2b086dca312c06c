#include "planner/nondeterminism.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace filibuster {
namespace {

std::string TargetOf(const CallRecord& call) {
  std::string target = call.invocation.args.empty() ? "" : call.invocation.args[0].dump();
  return target + " " + call.target_service_name.value_or("");
}

// What the calls of one site looked like in one run.
struct SiteCalls {
  size_t count = 0;
  std::multiset<std::string> targets;
};

std::map<std::string, SiteCalls> BySite(const CallLog& log) {
  std::map<std::string, SiteCalls> sites;
  for (const CallRecord& call : log.calls) {
    SiteCalls& site = sites[CallSiteKey(call.invocation)];
    ++site.count;
    site.targets.insert(TargetOf(call));
  }
  return sites;
}

int EndOf(const CallRecord& call) {
  return call.completed_at.value_or(call.received_at.value_or(call.created_at));
}

// Which sites' calls were over before which others' began, among calls of one request.
std::set<std::pair<std::string, std::string>> Orders(const CallLog& log) {
  std::set<std::pair<std::string, std::string>> orders;
  for (const CallRecord& before : log.calls) {
    for (const CallRecord& after : log.calls) {
      if (before.invocation.origin_vclock != after.invocation.origin_vclock) continue;
      if (EndOf(before) >= after.created_at) continue;
      orders.emplace(CallSiteKey(before.invocation), CallSiteKey(after.invocation));
    }
  }
  return orders;
}

// The same for single calls, by execution index: those of a client helper share a site.
std::set<std::pair<std::string, std::string>> CallOrders(const CallLog& log) {
  std::set<std::pair<std::string, std::string>> orders;
  for (const CallRecord& before : log.calls) {
    for (const CallRecord& after : log.calls) {
      if (before.invocation.origin_vclock != after.invocation.origin_vclock) continue;
      if (EndOf(before) >= after.created_at) continue;
      orders.emplace(before.invocation.execution_index, after.invocation.execution_index);
    }
  }
  return orders;
}

// Calls of one site that came in another order; the first of each site says enough.
std::vector<CallDifference> OrderWithinSites(const CallLog& first, const CallLog& second) {
  std::map<std::string, const CallRecord*> by_index;
  for (const CallRecord& call : second.calls) {
    by_index.emplace(call.invocation.execution_index, &call);
  }
  std::vector<CallDifference> differences;
  std::set<std::string> named;
  const auto orders = CallOrders(first);
  for (const auto& [a, b] : CallOrders(second)) {
    if (orders.contains({a, b}) || !orders.contains({b, a})) continue;
    const CallRecord& before = *by_index.at(a);
    const CallRecord& after = *by_index.at(b);
    const std::string site = CallSiteKey(after.invocation);
    if (CallSiteKey(before.invocation) != site || !named.insert(site).second) continue;
    differences.push_back({site, CallDifference::What::kOrder,
                           fmt::format("called {} before {} in one run without faults and after it "
                                       "in another",
                                       TargetOf(after), TargetOf(before))});
  }
  return differences;
}

}  // namespace

std::vector<CallDifference> CompareRuns(const CallLog& first, const CallLog& second) {
  std::vector<CallDifference> differences;
  auto before = BySite(first);
  auto after = BySite(second);
  for (const auto& [site, calls] : before) after[site];
  for (const auto& [site, calls] : after) {
    const SiteCalls& earlier = before[site];
    if (earlier.count != calls.count) {
      differences.push_back(
          {site, CallDifference::What::kCount,
           fmt::format("made {} calls in one run without faults and {} in another", earlier.count,
                       calls.count)});
    }
    std::vector<std::string> lost;
    std::vector<std::string> found;
    std::ranges::set_difference(earlier.targets, calls.targets, std::back_inserter(lost));
    std::ranges::set_difference(calls.targets, earlier.targets, std::back_inserter(found));
    // More calls to the same targets are a matter of their count.
    if (!lost.empty() && !found.empty()) {
      differences.push_back({site, CallDifference::What::kTarget,
                             fmt::format("called {} in one run without faults and {} in another",
                                         lost.front(), found.front())});
    }
  }
  const auto orders = Orders(first);
  for (const auto& [a, b] : Orders(second)) {
    const bool turned = !orders.contains({a, b}) && orders.contains({b, a});
    if (!turned) continue;
    differences.push_back({b, CallDifference::What::kOrder,
                           fmt::format("came before {} in one run without faults and after it in "
                                       "another",
                                       a)});
  }
  std::ranges::move(OrderWithinSites(first, second), std::back_inserter(differences));
  return differences;
}

std::vector<std::string> SitesThatAreGone(const std::vector<CallDifference>& differences,
                                          const CallLog& last) {
  const auto called = BySite(last);
  std::set<std::string> gone;
  for (const CallDifference& difference : differences) {
    if (difference.what != CallDifference::What::kCount) continue;
    if (!called.contains(difference.site)) gone.insert(difference.site);
  }
  return {gone.begin(), gone.end()};
}

UnstableSites UnstableSitesOf(const std::vector<CallDifference>& differences) {
  UnstableSites unstable;
  for (const CallDifference& difference : differences) {
    if (difference.what == CallDifference::What::kTarget) unstable[difference.site].target = true;
    if (difference.what == CallDifference::What::kCount) unstable[difference.site].count = true;
  }
  return unstable;
}

void MakeStable(const UnstableSites& unstable, CallLog& log) {
  StableIndex index(unstable);
  for (CallRecord& call : log.calls) call.stable_index = index.Of(call.invocation);
}

}  // namespace filibuster
