// What libfilibuster-preload-poco.so, which knows nothing of POCO, has of
// libfilibuster-preload-poco-hooks.so, which is linked with it and loaded only where it is.
#pragma once

namespace filibuster {

// HTTPClientSession::sendRequest, peekResponse and receiveResponse. References are pointers here.
using PocoSend = void*(void* session, void* request);
using PocoPeek = bool(void* session, void* response);
using PocoReceive = void*(void* session, void* response);

struct PocoHooks {
  void* (*send)(PocoSend* next, void* session, void* request);
  bool (*peek)(PocoPeek* next, void* session, void* response);
  void* (*receive)(PocoReceive* next, void* session, void* response);
  void (*session_ends)(const void* session);
  // Of a server's HTTPServerRequestImpl, and of any HTTPResponse.
  void (*request_begins)(const void* request);
  void (*response_is_sent)(const void* response);
  void (*request_ends)();
};

}  // namespace filibuster
