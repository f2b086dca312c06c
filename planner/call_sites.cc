#include "planner/call_sites.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>

namespace filibuster {
namespace {

// One of the two is the end of the other, whole components of the path: the analysis names files
// from the services directory, a compiler as it was told.
bool SameFile(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  return !b.empty() && a.ends_with(b) &&
         (a.size() == b.size() || b.front() == '/' || a[a.size() - b.size() - 1] == '/');
}

bool SamePlace(const SourceLocation& location, const Invocation& call) {
  return SameFile(location.file, call.callsite_file) &&
         std::to_string(location.line) == call.callsite_line;
}

bool IsAt(const CallSite& site, const Invocation& call) {
  return SamePlace(site.location, call) ||
         (!site.via.empty() && SamePlace(site.via.back().location, call));
}

bool IsInFile(const CallSite& site, const Invocation& call) {
  return SameFile(site.location.file, call.callsite_file) ||
         (!site.via.empty() && SameFile(site.via.back().location.file, call.callsite_file));
}

// "/bar/baz" of "http://localhost:5001/bar/baz?x=1" and of "5001/bar/baz"; empty: there is none.
std::string_view UrlPath(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t path = url.find('/', scheme == url.npos ? 0 : scheme + 3);
  if (path == url.npos) return {};
  return url.substr(path, url.find_first_of("?#", path) - path);
}

// "{}" of the analysis stands for what it does not know.
bool MayBePath(std::string_view expected, std::string_view found) {
  size_t hole = expected.find("{}");
  if (hole == expected.npos) return expected == found;
  if (!found.starts_with(expected.substr(0, hole))) return false;
  while (true) {
    found.remove_prefix(hole);
    expected.remove_prefix(hole + 2);
    hole = expected.find("{}");
    if (hole == expected.npos) return found.ends_with(expected);
    const size_t next = found.find(expected.substr(0, hole));
    if (next == found.npos) return false;
    found.remove_prefix(next);
  }
}

// What is known on both sides does not differ.
bool MayBe(const CallSite& site, const KnownCall& call) {
  const Invocation& invocation = call.invocation;
  if (site.service != invocation.source_service_name) return false;
  if (site.module != invocation.module || site.method != invocation.method) return false;
  if (site.target.service && call.target_service_name &&
      *site.target.service != *call.target_service_name) {
    return false;
  }
  if (site.target.url && !invocation.args.empty() && invocation.args[0].is_string()) {
    const std::string_view expected = UrlPath(*site.target.url);
    const std::string_view found = UrlPath(invocation.args[0].get_ref<const std::string&>());
    if (!expected.empty() && !found.empty() && !MayBePath(expected, found)) return false;
  }
  return true;
}

// The same service and target are not enough to take a call for one that has moved.
bool IsTiedByTarget(const CallSite& site, const KnownCall& call) {
  return (site.target.service && call.target_service_name) ||
         (site.target.url && !UrlPath(*site.target.url).empty());
}

}  // namespace

CallSites::CallSites(const Analysis& analysis, const CallTable& calls) : calls_(calls) {
  for (const Module& module : analysis.modules) {
    for (const CallSite& site : module.call_sites) sites_.push_back(&site);
  }
}

const CallSite* CallSites::Find(CallId call) {
  if (found_.size() <= call) found_.resize(calls_.size());
  if (!found_[call]) found_[call] = Search(calls_.call(call), call);
  return *found_[call];
}

const CallSite* CallSites::Search(const KnownCall& call, CallId id) {
  std::vector<const CallSite*> candidates;
  for (const CallSite* site : sites_) {
    if (MayBe(*site, call)) candidates.push_back(site);
  }
  const auto only = [&](const auto& is_it) -> std::vector<const CallSite*> {
    std::vector<const CallSite*> fitting;
    std::ranges::copy_if(candidates, std::back_inserter(fitting), is_it);
    return fitting;
  };
  const auto here = only([&](const CallSite* site) { return IsAt(*site, call.invocation); });
  if (here.size() == 1) return here.front();
  if (here.size() > 1) {
    Note(fmt::format("{}: {} call sites of the analysis fit; every fault is kept",
                     calls_.DescribeCall(id), here.size()));
    return nullptr;
  }
  auto moved = only([&](const CallSite* site) {
    return IsInFile(*site, call.invocation) && IsTiedByTarget(*site, call);
  });
  if (moved.empty()) {
    moved = only([&](const CallSite* site) { return IsTiedByTarget(*site, call); });
  }
  if (moved.size() == 1) {
    Note(fmt::format("{}: taken for the call that the analysis has at {} in {}",
                     calls_.DescribeCall(id), PlaceText(moved.front()->location),
                     moved.front()->function));
    return moved.front();
  }
  if (moved.size() > 1) {
    Note(
        fmt::format("{}: not at any place that the analysis has, and {} of its call "
                    "sites are otherwise like it; every fault is kept",
                    calls_.DescribeCall(id), moved.size()));
  }
  return nullptr;
}

// Retries read alike: once.
void CallSites::Note(std::string note) {
  if (std::ranges::find(notes_, note) == notes_.end()) notes_.push_back(std::move(note));
}

const HandlerEntry* CallSites::FindEntry(CallId call, const CallResult& result) {
  const CallSite* site = Find(call);
  if (site == nullptr) return nullptr;
  const HandlerEntry* found = nullptr;
  for (const HandlerEntry& entry : site->handlers) {
    const bool takes = std::ranges::any_of(entry.faults, [&](const std::string& fault) {
      return fault == result.exception || fault == result.status_code;
    });
    if (!takes) continue;
    if (found != nullptr) return nullptr;  // two branches for one fault: nothing is certain
    found = &entry;
  }
  return found;
}

HandlerFacts CallSites::Facts() {
  return [this](const CallForm& form, const CallResult& result) -> std::optional<Branch> {
    const HandlerEntry* entry = FindEntry(form.call, result);
    if (entry == nullptr || entry->outcome.kind == Outcome::Kind::kUnknown) return std::nullopt;
    const CallSite& site = *Find(form.call);
    std::ostringstream outcome;
    outcome << entry->outcome;
    const auto index = entry - site.handlers.data();
    // What the calls after it depend on may have differed: like itself at most.
    if (!entry->outcome.calls_depend_on.empty()) outcome << site.location << " " << index;
    return Branch{.entry = fmt::format("{}", index),
                  .outcome = outcome.str(),
                  .kind = entry->outcome.kind,
                  .handled = entry->kind != "none",
                  .where = EntryText(*entry, site)};
  };
}

std::string PlaceText(const SourceLocation& location) {
  return fmt::format("{}:{}", location.file, location.line);
}

std::string EntryText(const HandlerEntry& entry, const CallSite& site) {
  if (!entry.location) return "nothing at " + PlaceText(site.location);
  return fmt::format("{} at {}", entry.kind, PlaceText(*entry.location));
}

}  // namespace filibuster
