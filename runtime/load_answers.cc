#include "runtime/load_answers.h"

#include <mutex>

namespace filibuster {
namespace {

// Of a service whose calls have ever new indexes, the first are remembered.
constexpr size_t kMaxIndexes = 10'000;

}  // namespace

void LoadAnswers::Note(std::uint64_t connection) {
  if (connection_ == connection) return;
  const std::lock_guard<ForkMutex> lock(mutex_);
  if (connection_ > connection) return;  // a late answer
  ids_.clear();
  connection_ = connection;
}

void LoadAnswers::Note(std::uint64_t connection, const std::string& execution_index,
                       int generated_id) {
  Note(connection);
  const std::lock_guard<ForkMutex> lock(mutex_);
  if (connection_ != connection || ids_.size() == kMaxIndexes) return;
  ids_.emplace(execution_index, generated_id);
}

std::optional<int> LoadAnswers::Find(std::uint64_t connection,
                                     const std::string& execution_index) const {
  if (!HoldFor(connection)) return std::nullopt;
  const std::lock_guard<ForkMutex> lock(mutex_);
  if (connection_ != connection) return std::nullopt;
  const auto it = ids_.find(execution_index);
  return it == ids_.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace filibuster
