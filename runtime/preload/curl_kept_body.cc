#include "runtime/preload/curl_kept_body.h"

#include <algorithm>

namespace filibuster {
namespace {

constexpr char kOneByte[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.";

}  // namespace

CurlKeptBody::CurlKeptBody(CurlHandle& handle)
    : handle_(handle),
      peer_(FailingPeer::Way::kAnswer, kOneByte),
      easy_(RealLibcurl().easy_init()) {}

// In parts, as libcurl would.
std::size_t CurlKeptBody::PassOn() {
  while (!text_.empty()) {
    const std::size_t size = std::min<std::size_t>(text_.size(), CURL_MAX_WRITE_SIZE);
    const std::size_t taken = handle_.PassOn(text_.data(), 1, size);
    if (taken == CURL_WRITEFUNC_PAUSE) return taken;
    if (taken != size) return CURL_WRITEFUNC_ERROR;
    text_.erase(0, size);
  }
  return 0;
}

CURL* CurlKeptBody::BeginTransfer(char* error) {
  const auto set = [&](CURLoption option, auto value) {
    return RealLibcurl().setopt(easy_.get(), option, value);
  };
  if (easy_ == nullptr || set(CURLOPT_URL, "http://127.0.0.1/") != CURLE_OK ||
      set(CURLOPT_PROXY, "") != CURLE_OK) {
    return nullptr;
  }
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_VERBOSE, 1L);
  set(CURLOPT_DEBUGFUNCTION, &Trace);
  set(CURLOPT_DEBUGDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Write);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_XFERINFOFUNCTION, &Progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_NOPROGRESS, handle_.ReportsProgress() ? 0L : 1L);
  set(CURLOPT_ERRORBUFFER, error);
  set(CURLOPT_PRIVATE, handle_.GetPointer<void*>(CURLOPT_PRIVATE));
  if (const auto timeout = handle_.Get(CURLOPT_TIMEOUT_MS); timeout > 0) {  // what is left of it
    curl_off_t microseconds = 0;
    RealLibcurl().getinfo(handle_.easy(), CURLINFO_TOTAL_TIME_T, &microseconds);
    set(CURLOPT_TIMEOUT_MS, std::max<long>(timeout - microseconds / 1000, 1));
  }
  has_begun_ = true;
  return easy_.get();
}

std::size_t CurlKeptBody::Write(char*, std::size_t size, std::size_t count, void* body) {
  const std::size_t refused = static_cast<CurlKeptBody*>(body)->PassOn();
  return refused != 0 ? refused : size * count;
}

int CurlKeptBody::Progress(void* body, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<CurlKeptBody*>(body)->handle_.TellProgress();
}

curl_socket_t CurlKeptBody::OpenSocket(void* body, curlsocktype, curl_sockaddr* address) noexcept {
  return static_cast<CurlKeptBody*>(body)->peer_.Open(address);
}

int CurlKeptBody::Trace(CURL*, curl_infotype type, char* data, std::size_t size,
                        void* body) noexcept {
  if (type == CURLINFO_HEADER_OUT) static_cast<CurlKeptBody*>(body)->peer_.HeadSent({data, size});
  return 0;
}

}  // namespace filibuster
