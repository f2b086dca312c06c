#include "planner/order.h"

#include <algorithm>
#include <array>
#include <utility>

namespace filibuster {
namespace {

constexpr std::array<std::pair<std::string_view, Order>, 4> kNames = {{
    {"lifo", Order::kLifo},
    {"fifo", Order::kFifo},
    {"guided", Order::kGuided},
    {"random", Order::kRandom},
}};

}  // namespace

std::optional<Order> OrderFromName(std::string_view name) {
  const auto it = std::ranges::find(kNames, name, &decltype(kNames)::value_type::first);
  return it == kNames.end() ? std::nullopt : std::optional(it->second);
}

std::string_view OrderName(Order order) {
  return std::ranges::find(kNames, order, &decltype(kNames)::value_type::second)->first;
}

void Schedule::Push(ScheduledSet set) {
  if (order_ == Order::kGuided) {
    const Rank rank{AlarmOf(set), set.trace->faults.size(), pushed_++};
    ranked_.emplace(rank, std::move(set));
  } else {
    waiting_.push_back(std::move(set));
  }
}

ScheduledSet Schedule::Pop() {
  if (order_ == Order::kGuided) {
    while (true) {
      auto first = ranked_.extract(ranked_.begin());
      // An outcome that nobody had tried when the set came may have been tried since.
      const Alarm now = AlarmOf(first.mapped());
      if (now > std::get<Alarm>(first.key()) && !ranked_.empty()) {
        std::get<Alarm>(first.key()) = now;
        ranked_.insert(std::move(first));
        continue;
      }
      const ScheduledSet& set = first.mapped();
      const CallEvent& event = set.trace->calls[set.position];
      const auto& branch = labels_.BranchOfFault(event, set.fault);
      if (branch) seen_[{event.call, labels_.SiteOf(event), branch->outcome}] = true;
      return std::move(first.mapped());
    }
  }
  if (order_ == Order::kRandom) {
    std::swap(waiting_[random_() % waiting_.size()], waiting_.back());
  }
  ScheduledSet set;
  if (order_ == Order::kFifo) {
    set = std::move(waiting_.front());
    waiting_.pop_front();
  } else {
    set = std::move(waiting_.back());
    waiting_.pop_back();
  }
  return set;
}

std::vector<ScheduledSet> Schedule::TakeAll() {
  std::vector<ScheduledSet> sets;
  sets.reserve(size());
  while (!empty()) sets.push_back(Pop());
  return sets;
}

Schedule::Alarm Schedule::AlarmOf(const ScheduledSet& set) {
  const CallEvent& event = set.trace->calls[set.position];
  const auto& branch = labels_.BranchOfFault(event, set.fault);
  if (!branch || branch->kind == Outcome::Kind::kUnknown) return Alarm::kUnknown;
  if (!branch->handled || branch->kind == Outcome::Kind::kEscapes ||
      branch->kind == Outcome::Kind::kTerminates) {
    return Alarm::kNobodyTakesIt;
  }
  const auto seen = seen_.find({event.call, labels_.SiteOf(event), branch->outcome});
  return seen == seen_.end() ? Alarm::kNotSeenYet : Alarm::kSeen;
}

}  // namespace filibuster
