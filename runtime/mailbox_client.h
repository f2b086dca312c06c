// A service's side of the mailbox of the control server that it talks to (message_bag.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "runtime/forks.h"
#include "runtime/message_bag.h"

namespace filibuster {

class MailboxClient {
 public:
  enum class Outcome {
    kPut,
    kNoBag,  // the server wants all messages by HTTP now
    kFull,   // the same for this message alone; those before it may not have been read
  };

  // The server at the other end of this connection has a mailbox of this name.
  void Note(std::uint64_t connection, const std::string& name);
  // Whether there is any. What is known holds for as long as the connection is open.
  bool IsKnown() const { return connection_ != 0; }

  // Announces a call; its id. Nullopt if it must ask: it may be planned to fail.
  std::optional<int> Create(std::uint64_t connection, const std::string& execution_index,
                            std::string_view text);
  Outcome Report(std::uint64_t connection, std::string_view text);

  // Around a fork(), so that the child does not find locked what another thread had locked. What
  // parent and child put in is told apart by where it lies.
  void BeforeFork() { mutex_.BeforeFork(); }
  void AfterFork() { mutex_.AfterFork(); }

 private:
  struct Bag;

  std::shared_ptr<Bag> CurrentBag(std::uint64_t connection);
  Outcome Put(std::uint64_t connection, MessageBag::Kind kind, std::string_view text,
              const std::string* execution_index, int* generated_id);

  std::atomic<std::uint64_t> connection_{0};  // changed under mutex_, which guards what follows
  ForkMutex mutex_;
  std::string name_;
  std::string directory_;  // of the server's descriptors
  std::shared_ptr<SharedMemory> page_;
  std::uint64_t bag_word_ = 0;  // of bag_, also if that could not be opened
  std::shared_ptr<Bag> bag_;
};

}  // namespace filibuster
