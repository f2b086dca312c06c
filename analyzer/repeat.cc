// What is done any number of times: rounds of a loop, calls of a function by an algorithm.
#include <algorithm>
#include <utility>
#include <vector>

#include "analyzer/interpreter_internal.h"

namespace filibuster {
namespace {

// Where paths under one fault stand before another round. What rounds change is not known there.
struct Head {
  State state;
  bool is_followed = false;
  int rounds = 0;
};

// Rounds that each change something else.
constexpr int kMaxRounds = 8;

}  // namespace

// Until a round changes nothing that was known. It gives the paths that may go on after each round.
Results Interpreter::Repeat(State state, const Round& round) {
  std::vector<Head> heads;
  heads.push_back({.state = std::move(state)});
  Results left;
  const auto come_round = [&](const State& now) {
    const auto head =
        std::ranges::find_if(heads, [&](const Head& one) { return HaveSameFault(one.state, now); });
    if (head == heads.end()) {
      heads.push_back({.state = now});
    } else if (Cover(head->state, now)) {
      head->is_followed = false;
    }
  };
  const auto next = [&] {
    return std::ranges::find_if(heads, [](const Head& head) { return !head.is_followed; });
  };
  for (auto head = next(); head != heads.end(); head = next()) {
    head->is_followed = true;
    if (++head->rounds > kMaxRounds) {
      head->state.memory.ForgetAll();
      if (head->rounds > kMaxRounds + 1) continue;
    }
    Results after = Join(round(head->state));
    for (const Result& result : after) come_round(result.state);
    Append(left, std::move(after));
  }
  return Join(std::move(left));
}

}  // namespace filibuster
