#include "runtime/message_bag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <thread>
#include <utility>
#include <vector>

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Kind = MessageBag::Kind;
using Outcome = MessageBag::Outcome;
using Taken = std::vector<std::pair<int, std::string>>;

constexpr std::uint64_t kKey = 0x0123456789abcdef;

class MessageBagTest : public testing::Test {
 protected:
  std::string path() const { return "/proc/self/fd/" + std::to_string(bag_->descriptor()); }

  // Ids and texts.
  Taken Take() {
    Taken taken;
    bag_->TakeUpTo(bag_->End(),
                   [&](Kind, int id, std::string_view text) { taken.emplace_back(id, text); });
    return taken;
  }

  const std::unique_ptr<MessageBag> bag_ = MessageBag::Create(kKey, 1);
};

TEST_F(MessageBagTest, GivesBackWhatWasPutInInItsOrderAndOnce) {
  const auto service = MessageBag::Open(path(), kKey, 1);
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(service->Put(Kind::kCreate, 7, "first"), Outcome::kPut);
  EXPECT_EQ(bag_->Put(Kind::kUpdate, 8, std::string(1000, 'x')), Outcome::kPut);
  EXPECT_THAT(Take(), ElementsAre(Pair(7, "first"), Pair(8, std::string(1000, 'x'))));
  EXPECT_EQ(service->Put(Kind::kUpdate, 9, ""), Outcome::kPut);
  EXPECT_THAT(Take(), ElementsAre(Pair(9, "")));
  EXPECT_THAT(Take(), IsEmpty());
}

// The thread is put aside where it has taken the place, or written how long its text is; or its
// process has died there.
TEST_F(MessageBagTest, PassesWhatIsNotThereYetAndTakesItOutLater) {
  for (const bool size_is_known : {false, true}) {
    const auto service = SharedMemory::Open(path(), MessageBag::kSize);
    ASSERT_TRUE(service);
    char* const data = static_cast<char*>(service->data());
    bag_->Put(Kind::kUpdate, 1, "before");
    auto& end = *reinterpret_cast<std::atomic<std::uint64_t>*>(data + 64);
    char* const entry = data + end.fetch_add(192);
    auto& mark = *reinterpret_cast<std::atomic<std::uint64_t>*>(entry);
    const std::string text(130, 'x');
    if (size_is_known) mark = std::uint64_t{0xf111b057} << 32 | text.size();
    bag_->Put(Kind::kUpdate, 3, "behind");
    EXPECT_THAT(Take(), ElementsAre(Pair(1, "before"), Pair(3, "behind")));
    EXPECT_THAT(Take(), IsEmpty());
    bag_->Put(Kind::kUpdate, 4, "later");
    mark = std::uint64_t{0xf111b057} << 32 | text.size();
    std::memcpy(entry + 16, text.data(), text.size());
    *reinterpret_cast<std::int32_t*>(entry + 12) = 2;
    *reinterpret_cast<std::atomic<Kind>*>(entry + 8) = Kind::kUpdate;
    EXPECT_THAT(Take(), ElementsAre(Pair(2, text), Pair(4, "later")));
  }
}

TEST_F(MessageBagTest, TakesNothingOnceItIsClosed) {
  bag_->Put(Kind::kUpdate, 1, "before");
  EXPECT_FALSE(bag_->IsDone());
  bag_->Close();
  EXPECT_FALSE(bag_->IsDone());
  EXPECT_EQ(bag_->Put(Kind::kUpdate, 2, "after"), Outcome::kClosed);
  EXPECT_THAT(Take(), ElementsAre(Pair(1, "before")));
  EXPECT_TRUE(bag_->IsDone());
}

TEST_F(MessageBagTest, TakesNothingOnceItIsFull) {
  const std::string text(size_t{1} << 20, 'x');
  int count = 0;
  while (bag_->Put(Kind::kUpdate, count, text) == Outcome::kPut) ++count;
  EXPECT_EQ(count, 15);
  EXPECT_EQ(bag_->Put(Kind::kUpdate, count, "short"), Outcome::kFull);
  EXPECT_EQ(Take().size(), 15u);
}

TEST_F(MessageBagTest, IsDoneAlsoIfSomethingDidNotFit) {
  const std::string text(size_t{7} << 20, 'x');
  while (bag_->Put(Kind::kUpdate, 1, text) == Outcome::kPut) {
  }
  EXPECT_THAT(Take(), ElementsAre(Pair(1, text), Pair(1, text)));
  bag_->Close();
  EXPECT_TRUE(bag_->IsDone());
}

// The thread was put aside between its look at whether the bag is closed and its taking a place.
TEST_F(MessageBagTest, IsDoneAlsoIfSomebodyCameTooLate) {
  const auto service = SharedMemory::Open(path(), MessageBag::kSize);
  ASSERT_TRUE(service);
  bag_->Put(Kind::kUpdate, 1, "before");
  bag_->Close();
  *reinterpret_cast<std::atomic<std::uint64_t>*>(static_cast<char*>(service->data()) + 64) += 192;
  EXPECT_THAT(Take(), ElementsAre(Pair(1, "before")));
  EXPECT_TRUE(bag_->IsDone());
}

// A service that writes where it should not ends nobody but itself.
TEST_F(MessageBagTest, IsReadAsFarAsItGoesWhateverIsInIt) {
  const auto service = SharedMemory::Open(path(), MessageBag::kSize);
  ASSERT_TRUE(service);
  char* const data = static_cast<char*>(service->data());
  auto& end = *reinterpret_cast<std::atomic<std::uint64_t>*>(data + 64);
  for (size_t place = 128; place < MessageBag::kSize; place += 8) {
    *reinterpret_cast<std::uint64_t*>(data + place) = std::uint64_t{0xf111b057} << 32 | place;
  }
  for (const size_t filled : {size_t{129}, MessageBag::kSize - 8, MessageBag::kSize, size_t{0}}) {
    end = filled;
    for (const auto& [id, text] : Take()) EXPECT_LE(text.size(), MessageBag::kSize / 2);
  }
  *reinterpret_cast<std::uint64_t*>(data + 128) = ~std::uint64_t{0};
  EXPECT_EQ(bag_->Plan(), "");
}

TEST_F(MessageBagTest, IsNotThereWhereFilesMustBeSmaller) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{MessageBag::kSize - 1, MessageBag::kSize - 1};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(MessageBag::Create(kKey, 1) == nullptr ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(MessageBagTest, IsOpenedByWhoMeansIt) {
  EXPECT_NE(MessageBag::Open(path(), kKey, 1), nullptr);
  EXPECT_EQ(MessageBag::Open(path(), kKey, 2), nullptr);
  EXPECT_EQ(MessageBag::Open(path(), kKey + 1, 1), nullptr);
  EXPECT_EQ(MessageBag::Open("/proc/self/exe", kKey, 1), nullptr);
  EXPECT_EQ(MessageBag::Open("/dev/null", kKey, 1), nullptr);
  EXPECT_EQ(MessageBag::Open("/proc/self/fd/nothing", kKey, 1), nullptr);
}

TEST_F(MessageBagTest, LosesNothingOfManyThreadsAndProcesses) {
  constexpr int kSenders = 4;
  constexpr int kMessages = 2'000;
  const auto send = [&](int sender) {
    for (int i = 0; i < kMessages; ++i) {
      if (bag_->Put(Kind::kUpdate, sender, std::to_string(i) + std::string(i % 200, 'x')) !=
          Outcome::kPut) {
        return false;
      }
    }
    return true;
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(send(0) ? 0 : 1);
  std::vector<std::thread> threads;
  for (int sender = 1; sender < kSenders; ++sender)
    threads.emplace_back([&, sender] { send(sender); });

  std::map<int, int> next;
  size_t taken = 0;
  while (taken < size_t{kSenders} * kMessages) {
    const Taken some = Take();
    taken += some.size();
    for (const auto& [sender, text] : some) {
      // Each gap belongs to one sender, who puts in nothing more before it is filled.
      const int i = next[sender]++;
      ASSERT_EQ(text, std::to_string(i) + std::string(i % 200, 'x'));
    }
    if (some.empty()) std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(Take(), IsEmpty());
}

}  // namespace
}  // namespace filibuster
