// Messages of services => the control server on the same machine, by memory that all of them have.
//
// A control server has a mailbox: a page that says which bag is hung up. Into that bag services put
// their messages, and it empties the bag. Where a message lies is the order in which senders came:
// whoever sends because of another's message comes behind it. Nobody waits for anybody, so that a
// service that crashes, or is stopped in a debugger, keeps nobody from sending; what it was
// about to put in stays a gap.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

// Pages without a name, for others of the same user to open as long as somebody has them.
class SharedMemory {
 public:
  static std::optional<SharedMemory> Create(std::size_t size);
  // Nullopt also if what is there is not of this size: no other file is to be written to.
  static std::optional<SharedMemory> Open(const std::string& path, std::size_t size);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  void* data() const { return data_; }
  int descriptor() const { return descriptor_; }  // of who created it

 private:
  SharedMemory(void* data, std::size_t size, int descriptor)
      : data_(data), size_(size), descriptor_(descriptor) {}

  void* data_;
  std::size_t size_;
  int descriptor_;
};

// What a control server shows as long as it lives.
struct MailboxPage {
  std::uint64_t key = 0;                 // chance: this page is meant
  std::atomic<std::uint64_t> bag{0};     // BagName of the one that is hung up; 0: none is
  std::atomic<std::int32_t> next_id{0};  // generated_id of the next call, whoever is told it
};

inline constexpr std::size_t kMailboxSize = 4096;

struct BagName {
  std::uint32_t number = 0;  // of the bags of a mailbox, from 1
  int descriptor = -1;       // of the control server

  static BagName Of(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word >> 32), static_cast<int>(word & 0xffffffff)};
  }
  std::uint64_t word() const {
    return std::uint64_t{number} << 32 | static_cast<std::uint32_t>(descriptor);
  }
};

class MessageBag {
 public:
  static constexpr std::size_t kSize = std::size_t{16} << 20;

  // kNothing: what was left of the bag where a message did not fit.
  enum class Kind : std::uint32_t { kPlan = 1, kCreate = 2, kUpdate = 3, kNothing = 4 };
  enum class Outcome { kPut, kFull, kClosed };
  using Take = std::function<void(Kind kind, int generated_id, std::string_view text)>;

  // An empty one, of the mailbox with this key.
  static std::unique_ptr<MessageBag> Create(std::uint64_t key, std::uint32_t number);
  // Null if there is another bag by now, or none that this process may open.
  static std::unique_ptr<MessageBag> Open(const std::string& path, std::uint64_t key,
                                          std::uint32_t number);

  int descriptor() const { return memory_.descriptor(); }
  // The text that was put in first.
  std::string_view Plan() const;

  // `generated_id`: of a create.
  Outcome Put(Kind kind, int generated_id, std::string_view text);
  // From here on nothing is put in; by who empties it.
  void Close();

  // How far it is filled, with what is just being put in.
  std::uint64_t End() const;
  // Takes out what was put in before `end`, in its order, and was not taken out before.
  void TakeUpTo(std::uint64_t end, const Take& take);
  // Whether it is closed, and nothing will be found in it any more.
  bool IsDone() const;

 private:
  struct Head;
  struct Entry;
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };

  explicit MessageBag(SharedMemory memory);
  Head& head() const { return *static_cast<Head*>(memory_.data()); }
  Entry& At(std::uint64_t place) const;
  void Spoil(std::uint64_t begin);
  std::uint64_t Filled(std::uint64_t end) const;
  void TakeFrom(Range range, const Take& take, std::vector<Range>* gaps);

  const SharedMemory memory_;
  bool is_closed_ = false;
  std::uint64_t limit_ = kSize;  // of what was put in: behind it lies what came too late
  std::uint64_t taken_;          // up to here, but for the gaps
  std::vector<Range> gaps_;      // where something was about to be put in
};

}  // namespace filibuster
