#include "runtime/preload/curl_multi.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/forks.h"
#include "runtime/preload/curl_call.h"
#include "runtime/preload/curl_handle.h"
#include "runtime/guarded.h"

namespace filibuster {
namespace {

// The end of a first transfer, if another handle makes the second one.
struct PassedOn {
  CURL* by = nullptr;
  CURLMsg first_end{};
};

// One that ever had such a call. As libcurl has it, one thread uses it at a time.
struct Multi {
  std::map<const CURL*, PassedOn> followed;  // their end is not for the service, or not yet
  std::vector<CURLMsg> messages;             // read while looking for it
  CURLMsg given{};                           // to the service, which reads it until it asks again
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
bool BeginSecond(CURLM* multi, CURL* easy, CurlCall* call) {
  RealLibcurl().multi_remove(multi, easy);
  return Guarded([&] { call->GoOn(); }) && RealLibcurl().multi_add(multi, easy) == CURLM_OK;
}

// By a handle of its own, so that the service's one is asked of the first.
bool BeginPassingOn(CURLM* multi, CurlCall* call, CURLMsg* message) {
  CURL* const passes_on = call->BeginPassingOn(&message->data.result);
  if (passes_on == nullptr) return false;
  if (RealLibcurl().multi_add(multi, passes_on) == CURLM_OK) return true;
  if (message->data.result == CURLE_OK) message->data.result = CURLE_WRITE_ERROR;
  return false;
}

// Whether the call that libcurl says has ended goes on by another transfer. Otherwise `message` is
// what the service is told.
bool GoesOn(CURLM* multi, Multi* known, CURLMsg* message) {
  auto& followed = known->followed;
  const auto first = followed.find(message->easy_handle);
  if (first != followed.end()) {
    CurlCall* const call = CallOf(message->easy_handle);
    if (call != nullptr && call->transforms()) {
      const bool goes_on = BeginPassingOn(multi, call, message);
      if (goes_on) first->second = {call->passing_on(), *message};
      if (!goes_on) followed.erase(first);
      return goes_on;
    }
    followed.erase(first);
    if (call == nullptr || !call->calls_first()) return false;
    if (BeginSecond(multi, message->easy_handle, call)) return true;
    // Libcurl will not tell of it, and the service waits: the call ends here, as planned.
    message->data.result = CURLE_FAILED_INIT;  // which Finish() changes
    return false;
  }
  const auto passed_on = std::find_if(followed.begin(), followed.end(), [&](const auto& it) {
    return it.second.by == message->easy_handle;
  });
  if (passed_on == followed.end()) return false;
  RealLibcurl().multi_remove(multi, message->easy_handle);
  const CURLcode result = message->data.result;
  *message = passed_on->second.first_end;
  if (message->data.result == CURLE_OK) message->data.result = result;
  followed.erase(passed_on);
  return false;
}

// libcurl tells of each transfer once: there is to be a place for it first.
bool HasRoom(std::vector<CURLMsg>* messages) {
  if (messages->size() < messages->capacity()) return true;
  return Guarded([&] { messages->reserve(2 * messages->size() + 4); });
}

}  // namespace

void FollowFirst(CURLM* multi, CURL* easy) {
  const std::lock_guard<ForkMutex> lock(multis_mutex);
  if (multis == nullptr) multis = new Multis;
  (*multis)[multi].followed[easy] = {};
  any_multi = true;
}

int GoOnAfterFirst(CURLM* multi) {
  Multi* const known = Find(multi);
  if (known == nullptr || (known->followed.empty() && known->messages.empty())) return 0;
  int begun = 0;
  while (HasRoom(&known->messages)) {
    int left = 0;
    const CURLMsg* const read = RealLibcurl().multi_info_read(multi, &left);
    if (read == nullptr) break;
    CURLMsg message = *read;
    if (GoesOn(multi, known, &message)) {
      ++begun;
    } else {
      known->messages.push_back(message);
    }
  }
  return begun;
}

CURLMsg* ReadMessage(CURLM* multi, int* messages_left) {
  GoOnAfterFirst(multi);
  Multi* const known = Find(multi);
  if (known == nullptr || known->messages.empty()) {
    return RealLibcurl().multi_info_read(multi, messages_left);
  }
  known->given = known->messages.front();
  known->messages.erase(known->messages.begin());
  *messages_left = static_cast<int>(known->messages.size());
  return &known->given;
}

void ForgetHandle(CURLM* multi, const CURL* easy) {
  Multi* const known = Find(multi);
  if (known == nullptr) return;
  if (const auto followed = known->followed.find(easy); followed != known->followed.end()) {
    if (followed->second.by != nullptr) RealLibcurl().multi_remove(multi, followed->second.by);
    known->followed.erase(followed);
  }
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
