// The control server's side of what services put into memory (message_bag.h): it hangs up a bag for
// each test execution, and another when one is half full, and empties them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/message_bag.h"

namespace filibuster {

class Mailbox {
 public:
  // Null where the kernel has no such memory: then all messages come by HTTP.
  static std::unique_ptr<Mailbox> Make();
  ~Mailbox() { TakeDown(); }

  // For services: chance and a path, "00f1e2d3c4b5a697 /proc/17/fd/4".
  const std::string& name() const { return name_; }

  // Every id is given once.
  int NextId() { return page().next_id.fetch_add(1); }
  // All that were given are less.
  int EndOfIds() const { return page().next_id; }

  // From here on services put in what need not be answered: all but the creates of calls with the
  // execution indexes `planned`.
  void HangUp(const std::vector<std::string>& planned);
  // From here on nobody puts in anything.
  void TakeDown();
  void Empty(const MessageBag::Take& take);

 private:
  explicit Mailbox(SharedMemory memory);
  MailboxPage& page() const { return *static_cast<MailboxPage*>(memory_.data()); }
  void HangUpAnother();

  const SharedMemory memory_;
  std::string name_;
  std::string plan_;  // the first entry of each bag
  std::uint32_t last_number_ = 0;
  std::vector<std::unique_ptr<MessageBag>> bags_;  // the last one hangs, if `hangs_`
  bool hangs_ = false;
};

}  // namespace filibuster
