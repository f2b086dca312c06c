// A set of 64-bit hashes that costs one cache miss to look up, also with millions in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace filibuster {

class HashSet {
 public:
  // False: it is in already.
  bool Insert(std::uint64_t hash) {
    if (hash == kFree) return !std::exchange(has_zero_, true);
    if (2 * (size_ + 1) > slots_.size()) Grow();
    std::uint64_t& slot = Slot(hash);
    if (slot == hash) return false;
    slot = hash;
    ++size_;
    return true;
  }

 private:
  static constexpr std::uint64_t kFree = 0;

  // Where `hash` is, or would be.
  std::uint64_t& Slot(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at] != kFree && slots_[at] != hash) at = (at + 1) & mask;
    return slots_[at];
  }

  void Grow() {
    const auto old =
        std::exchange(slots_, std::vector<std::uint64_t>(slots_.empty() ? 64 : 2 * slots_.size()));
    for (const std::uint64_t hash : old) {
      if (hash != kFree) Slot(hash) = hash;
    }
  }

  std::vector<std::uint64_t> slots_;  // a power of two
  std::size_t size_ = 0;
  bool has_zero_ = false;
};

}  // namespace filibuster
