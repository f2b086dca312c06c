// The depth that a descent into a tree has come to.
#pragma once

namespace filibuster {

// How deep trees may be: what follows them descends into them.
inline constexpr int kMaxNesting = 256;

class Nesting {
 public:
  explicit Nesting(int& depth) : depth_(depth) { ++depth_; }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  int& depth_;
};

}  // namespace filibuster
