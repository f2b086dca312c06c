// What a control server under load has answered => what it would answer again. Its answers hold for
// as long as the connection that they came over.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "runtime/forks.h"

namespace filibuster {

class LoadAnswers {
 public:
  // The server at the other end of this connection is under load.
  void Note(std::uint64_t connection);
  // And calls with this index have no fault; one of them was given this id.
  void Note(std::uint64_t connection, const std::string& execution_index, int generated_id);

  // Whether there are any, of whatever connection.
  bool AreKnown() const { return connection_ != 0; }
  bool HoldFor(std::uint64_t connection) const {
    return connection != 0 && connection_ == connection;
  }
  // The id, if calls with this index have no fault.
  std::optional<int> Find(std::uint64_t connection, const std::string& execution_index) const;

  // Around a fork(), so that the child does not find locked what another thread had locked.
  void BeforeFork() { mutex_.BeforeFork(); }
  void AfterFork() { mutex_.AfterFork(); }

 private:
  std::atomic<std::uint64_t> connection_{0};  // of the last answer; changed under mutex_
  mutable ForkMutex mutex_;
  std::unordered_map<std::string, int> ids_;  // by execution index; guarded by mutex_
};

}  // namespace filibuster
