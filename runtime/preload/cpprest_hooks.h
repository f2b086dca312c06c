// What libfilibuster-preload-cpprest.so, which knows nothing of the C++ REST SDK, has of
// libfilibuster-preload-cpprest-hooks.so, which is linked with it and loaded only where it is.
#pragma once

namespace filibuster {

// As pplx::task<http_response> is returned: it cannot be copied by moving its bytes.
struct CpprestTask {
  void* members[2];
  ~CpprestTask() {}
};

// http_client::request, http_listener_impl::handle_request and _http_request::_reply_impl. A
// http_request or http_response that is given by value is given by its address, as it too has a
// destructor.
using CpprestRequest = CpprestTask(void* client, void* request, const void* token);
using CpprestHandle = void(void* listener, void* request);
using CpprestReply = CpprestTask(void* request, void* response);

struct CpprestHooks {
  CpprestTask (*request)(CpprestRequest* next, void* client, void* request, const void* token);
  void (*handle)(CpprestHandle* next, void* listener, void* request);
  void (*reply)(const void* response);  // is about to be sent
};

}  // namespace filibuster
