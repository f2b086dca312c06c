// The C++ REST SDK's clients and listeners: in front of the function that every request of a
// http_client passes, of those that every request to a http_listener and its reply pass, and of the
// one that gives work to its threads.
//
// Nothing of it is linked: what needs its classes is in a library of its own.
#include <memory>
#include <string_view>
#include <utility>

#include "filibuster/context.h"
#include "filibuster/injector.h"
#include "runtime/preload/cpprest_hooks.h"
#include "runtime/preload/loaded_hooks.h"
#include "runtime/preload/next_function.h"

namespace filibuster {
namespace {

// The library whose classes look as the headers say. Any other is called as if we were not there.
constexpr std::string_view kLibrary = "libcpprest.so.2.10";

LoadedHooks<CpprestHooks> the_hooks("cpprest");

struct Work {
  void (*function)(void*);
  void* argument;
  ContextHandle context;
};

void Run(void* data) {
  const std::unique_ptr<Work> work(static_cast<Work*>(data));
  const ContextScope scope(work->context);
  work->function(work->argument);
}

}  // namespace

// web::http::client::http_client::request(http_request, const cancellation_token&)
[[gnu::visibility("default")]] CpprestTask
Request(void* client, void* request, const void* token) __asm__(
    "_ZN3web4http6client11http_client7requestENS0_12http_requestERKN4pplx18cancellation_"
    "tokenE");
CpprestTask Request(void* client, void* request, const void* token) {
  static const KnownFunction<CpprestRequest> next(
      "_ZN3web4http6client11http_client7requestENS0_12http_requestERKN4pplx18cancellation_tokenE",
      kLibrary);
  const CpprestHooks* const hooks = the_hooks.get(next.known());
  if (hooks == nullptr) return next.function(client, request, token);
  return hooks->request(next.get(), client, request, token);
}

// http_listener_impl::handle_request(http_request)
[[gnu::visibility("default")]] void HandleRequest(void* listener, void* request) __asm__(
    "_ZN3web4http12experimental8listener7details18http_listener_impl14handle_requestENS0_12http_"
    "requestE");
void HandleRequest(void* listener, void* request) {
  static const KnownFunction<CpprestHandle> next(
      "_ZN3web4http12experimental8listener7details18http_listener_impl14handle_requestENS0_12http_"
      "requestE",
      kLibrary);
  const CpprestHooks* const hooks = the_hooks.get(next.known());
  if (hooks == nullptr) return next.function(listener, request);
  hooks->handle(next.get(), listener, request);
}

// _http_request::_reply_impl(http_response)
[[gnu::visibility("default")]] CpprestTask Reply(void* request, void* response) __asm__(
    "_ZN3web4http7details13_http_request11_reply_implENS0_13http_responseE");
CpprestTask Reply(void* request, void* response) {
  static const KnownFunction<CpprestReply> next(
      "_ZN3web4http7details13_http_request11_reply_implENS0_13http_responseE", kLibrary);
  if (const CpprestHooks* const hooks = the_hooks.get(next.known())) hooks->reply(response);
  return next.function(request, response);
}

// pplx::details::linux_scheduler::schedule(void (*)(void*), void*): what runs later, on a thread of
// a pool, goes on with the request of now, or with none.
[[gnu::visibility("default")]] void Schedule(
    void* scheduler, void (*function)(void*),
    void* argument) __asm__("_ZN4pplx7details15linux_scheduler8scheduleEPFvPvES2_");
void Schedule(void* scheduler, void (*function)(void*), void* argument) {
  using Function = void(void*, void (*)(void*), void*);
  static const KnownFunction<Function> next("_ZN4pplx7details15linux_scheduler8scheduleEPFvPvES2_",
                                            kLibrary);
  if (!next.known() || !InjectionEnabled()) return next.function(scheduler, function, argument);
  next.function(scheduler, Run, new Work{function, argument, CurrentContext()});
}

}  // namespace filibuster
