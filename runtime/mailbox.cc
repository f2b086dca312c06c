#include "runtime/mailbox.h"

#include <fmt/format.h>
#include <unistd.h>

#include <new>
#include <random>
#include <utility>

#include "runtime/protocol.h"

namespace filibuster {

std::unique_ptr<Mailbox> Mailbox::Make() {
  auto memory = SharedMemory::Create(kMailboxSize);
  if (!memory) return nullptr;
  return std::unique_ptr<Mailbox>(new Mailbox(*std::move(memory)));
}

Mailbox::Mailbox(SharedMemory memory) : memory_(std::move(memory)) {
  MailboxPage* const page = new (memory_.data()) MailboxPage;
  std::random_device random;
  page->key = std::uint64_t{random()} << 32 | random();
  name_ = fmt::format("{:016x} /proc/{}/fd/{}", page->key, ::getpid(), memory_.descriptor());
}

void Mailbox::HangUp(const std::vector<std::string>& planned) {
  TakeDown();
  bags_.clear();
  plan_ = Json(planned).dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  HangUpAnother();
}

void Mailbox::HangUpAnother() {
  auto bag = MessageBag::Create(page().key, ++last_number_);
  hangs_ =
      bag != nullptr && bag->Put(MessageBag::Kind::kPlan, 0, plan_) == MessageBag::Outcome::kPut;
  page().bag = hangs_ ? BagName{last_number_, bag->descriptor()}.word() : 0;
  if (hangs_) bags_.push_back(std::move(bag));
}

void Mailbox::TakeDown() {
  page().bag = 0;
  if (hangs_) bags_.back()->Close();
  hangs_ = false;
}

void Mailbox::Empty(const MessageBag::Take& take) {
  if (bags_.empty()) return;
  // The last bag's first: what was put in there came after what is found in those before it.
  std::vector<std::uint64_t> ends(bags_.size());
  for (size_t i = bags_.size(); i-- > 0;) ends[i] = bags_[i]->End();
  for (size_t i = 0; i < bags_.size(); ++i) bags_[i]->TakeUpTo(ends[i], take);
  if (hangs_ && ends.back() > MessageBag::kSize / 2) {
    MessageBag& full = *bags_.back();
    HangUpAnother();
    full.Close();
  }
  std::erase_if(bags_, [](const auto& bag) { return bag->IsDone(); });
}

}  // namespace filibuster
