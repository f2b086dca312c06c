// POCO's HTTP clients and servers: in front of the two functions that every request of a
// HTTPClientSession passes, of the one between them that asks whether to send its body, and of what
// makes, answers and ends a request in a server.
//
// Nothing of POCO is linked: what needs its classes is in a library of its own.
#include <string_view>

#include "runtime/preload/loaded_hooks.h"
#include "runtime/preload/next_function.h"
#include "runtime/preload/poco_hooks.h"

namespace filibuster {
namespace {

LoadedHooks<PocoHooks> the_hooks("poco");

template <typename Function>
struct Next : KnownFunction<Function> {
  // The library whose classes look as the headers say. Any other is called as if we were not there.
  constexpr explicit Next(const char* name) : KnownFunction<Function>(name, "libPocoNet.so.80") {}

  const PocoHooks* hooks() const { return the_hooks.get(this->known()); }
};

}  // namespace
}  // namespace filibuster

using filibuster::Next;

extern "C" {

void* _ZN4Poco3Net17HTTPClientSession11sendRequestERNS0_11HTTPRequestE(void* session,
                                                                       void* request) {
  static const Next<filibuster::PocoSend> next(
      "_ZN4Poco3Net17HTTPClientSession11sendRequestERNS0_11HTTPRequestE");
  const auto* const hooks = next.hooks();
  return hooks == nullptr ? next.function(session, request)
                          : hooks->send(next.get(), session, request);
}

bool _ZN4Poco3Net17HTTPClientSession12peekResponseERNS0_12HTTPResponseE(void* session,
                                                                        void* response) {
  static const Next<filibuster::PocoPeek> next(
      "_ZN4Poco3Net17HTTPClientSession12peekResponseERNS0_12HTTPResponseE");
  const auto* const hooks = next.hooks();
  return hooks == nullptr ? next.function(session, response)
                          : hooks->peek(next.get(), session, response);
}

void* _ZN4Poco3Net17HTTPClientSession15receiveResponseERNS0_12HTTPResponseE(void* session,
                                                                            void* response) {
  static const Next<filibuster::PocoReceive> next(
      "_ZN4Poco3Net17HTTPClientSession15receiveResponseERNS0_12HTTPResponseE");
  const auto* const hooks = next.hooks();
  return hooks == nullptr ? next.function(session, response)
                          : hooks->receive(next.get(), session, response);
}

// Its destructors, of a session itself and of what is derived from one.
void _ZN4Poco3Net17HTTPClientSessionD1Ev(void* session) {
  static const Next<void(void*)> next("_ZN4Poco3Net17HTTPClientSessionD1Ev");
  if (const auto* const hooks = next.hooks()) hooks->session_ends(session);
  next.function(session);
}
void _ZN4Poco3Net17HTTPClientSessionD2Ev(void* session) {
  static const Next<void(void*)> next("_ZN4Poco3Net17HTTPClientSessionD2Ev");
  if (const auto* const hooks = next.hooks()) hooks->session_ends(session);
  next.function(session);
}

// HTTPServerRequestImpl's constructor, which reads the request's head. Its thread handles it next.
void _ZN4Poco3Net21HTTPServerRequestImplC1ERNS0_22HTTPServerResponseImplERNS0_17HTTPServerSessionEPNS0_16HTTPServerParamsE(
    void* request, void* response, void* session, void* params) {
  static const Next<void(void*, void*, void*, void*)> next(
      "_ZN4Poco3Net21HTTPServerRequestImplC1ERNS0_22HTTPServerResponseImplERNS0_17"
      "HTTPServerSessionEPNS0_16HTTPServerParamsE");
  next.function(request, response, session, params);
  if (const auto* const hooks = next.hooks()) hooks->request_begins(request);
}

// HTTPResponse::write(), which writes the head of every response.
void _ZNK4Poco3Net12HTTPResponse5writeERSo(const void* response, void* stream) {
  static const Next<void(const void*, void*)> next("_ZNK4Poco3Net12HTTPResponse5writeERSo");
  if (const auto* const hooks = next.hooks()) hooks->response_is_sent(response);
  next.function(response, stream);
}

// Its destructor, when the request has been handled.
void _ZN4Poco3Net21HTTPServerRequestImplD1Ev(void* request) {
  static const Next<void(void*)> next("_ZN4Poco3Net21HTTPServerRequestImplD1Ev");
  if (const auto* const hooks = next.hooks()) hooks->request_ends();
  next.function(request);
}

}  // extern "C"
