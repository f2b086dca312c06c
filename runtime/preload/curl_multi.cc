#include "runtime/preload/curl_multi.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <set>
#include <unordered_map>

#include "runtime/forks.h"
#include "runtime/preload/curl_call.h"
#include "runtime/preload/curl_handle.h"

namespace filibuster {
namespace {

// One that ever had such a call. As libcurl has it, one thread uses it at a time.
struct Multi {
  std::set<const CURL*> first;   // make the first transfer
  std::deque<CURLMsg> messages;  // read while looking for its end
  CURLMsg given{};               // to the service, which reads it until it asks again
};

using Multis = std::unordered_map<CURLM*, Multi>;

ForkMutex multis_mutex;
Multis* multis = nullptr;  // guarded by multis_mutex; never destroyed: calls may be made while the
                           // program ends
std::atomic<bool> any_multi = false;  // then they are made

// A child process starts with the mutex as its parent's one thread finds it.
[[maybe_unused]] const int follows_forks =
    ::pthread_atfork([] { multis_mutex.BeforeFork(); }, [] { multis_mutex.AfterFork(); },
                     [] { multis_mutex.AfterFork(); });

// Null if it never had such a call.
Multi* Find(CURLM* multi) {
  if (!any_multi) return nullptr;
  const std::lock_guard<ForkMutex> lock(multis_mutex);
  const auto found = multis->find(multi);
  return found == multis->end() ? nullptr : &found->second;
}

// The second transfer of a call whose first one has ended.
bool BeginSecond(CURLM* multi, CURL* easy) noexcept {
  RealLibcurl().multi_remove(multi, easy);
  try {
    CurlHandle* const handle = FindHandle(easy);
    if (handle != nullptr && handle->call != nullptr) handle->call->GoOn();
  } catch (...) {
    return false;
  }
  return RealLibcurl().multi_add(multi, easy) == CURLM_OK;
}

}  // namespace

void FollowFirst(CURLM* multi, CURL* easy) {
  const std::lock_guard<ForkMutex> lock(multis_mutex);
  if (multis == nullptr) multis = new Multis;
  (*multis)[multi].first.insert(easy);
  any_multi = true;
}

int GoOnAfterFirst(CURLM* multi) {
  Multi* const known = Find(multi);
  if (known == nullptr || (known->first.empty() && known->messages.empty())) return 0;
  int begun = 0;
  while (true) {
    // Its place is made first: libcurl tells of each transfer once.
    CURLMsg& kept = known->messages.emplace_back();
    int left = 0;
    const CURLMsg* const message = RealLibcurl().multi_info_read(multi, &left);
    if (message != nullptr) kept = *message;
    const bool is_first = message != nullptr && known->first.erase(kept.easy_handle) != 0;
    const bool goes_on = is_first && BeginSecond(multi, kept.easy_handle);
    // Libcurl will not tell of it, and the service waits: the call ends here, as planned.
    if (is_first && !goes_on) kept.data.result = CURLE_FAILED_INIT;  // which Finish() changes
    if (message == nullptr || goes_on) known->messages.pop_back();
    if (message == nullptr) return begun;
    begun += goes_on ? 1 : 0;
  }
}

CURLMsg* ReadMessage(CURLM* multi, int* messages_left) {
  GoOnAfterFirst(multi);
  Multi* const known = Find(multi);
  if (known == nullptr || known->messages.empty()) {
    return RealLibcurl().multi_info_read(multi, messages_left);
  }
  known->given = known->messages.front();
  known->messages.pop_front();
  *messages_left = static_cast<int>(known->messages.size());
  return &known->given;
}

void ForgetHandle(CURLM* multi, const CURL* easy) {
  Multi* const known = Find(multi);
  if (known == nullptr) return;
  known->first.erase(easy);
  auto& messages = known->messages;
  messages.erase(std::remove_if(messages.begin(), messages.end(),
                                [&](const CURLMsg& it) { return it.easy_handle == easy; }),
                 messages.end());
}

void ForgetMulti(CURLM* multi) {
  if (!any_multi) return;
  const std::lock_guard<ForkMutex> lock(multis_mutex);
  multis->erase(multi);
}

}  // namespace filibuster
