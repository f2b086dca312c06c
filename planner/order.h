// Scheduled sets => the one whose turn is next.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string_view>
#include <tuple>
#include <vector>

#include "planner/handler_facts.h"
#include "planner/reduction.h"

namespace filibuster {

enum class Order {
  kLifo,  // Filibuster's
  kFifo,
  kGuided,  // the fault most likely to break the test first
  kRandom,  // to compare with
};

std::optional<Order> OrderFromName(std::string_view name);
std::string_view OrderName(Order order);

// The sets that wait for their turn.
class Schedule {
 public:
  // `labels` says what handlers do, for kGuided; it must outlive the schedule.
  Schedule(Order order, Labels& labels, std::uint32_t seed)
      : order_(order), labels_(labels), random_(seed) {}

  void Push(ScheduledSet set);
  ScheduledSet Pop();
  bool empty() const { return size() == 0; }
  size_t size() const { return waiting_.size() + ranked_.size(); }
  std::vector<ScheduledSet> TakeAll();

 private:
  // What the facts say of the last fault of a set, the most alarming first.
  enum class Alarm { kNobodyTakesIt, kUnknown, kNotSeenYet, kSeen };
  using Rank = std::tuple<Alarm, size_t, std::uint64_t>;

  Alarm AlarmOf(const ScheduledSet& set);

  const Order order_;
  Labels& labels_;
  std::mt19937 random_;
  std::deque<ScheduledSet> waiting_;
  std::map<Rank, ScheduledSet> ranked_;
  std::uint64_t pushed_ = 0;
  std::map<std::tuple<CallId, std::uint32_t, std::string>, bool> seen_;  // outcomes tried
};

}  // namespace filibuster
