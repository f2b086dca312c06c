// libcurl's functions, in front of libcurl's own: each call by the easy and the multi interface is
// one of ours. Preloaded; a program may link it before libcurl just as well.
//
// Nothing of ours may be thrown through libcurl's C, or change errno; what the service's callbacks
// throw, or a thread that ends in one, passes through. While injection is off, each function does
// nothing but call the real one.
#include <curl/curl.h>

#include <cstdarg>
#include <memory>
#include <utility>

#include "filibuster/injector.h"
#include "runtime/preload/curl_call.h"
#include "runtime/preload/curl_handle.h"
#include "runtime/preload/curl_multi.h"
#include "runtime/guarded.h"
#include "runtime/preload/next_function.h"

#undef curl_multi_setopt

namespace filibuster {
namespace {

// libcurl's easy interface uses its multi interface, by these same functions: a handle that has a
// call is not asked about again.
bool HasCall(CURL* easy) noexcept {
  bool has_call = false;
  Guarded([&] {
    CurlHandle* const handle = FindHandle(easy);
    has_call = handle != nullptr && (handle->preparing || handle->call != nullptr);
  });
  return has_call;
}

// Prepares the call that a handle is set for.
void Begin(CURL* easy, CurlCall::Interface interface) noexcept {
  if (HasCall(easy)) return;
  CurlHandle* handle = nullptr;
  Guarded([&] {
    handle = FindHandle(easy);
    if (handle == nullptr) return;
    handle->preparing = true;
    handle->call = CurlCall::Begin(*handle, interface);
  });
  if (handle != nullptr) handle->preparing = false;
}

CURLcode Finish(CURL* easy, CURLcode result, CurlCall::Interface interface) noexcept {
  Guarded([&] {
    CurlHandle* const handle = FindHandle(easy);
    if (handle == nullptr || handle->call == nullptr || handle->call->interface() != interface) {
      return;
    }
    const std::unique_ptr<CurlCall> call = std::move(handle->call);
    call->Finish(&result);
  });
  return result;
}

// Nobody will hear how the call ended.
void Abandon(CURL* easy, CurlCall::Interface interface) noexcept {
  Guarded([&] {
    CurlHandle* const handle = FindHandle(easy);
    if (handle == nullptr || handle->call == nullptr) return;
    if (handle->call->interface() == interface) handle->call.reset();
  });
}

// The transfers of one call by the easy interface.
CURLcode Perform(CURL* easy) {
  const auto perform = RealLibcurl().perform;
  CurlCall* const call = CallOf(easy);
  if (call == nullptr) return perform(easy);
  if (call->calls_first()) {
    perform(easy);
    if (!Guarded([&] { call->GoOn(); })) return CURLE_FAILED_INIT;
  }
  const CURLcode result = perform(easy);
  if (!call->transforms()) return result;
  CURLcode ended = result;
  CURL* const passes_on = call->BeginPassingOn(&ended);
  if (passes_on == nullptr) return ended;
  const CURLcode passed_on = perform(passes_on);
  return ended == CURLE_OK ? passed_on : ended;
}

void Pretend(const CurlHandle::Pretence& pretence, CURLINFO info, void* to) {
  if (!pretence.https_url.empty()) {
    if (info == CURLINFO_EFFECTIVE_URL) {
      *static_cast<const char**>(to) = pretence.https_url.c_str();
    } else if (info == CURLINFO_SCHEME) {  // in the letters of this libcurl
      auto** const scheme = static_cast<const char**>(to);
      if (*scheme != nullptr) *scheme = **scheme == 'H' ? "HTTPS" : "https";
    } else if (info == CURLINFO_PROTOCOL) {
      *static_cast<long*>(to) = CURLPROTO_HTTPS;
    }
  }
  if (info == CURLINFO_TOTAL_TIME && pretence.seconds != 0) {
    *static_cast<double*>(to) = pretence.seconds;
  } else if (info == CURLINFO_TOTAL_TIME_T && pretence.seconds != 0) {
    *static_cast<curl_off_t*>(to) = static_cast<curl_off_t>(pretence.seconds * 1e6);
  } else if (info == CURLINFO_PRIMARY_PORT && pretence.port != 0) {
    *static_cast<long*>(to) = pretence.port;
  } else if (info == CURLINFO_PRIMARY_IP && !pretence.ip.empty()) {
    *static_cast<const char**>(to) = pretence.ip.c_str();
  }
}

}  // namespace
}  // namespace filibuster

using filibuster::CurlCall;
using filibuster::CurlHandle;
using filibuster::InjectionEnabled;
using filibuster::RealLibcurl;

extern "C" {

CURLcode curl_easy_setopt(CURL* easy, CURLoption option, ...) {
  std::va_list arguments;
  va_start(arguments, option);
  const auto value = va_arg(arguments, CurlHandle::Value);
  va_end(arguments);
  const CURLcode result = RealLibcurl().setopt(easy, option, value);
  if (result == CURLE_OK && InjectionEnabled()) {
    filibuster::Guarded([&] { filibuster::HandleOf(easy).Remember(option, value); });
  }
  return result;
}

CURLcode curl_easy_getinfo(CURL* easy, CURLINFO info, ...) {
  std::va_list arguments;
  va_start(arguments, info);
  void* const to = va_arg(arguments, void*);
  va_end(arguments);
  const CURLcode result = RealLibcurl().getinfo(easy, info, to);
  if (result != CURLE_OK || !InjectionEnabled()) return result;
  filibuster::Guarded([&] {
    const CurlHandle* const handle = filibuster::FindHandle(easy);
    if (handle != nullptr) filibuster::Pretend(handle->pretence, info, to);
  });
  return result;
}

CURLcode curl_easy_perform(CURL* easy) {
  if (!InjectionEnabled() || filibuster::HasCall(easy)) return RealLibcurl().perform(easy);
  constexpr auto kEasy = CurlCall::Interface::kEasy;
  filibuster::Begin(easy, kEasy);
  try {
    return filibuster::Finish(easy, filibuster::Perform(easy), kEasy);
  } catch (...) {  // of a callback of the service's, or its thread ends there
    filibuster::Abandon(easy, kEasy);
    throw;
  }
}

CURLcode curl_easy_pause(CURL* easy, int what) {
  CURL* passes_on = nullptr;
  if (InjectionEnabled()) {
    filibuster::Guarded([&] {
      const CurlCall* const call = filibuster::CallOf(easy);
      if (call != nullptr) passes_on = call->passing_on();
    });
  }
  return RealLibcurl().pause(passes_on != nullptr ? passes_on : easy, what);
}

void curl_easy_reset(CURL* easy) {
  auto* const next = RealLibcurl().reset;
  next(easy);
  if (!InjectionEnabled()) return;
  filibuster::Guarded([&] {
    if (CurlHandle* const handle = filibuster::FindHandle(easy)) handle->ForgetAll();
  });
}

CURL* curl_easy_duphandle(CURL* easy) {
  auto* const next = RealLibcurl().duphandle;
  CURL* const duplicate = next(easy);
  if (duplicate == nullptr || !InjectionEnabled()) return duplicate;
  filibuster::Guarded([&] {
    const CurlHandle* const handle = filibuster::FindHandle(easy);
    if (handle == nullptr) return;
    handle->CopyTo(&filibuster::HandleOf(duplicate));
    handle->RestoreIn(duplicate);
  });
  return duplicate;
}

void curl_easy_cleanup(CURL* easy) {
  auto* const next = RealLibcurl().cleanup;
  if (InjectionEnabled()) filibuster::Guarded([&] { filibuster::DropHandle(easy); });
  next(easy);
}

CURLMcode curl_multi_add_handle(CURLM* multi, CURL* easy) {
  const auto next = RealLibcurl().multi_add;
  if (!InjectionEnabled() || filibuster::HasCall(easy)) return next(multi, easy);
  filibuster::Begin(easy, CurlCall::Interface::kMulti);
  const CURLMcode result = next(multi, easy);
  if (result != CURLM_OK) {
    filibuster::Abandon(easy, CurlCall::Interface::kMulti);
    return result;
  }
  const bool can_go_on = filibuster::Guarded([&] {
    const CurlCall* const call = filibuster::CallOf(easy);
    if (call == nullptr || !(call->calls_first() || call->transforms())) return;
    filibuster::FollowFirst(multi, easy);
  });
  if (!can_go_on) filibuster::Abandon(easy, CurlCall::Interface::kMulti);
  return result;
}

CURLMcode curl_multi_remove_handle(CURLM* multi, CURL* easy) {
  const CURLMcode result = RealLibcurl().multi_remove(multi, easy);
  if (result != CURLM_OK || !InjectionEnabled()) return result;
  filibuster::Guarded([&] { filibuster::ForgetHandle(multi, easy); });
  filibuster::Abandon(easy, CurlCall::Interface::kMulti);
  return result;
}

CURLMcode curl_multi_perform(CURLM* multi, int* running) {
  auto* const next = RealLibcurl().multi_perform;
  const CURLMcode result = next(multi, running);
  if (result == CURLM_OK && InjectionEnabled()) *running += filibuster::GoOnAfterFirst(multi);
  return result;
}

CURLMcode curl_multi_socket_action(CURLM* multi, curl_socket_t socket, int events, int* running) {
  auto* const next = RealLibcurl().multi_socket_action;
  const CURLMcode result = next(multi, socket, events, running);
  if (result == CURLM_OK && InjectionEnabled()) *running += filibuster::GoOnAfterFirst(multi);
  return result;
}

CURLMcode curl_multi_cleanup(CURLM* multi) {
  auto* const next = RealLibcurl().multi_cleanup;
  if (InjectionEnabled()) filibuster::Guarded([&] { filibuster::ForgetMulti(multi); });
  return next(multi);
}

CURLMsg* curl_multi_info_read(CURLM* multi, int* messages_left) {
  if (!InjectionEnabled()) return RealLibcurl().multi_info_read(multi, messages_left);
  CURLMsg* const message = filibuster::ReadMessage(multi, messages_left);
  if (message != nullptr && message->msg == CURLMSG_DONE) {
    message->data.result =
        filibuster::Finish(message->easy_handle, message->data.result, CurlCall::Interface::kMulti);
  }
  return message;
}

}  // extern "C"
