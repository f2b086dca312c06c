// body that was kept back until all of it was there => the service's callback gets it
//
// In a transfer of its own, which libcurl makes from a peer on loopback that says a single byte for
// all of it. So a callback may pause, refuse or throw, and a progress callback is asked meanwhile,
// as with any other body: by libcurl itself. What the service asks of its own handle is still of
// the transfer that got the body.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/preload/curl_handle.h"
#include "runtime/preload/failing_peer.h"

namespace filibuster {

class CurlKeptBody {
 public:
  explicit CurlKeptBody(CurlHandle& handle);

  std::string& text() { return text_; }

  // All that is left of it, to the service's callback; what that does not take is still there. 0,
  // or what the callback said of it.
  std::size_t PassOn();

  // The transfer that does so, to be made by the interface that the call is made by. Null if there
  // is no memory. It ends with the kept body. `error` takes its text.
  CURL* BeginTransfer(char* error);
  // Null if it has not begun.
  CURL* transfer() const { return has_begun_ ? easy_.get() : nullptr; }

 private:
  static std::size_t Write(char* data, std::size_t size, std::size_t count, void* body);
  static int Progress(void* body, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static curl_socket_t OpenSocket(void* body, curlsocktype, curl_sockaddr* address) noexcept;
  static int Trace(CURL*, curl_infotype type, char* data, std::size_t size, void* body) noexcept;

  struct Cleanup {
    void operator()(CURL* easy) const { RealLibcurl().cleanup(easy); }
  };

  CurlHandle& handle_;
  std::string text_;
  FailingPeer peer_;
  std::unique_ptr<CURL, Cleanup> easy_;  // before there is anything to lose for want of memory
  bool has_begun_ = false;
};

}  // namespace filibuster
