#include "runtime/preload/curl_handle.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "runtime/forks.h"
#include "runtime/preload/curl_call.h"
#include "runtime/preload/next_function.h"

namespace filibuster {
namespace {

static_assert(sizeof(long) == sizeof(void*) && sizeof(curl_off_t) == sizeof(void*));

using Handles = std::unordered_map<CURL*, std::unique_ptr<CurlHandle>>;

ForkMutex handles_mutex;
Handles* handles = nullptr;  // guarded by handles_mutex; never destroyed: calls may be made while
                             // the program ends

// A child process starts with the mutex as its parent's one thread finds it.
[[maybe_unused]] const int follows_forks =
    ::pthread_atfork([] { handles_mutex.BeforeFork(); }, [] { handles_mutex.AfterFork(); },
                     [] { handles_mutex.AfterFork(); });

// The mutex is held.
Handles& TheHandles() {
  if (handles == nullptr) handles = new Handles;
  return *handles;
}

template <typename Function>
void Load(const char* name, Function* function) {
  *function = NextFunction<std::remove_pointer_t<Function>>(name, "libcurl.so.4");
}

// Seconds and milliseconds are one setting: the last one counts.
constexpr CurlHandle::Value kMillisecondsPerSecond = 1000;

}  // namespace

// Without a guarded static: a child process would wait for a thread that it does not have.
const Libcurl& RealLibcurl() {
  static std::atomic<const Libcurl*> real = nullptr;
  if (const Libcurl* const known = real.load(std::memory_order_acquire)) return *known;
  auto functions = std::make_unique<Libcurl>();
  Load("curl_easy_setopt", &functions->setopt);
  Load("curl_easy_getinfo", &functions->getinfo);
  Load("curl_easy_init", &functions->easy_init);
  Load("curl_easy_perform", &functions->perform);
  Load("curl_easy_pause", &functions->pause);
  Load("curl_easy_strerror", &functions->strerror);
  Load("curl_slist_append", &functions->slist_append);
  Load("curl_slist_free_all", &functions->slist_free_all);
  Load("curl_url_get", &functions->url_get);
  Load("curl_free", &functions->free);
  Load("curl_easy_reset", &functions->reset);
  Load("curl_easy_duphandle", &functions->duphandle);
  Load("curl_easy_cleanup", &functions->cleanup);
  Load("curl_multi_add_handle", &functions->multi_add);
  Load("curl_multi_remove_handle", &functions->multi_remove);
  Load("curl_multi_info_read", &functions->multi_info_read);
  Load("curl_multi_perform", &functions->multi_perform);
  Load("curl_multi_socket_action", &functions->multi_socket_action);
  Load("curl_multi_cleanup", &functions->multi_cleanup);
  const Libcurl* first = nullptr;
  return real.compare_exchange_strong(first, functions.get()) ? *functions.release() : *first;
}

CurlHandle::CurlHandle(CURL* easy) : easy_(easy) {}

// The call puts back what the service has set, which must still be known.
CurlHandle::~CurlHandle() { call.reset(); }

CurlHandle::Value CurlHandle::Get(CURLoption option) const {
  const auto it = set_.find(option);
  if (it != set_.end()) return it->second;
  const auto text = texts_.find(option);
  if (text != texts_.end()) return reinterpret_cast<Value>(text->second.c_str());
  return option == CURLOPT_WRITEDATA ? reinterpret_cast<Value>(stdout) : 0;
}

std::string CurlHandle::Url() const {
  auto* const parsed = GetPointer<CURLU*>(CURLOPT_CURLU);
  if (parsed == nullptr) {
    const auto* const set = GetPointer<const char*>(CURLOPT_URL);
    return set == nullptr ? "" : set;
  }
  char* text = nullptr;
  if (RealLibcurl().url_get(parsed, CURLUPART_URL, &text, 0) != CURLUE_OK) return "";
  const std::string url = text;
  RealLibcurl().free(text);
  return url;
}

size_t CurlHandle::PassOn(char* data, size_t size, size_t count) const {
  auto* const theirs = GetPointer<curl_write_callback>(CURLOPT_WRITEFUNCTION);
  auto* const to = GetPointer<void*>(CURLOPT_WRITEDATA);
  return theirs != nullptr ? theirs(data, size, count, to)
                           : std::fwrite(data, size, count, static_cast<std::FILE*>(to));
}

bool CurlHandle::ReportsProgress() const {
  const auto off = set_.find(CURLOPT_NOPROGRESS);
  return off != set_.end() && off->second == 0 &&
         (Get(CURLOPT_XFERINFOFUNCTION) != 0 || Get(CURLOPT_PROGRESSFUNCTION) != 0);
}

int CurlHandle::TellProgress() const {
  const auto size = [&](CURLINFO info) {
    curl_off_t bytes = 0;
    RealLibcurl().getinfo(easy_, info, &bytes);
    return std::max<curl_off_t>(bytes, 0);  // -1: not known
  };
  const curl_off_t down_of = size(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
  const curl_off_t down = size(CURLINFO_SIZE_DOWNLOAD_T);
  const curl_off_t up_of = size(CURLINFO_CONTENT_LENGTH_UPLOAD_T);
  const curl_off_t up = size(CURLINFO_SIZE_UPLOAD_T);
  auto* const to = GetPointer<void*>(CURLOPT_XFERINFODATA);
  if (auto* const theirs = GetPointer<curl_xferinfo_callback>(CURLOPT_XFERINFOFUNCTION)) {
    return theirs(to, down_of, down, up_of, up);
  }
  auto* const theirs = GetPointer<curl_progress_callback>(CURLOPT_PROGRESSFUNCTION);
  return theirs(to, static_cast<double>(down_of), static_cast<double>(down),
                static_cast<double>(up_of), static_cast<double>(up));
}

void CurlHandle::Remember(CURLoption option, Value value) {
  switch (option) {
    case CURLOPT_PROTOCOLS:  // the same setting as the one below: the last one counts
      texts_.erase(CURLOPT_PROTOCOLS_STR);
      set_[option] = value;
      break;
    case CURLOPT_PROTOCOLS_STR:
      set_.erase(CURLOPT_PROTOCOLS);
      [[fallthrough]];
    case CURLOPT_URL:
      if (const auto* const text = reinterpret_cast<const char*>(value)) {
        texts_[option] = text;
      } else {
        texts_.erase(option);
      }
      break;
    case CURLOPT_HTTPGET:  // each of them ends what CURLOPT_NOBODY began
    case CURLOPT_POST:
    case CURLOPT_UPLOAD:
    case CURLOPT_MIMEPOST:
      if (value != 0) set_.erase(CURLOPT_NOBODY);
      set_[option] = value;
      break;
    case CURLOPT_TIMEOUT:
      set_[CURLOPT_TIMEOUT_MS] = value * kMillisecondsPerSecond;
      break;
    case CURLOPT_CONNECTTIMEOUT:
      set_[CURLOPT_CONNECTTIMEOUT_MS] = value * kMillisecondsPerSecond;
      break;
    default:
      set_[option] = value;
  }
}

void CurlHandle::ForgetAll() {
  set_.clear();
  texts_.clear();
  pretence = {};
}

void CurlHandle::CopyTo(CurlHandle* other) const {
  other->set_ = set_;
  other->texts_ = texts_;
}

void CurlHandle::Override(CURLoption option, Value value) {
  overridden_[option] = value;
  RealLibcurl().setopt(easy_, option, value);
}

void CurlHandle::Restore() {
  RestoreIn(easy_);
  overridden_.clear();
}

void CurlHandle::RestoreIn(CURL* duplicate) const {
  for (const auto& [option, value] : overridden_) {
    RealLibcurl().setopt(duplicate, option, Get(option));
  }
}

CurlHandle& HandleOf(CURL* easy) {
  const std::lock_guard<ForkMutex> lock(handles_mutex);
  auto& handle = TheHandles()[easy];
  if (handle == nullptr) handle = std::make_unique<CurlHandle>(easy);
  return *handle;
}

CurlHandle* FindHandle(CURL* easy) {
  const std::lock_guard<ForkMutex> lock(handles_mutex);
  const auto it = TheHandles().find(easy);
  return it == handles->end() ? nullptr : it->second.get();
}

CurlCall* CallOf(CURL* easy) {
  const CurlHandle* const handle = FindHandle(easy);
  return handle == nullptr ? nullptr : handle->call.get();
}

void DropHandle(CURL* easy) {
  std::unique_ptr<CurlHandle> dropped;  // destroyed after the mutex is free: its call reports
  const std::lock_guard<ForkMutex> lock(handles_mutex);
  const auto it = TheHandles().find(easy);
  if (it == handles->end()) return;
  dropped = std::move(it->second);
  handles->erase(it);
}

}  // namespace filibuster
