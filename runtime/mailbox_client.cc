#include "runtime/mailbox_client.h"

#include <charconv>
#include <mutex>
#include <utility>

#include "runtime/protocol.h"

namespace filibuster {
namespace {

constexpr std::string_view kDescriptors = "/proc/";

}  // namespace

// With what its first entry says.
struct MailboxClient::Bag {
  std::shared_ptr<SharedMemory> page;
  std::unique_ptr<MessageBag> messages;
  std::unordered_set<std::string> planned;

  static std::shared_ptr<Bag> Open(std::shared_ptr<SharedMemory> page, const std::string& directory,
                                   BagName name) {
    const auto key = static_cast<MailboxPage*>(page->data())->key;
    auto messages = MessageBag::Open(directory + std::to_string(name.descriptor), key, name.number);
    if (messages == nullptr) return nullptr;
    const Json plan = Json::parse(messages->Plan(), nullptr, /*allow_exceptions=*/false);
    if (!plan.is_array()) return nullptr;
    auto bag = std::make_shared<Bag>();
    for (const Json& index : plan) {
      if (!index.is_string()) return nullptr;
      bag->planned.insert(index.get<std::string>());
    }
    bag->page = std::move(page);
    bag->messages = std::move(messages);
    return bag;
  }
};

void MailboxClient::Note(std::uint64_t connection, const std::string& name) {
  if (connection_ >= connection) return;  // known, or a late answer
  const std::lock_guard<ForkMutex> lock(mutex_);
  if (connection_ >= connection) return;
  if (name != name_ || page_ == nullptr) {
    name_ = name;
    bag_.reset();
    bag_word_ = 0;
    page_.reset();
    const size_t path = name.find(' ') + 1;  // 0: none
    std::uint64_t key = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), key, 16);
    if (path == 0 || read.ptr != name.data() + path - 1 ||
        name.compare(path, kDescriptors.size(), kDescriptors) != 0) {
      return;
    }
    directory_ = name.substr(path, name.rfind('/') + 1 - path);
    auto memory = SharedMemory::Open(name.substr(path), kMailboxSize);
    if (!memory || static_cast<MailboxPage*>(memory->data())->key != key) return;
    page_ = std::make_shared<SharedMemory>(*std::move(memory));
  }
  connection_ = connection;
}

std::shared_ptr<MailboxClient::Bag> MailboxClient::CurrentBag(std::uint64_t connection) {
  const std::lock_guard<ForkMutex> lock(mutex_);
  if (connection_ != connection) return nullptr;
  const std::uint64_t word = static_cast<MailboxPage*>(page_->data())->bag;
  if (word != bag_word_) {
    bag_word_ = word;
    bag_ = word == 0 ? nullptr : Bag::Open(page_, directory_, BagName::Of(word));
  }
  return bag_;
}

std::optional<int> MailboxClient::Create(std::uint64_t connection,
                                         const std::string& execution_index,
                                         std::string_view text) {
  int generated_id = 0;
  const Outcome outcome =
      Put(connection, MessageBag::Kind::kCreate, text, &execution_index, &generated_id);
  return outcome == Outcome::kPut ? std::optional(generated_id) : std::nullopt;
}

MailboxClient::Outcome MailboxClient::Report(std::uint64_t connection, std::string_view text) {
  return Put(connection, MessageBag::Kind::kUpdate, text, nullptr, nullptr);
}

MailboxClient::Outcome MailboxClient::Put(std::uint64_t connection, MessageBag::Kind kind,
                                          std::string_view text, const std::string* execution_index,
                                          int* generated_id) {
  if (connection == 0 || connection_ != connection) return Outcome::kNoBag;
  constexpr int kTries = 3;  // a bag is closed when another hangs, or none
  for (int i = 0; i < kTries; ++i) {
    const std::shared_ptr<Bag> bag = CurrentBag(connection);
    if (bag == nullptr) return Outcome::kNoBag;
    int id = 0;
    if (execution_index != nullptr) {
      if (bag->planned.count(*execution_index) != 0) return Outcome::kFull;
      id = *generated_id = static_cast<MailboxPage*>(bag->page->data())->next_id.fetch_add(1);
    }
    switch (bag->messages->Put(kind, id, text)) {
      case MessageBag::Outcome::kPut:
        return Outcome::kPut;
      case MessageBag::Outcome::kFull:
        return Outcome::kFull;
      case MessageBag::Outcome::kClosed:
        break;
    }
  }
  return Outcome::kFull;
}

}  // namespace filibuster
