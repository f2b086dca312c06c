// What libfilibuster-preload-cpprest.so, which knows nothing of the C++ REST SDK, has of
// libfilibuster-preload-cpprest-hooks.so, which is linked with it and loaded only where it is.
#pragma once

namespace filibuster {

// As pplx::task<http_response> is returned: it cannot be copied by moving its bytes.
struct CpprestTask {
  void* members[2];
  ~CpprestTask() {}
};

// http_client::request and http_listener_impl::handle_request. A http_request that is given by
// value is given by its address, as it too has a destructor.
using CpprestRequest = CpprestTask(void* client, void* request, const void* token);
using CpprestHandle = void(void* listener, void* request);

struct CpprestHooks {
  CpprestTask (*request)(CpprestRequest* next, void* client, void* request, const void* token);
  void (*handle)(CpprestHandle* next, void* listener, void* request);
};

inline constexpr char kCpprestHooks[] = "filibuster_cpprest_hooks";

}  // namespace filibuster
