// How much is followed: steps of an entry, of all entries, and of a function that comes to nothing
// that matters; and paths that are told apart.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "analyzer/facts.h"
#include "analyzer/state.h"

namespace filibuster {

class Budget {
 public:
  // Of this size a function is followed at any rate.
  static constexpr int kSmall = 300;  // nodes

  // False: there are none left.
  bool TakeStep() { return ++steps_ <= limit_; }
  bool IsSpent() const { return steps_ > limit_; }
  // Whether there were too few for the entry.
  bool EndEntry() {
    all_steps_ += steps_;
    const bool was_too_little = std::exchange(steps_, 0) > budget_;
    SetLimit();
    return was_too_little;
  }
  // The next entry tells as many paths apart as the first.
  void BeginEntry() {
    level_ = 0;
    SetLimit();
  }
  // After an entry with too few steps: it can be followed again, with fewer paths told apart.
  bool GoNarrower() {
    was_too_wide_ = true;
    if (level_ + 1 == kWidths.size()) return false;
    ++level_;
    SetLimit();
    return true;
  }
  // Entries have come to as many steps as are taken at all.
  bool IsAllSpent() const { return all_steps_ > kMostSteps; }
  const Width& width() const { return kWidths[level_]; }
  bool IsNarrow() const { return level_ > 0; }
  // From now on entries have as many as at the beginning.
  void BeginRound() {
    all_steps_ = 0;
    SetLimit();
  }

  struct Trial {
    int before = 0;
    int outer = 0;
  };
  // A function is tried.
  Trial Begin() {
    const Trial trial{steps_, limit_};
    limit_ = std::min(limit_, steps_ + kMaxOneCall);
    return trial;
  }
  enum class Verdict { kCheap, kCostly, kTooMuch };
  // kCostly: it need not be tried again; kTooMuch: nor was it followed to its end.
  Verdict End(const Trial& trial, const FunctionFacts& function) {
    const bool is_too_much = IsSpent() && limit_ < trial.outer;
    limit_ = trial.outer;
    if (is_too_much) {
      // It happens once per function: what was tried in vain is at nobody's cost.
      steps_ = trial.before;
      return Verdict::kTooMuch;
    }
    int& spent = spent_[&function];
    spent += steps_ - trial.before;
    return spent > kMaxAllCalls ? Verdict::kCostly : Verdict::kCheap;
  }

 private:
  void SetLimit() {
    // Where an entry was too wide, others will be.
    const int most = level_ == 0 && was_too_wide_ ? kFirstTry : kMaxSteps;
    limit_ = budget_ = std::clamp(kMaxAllSteps - all_steps_, kFewSteps, most);
  }

  static constexpr std::array kWidths = {
      Width{}, Width{.all = 1, .in_group = 6, .alike = 2, .persisting = 1},
      Width{.all = 1, .in_group = 1, .alike = 1, .persisting = 1}};
  static constexpr int kMaxSteps = 2'000'000;  // of one entry
  static constexpr int kFirstTry = 300'000;
  static constexpr int kMaxAllSteps = 12'000'000;  // after which entries have few
  static constexpr int kFewSteps = 100'000;
  static constexpr int kMostSteps = 2 * kMaxAllSteps;  // after which they may have none
  static constexpr int kMaxOneCall = 10'000;           // of a function that is tried
  static constexpr int kMaxAllCalls = 100'000;         // … whenever it is called

  int steps_ = 0;
  int all_steps_ = 0;
  int budget_ = kMaxSteps;
  int limit_ = kMaxSteps;
  std::size_t level_ = 0;  // of kWidths
  bool was_too_wide_ = false;
  std::map<const FunctionFacts*, int> spent_;
};

}  // namespace filibuster
