// Call x analysis => its call site, and from that what handlers do with its faults.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis.h"
#include "planner/call_table.h"
#include "planner/handler_facts.h"

namespace filibuster {

// Ties calls to the `call_sites` of an analysis: by service, place (file and line of the call
// itself or of the last step through helpers), module, method and target. Where no place fits
// because lines have moved, the call site that is otherwise the same, if there is one and only one;
// then it says so.
class CallSites {
 public:
  // Both must outlive it.
  CallSites(const Analysis& analysis, const CallTable& calls);

  bool empty() const { return sites_.empty(); }
  const std::vector<const CallSite*>& all() const { return sites_; }

  // Null: there is none, or it is not certain which.
  const CallSite* Find(CallId call);

  // The handler entry that takes what the caller saw; null: not known.
  const HandlerEntry* FindEntry(CallId call, const CallResult& result);

  // What entries do with faults. Refers to this.
  HandlerFacts Facts();

  // Calls whose call site was found elsewhere than the analysis says, or was ambiguous.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  const CallSite* Search(const KnownCall& call, CallId id);
  void Note(std::string note);

  const CallTable& calls_;
  std::vector<const CallSite*> sites_;
  std::deque<std::optional<const CallSite*>> found_;  // by call
  std::vector<std::string> notes_;
};

// "foo/foo.cc:17"
std::string PlaceText(const SourceLocation& location);
// "catch at foo/foo.cc:18"; "nothing at foo/foo.cc:17" for an entry of kind "none".
std::string EntryText(const HandlerEntry& entry, const CallSite& site);

}  // namespace filibuster
