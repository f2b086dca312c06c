#include "runtime/message_bag.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace filibuster {
namespace {

constexpr std::uint64_t kClosed = std::uint64_t{1} << 63;
// What entries begin at multiples of. A gap of unknown size is passed in these steps.
constexpr std::uint64_t kStep = 64;
// At the begin of an entry, with its size. No text has it there: messages are ASCII.
constexpr std::uint64_t kMark = std::uint64_t{0xf111b057} << 32;

constexpr std::uint64_t RoundUp(std::uint64_t size) { return (size + kStep - 1) / kStep * kStep; }

// A file that is made larger than that costs the process a signal.
bool IsWithinFileLimit(std::size_t size) {
  rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && size <= limit.rlim_cur;
}

int MemoryFile() {
  constexpr unsigned kNoExecution = 8;  // MFD_NOEXEC_SEAL, which newer kernels want to be told
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  const int descriptor = ::memfd_create("filibuster", kFlags | kNoExecution);
  return descriptor < 0 && errno == EINVAL ? ::memfd_create("filibuster", kFlags) : descriptor;
}

void* Map(int descriptor, std::size_t size) {
  void* const data =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
  return data == MAP_FAILED ? nullptr : data;
}

}  // namespace

std::optional<SharedMemory> SharedMemory::Create(std::size_t size) {
  const int descriptor = IsWithinFileLimit(size) ? MemoryFile() : -1;
  if (descriptor < 0) return std::nullopt;
  void* data = nullptr;
  if (::ftruncate(descriptor, static_cast<off_t>(size)) == 0 &&
      ::fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0) {
    data = Map(descriptor, size);
  }
  if (data != nullptr) return SharedMemory(data, size, descriptor);
  ::close(descriptor);
  return std::nullopt;
}

std::optional<SharedMemory> SharedMemory::Open(const std::string& path, std::size_t size) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  void* data = nullptr;
  if (::fstat(descriptor, &found) == 0 && found.st_size == static_cast<off_t>(size)) {
    data = Map(descriptor, size);
  }
  ::close(descriptor);
  if (data == nullptr) return std::nullopt;
  return SharedMemory(data, size, -1);
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(other.size_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) ::munmap(data_, size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

struct MessageBag::Head {
  std::uint64_t key = 0;
  std::uint64_t number = 0;
  // Where the next entry goes, and kClosed.
  alignas(kStep) std::atomic<std::uint64_t> end{0};
};

struct MessageBag::Entry {
  std::atomic<std::uint64_t> mark;  // kMark and the size of the text; 0: nothing is known yet
  std::atomic<std::uint32_t> kind;  // 0: the text is not there yet
  std::int32_t generated_id;

  char* text() { return reinterpret_cast<char*>(this + 1); }
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(sizeof(MailboxPage) <= kMailboxSize);

MessageBag::MessageBag(SharedMemory memory)
    : memory_(std::move(memory)), taken_(RoundUp(sizeof(Head))) {}

std::unique_ptr<MessageBag> MessageBag::Create(std::uint64_t key, std::uint32_t number) {
  auto memory = SharedMemory::Create(kSize);
  if (!memory) return nullptr;
  Head* const head = new (memory->data()) Head;
  head->key = key;
  head->number = number;
  head->end = RoundUp(sizeof(Head));
  return std::unique_ptr<MessageBag>(new MessageBag(*std::move(memory)));
}

std::unique_ptr<MessageBag> MessageBag::Open(const std::string& path, std::uint64_t key,
                                             std::uint32_t number) {
  auto memory = SharedMemory::Open(path, kSize);
  if (!memory) return nullptr;
  std::unique_ptr<MessageBag> bag(new MessageBag(*std::move(memory)));
  const bool is_meant = bag->head().key == key && bag->head().number == number;
  return is_meant ? std::move(bag) : nullptr;
}

MessageBag::Entry& MessageBag::At(std::uint64_t place) const {
  return *reinterpret_cast<Entry*>(static_cast<char*>(memory_.data()) + place);
}

MessageBag::Outcome MessageBag::Put(Kind kind, int generated_id, std::string_view text) {
  if ((head().end.load(std::memory_order_relaxed) & kClosed) != 0) return Outcome::kClosed;
  if (text.size() > kSize / 2) return Outcome::kFull;
  const std::uint64_t size = RoundUp(sizeof(Entry) + text.size());
  const std::uint64_t begin = head().end.fetch_add(size, std::memory_order_acq_rel);
  if ((begin & kClosed) != 0) return Outcome::kClosed;
  if (begin + size > kSize) {
    if (begin < kSize) Spoil(begin);
    return Outcome::kFull;
  }
  Entry& entry = At(begin);
  entry.mark.store(kMark | text.size(), std::memory_order_release);
  entry.generated_id = generated_id;
  std::memcpy(entry.text(), text.data(), text.size());
  entry.kind.store(static_cast<std::uint32_t>(kind), std::memory_order_release);
  return Outcome::kPut;
}

// No other than that one will ever write there.
void MessageBag::Spoil(std::uint64_t begin) {
  Entry& entry = At(begin);
  entry.mark.store(kMark | (kSize - begin - sizeof(Entry)), std::memory_order_release);
  entry.kind.store(static_cast<std::uint32_t>(Kind::kNothing), std::memory_order_release);
}

std::string_view MessageBag::Plan() const {
  Entry& entry = At(RoundUp(sizeof(Head)));
  const std::uint64_t size = entry.mark & ~kMark;
  return {entry.text(), size <= kSize / 2 ? size : 0};
}

void MessageBag::Close() {
  if (!is_closed_) limit_ = Filled(head().end.fetch_or(kClosed, std::memory_order_acq_rel));
  is_closed_ = true;
}

std::uint64_t MessageBag::Filled(std::uint64_t end) const {
  return std::min(end & ~kClosed & ~(kStep - 1), limit_);
}

std::uint64_t MessageBag::End() const { return Filled(head().end.load(std::memory_order_acquire)); }

bool MessageBag::IsDone() const { return is_closed_ && taken_ >= End() && gaps_.empty(); }

void MessageBag::TakeUpTo(std::uint64_t end, const Take& take) {
  std::vector<Range> gaps;
  for (const Range& gap : gaps_) TakeFrom(gap, take, &gaps);
  if (taken_ < end) TakeFrom({taken_, end}, take, &gaps);
  taken_ = std::max(taken_, end);
  gaps_ = std::move(gaps);
}

void MessageBag::TakeFrom(Range range, const Take& take, std::vector<Range>* gaps) {
  for (std::uint64_t place = range.begin; place < range.end;) {
    Entry& entry = At(place);
    const std::uint64_t mark = entry.mark.load(std::memory_order_acquire);
    const std::uint64_t text_size = mark & ~kMark;
    const std::uint64_t size = RoundUp(sizeof(Entry) + text_size);
    const bool is_entry = (mark & kMark) == kMark && text_size <= kSize / 2;
    const std::uint64_t next = place + (is_entry ? size : kStep);
    const std::uint32_t kind = is_entry ? entry.kind.load(std::memory_order_acquire) : 0;
    if (next <= range.end && kind != 0) {
      if (kind != static_cast<std::uint32_t>(Kind::kNothing)) {
        take(static_cast<Kind>(kind), entry.generated_id, {entry.text(), text_size});
      }
    } else if (!gaps->empty() && gaps->back().end == place) {
      gaps->back().end = std::min(next, range.end);
    } else {
      gaps->push_back({place, std::min(next, range.end)});
    }
    place = next;
  }
}

}  // namespace filibuster
