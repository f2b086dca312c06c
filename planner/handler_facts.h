// Call x what its caller saw => the branch that takes it, and what comes of that.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/analysis.h"
#include "planner/call_table.h"

namespace filibuster {

// The branch of a call site that takes a fault.
struct Branch {
  std::string entry;    // equal for what takes the same branch of this call site
  std::string outcome;  // equal if nothing outside the service can tell them apart
  Outcome::Kind kind = Outcome::Kind::kUnknown;
  bool handled = true;  // false: no code looks at it
  std::string where;    // "catch at foo/foo.cc:18": for people

  bool operator==(const Branch&) const = default;
};

// What is known of a call made in this form; nullopt: nothing, or nothing certain.
using HandlerFacts =
    std::function<std::optional<Branch>(const CallForm& form, const CallResult& result)>;

enum class Equivalence { kResult, kEntry, kOutcome };

// Numbers results of a call so that those with an equal number need no telling apart.
class Labels {
 public:
  Labels(const CallTable& calls, HandlerFacts facts, Equivalence equivalence)
      : calls_(calls), facts_(std::move(facts)), equivalence_(equivalence) {}

  std::uint32_t Of(const CallEvent& event, ResultId result);
  std::uint32_t SiteOf(const CallEvent& event) const { return calls_.form(event.form).site; }
  // Of the event's call; remembered, because facts may be costly to find.
  const std::optional<Branch>& BranchOf(const CallEvent& event, ResultId result);
  const std::optional<Branch>& BranchOfFault(const CallEvent& event, FaultId fault) {
    return BranchOf(event, calls_.ResultOfFault(fault));
  }

 private:
  struct Known {
    std::uint32_t site = 0;
    ResultId result = kNoResult;
    std::uint32_t label = 0;
    std::optional<Branch> branch;
  };
  const Known& Find(const CallEvent& event, ResultId result);

  const CallTable& calls_;
  HandlerFacts facts_;
  Equivalence equivalence_;
  std::vector<std::deque<Known>> known_;  // by call
  std::unordered_map<std::string, std::uint32_t> keys_;
};

}  // namespace filibuster
