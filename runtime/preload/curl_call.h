// One call by libcurl, from before it is made until its outcome is known: asks the control server,
// adds our headers or provokes the planned fault, and reports how it ended.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "filibuster/injector.h"
#include "runtime/preload/curl_handle.h"
#include "runtime/preload/curl_kept_body.h"
#include "runtime/preload/failing_peer.h"

namespace filibuster {

class CurlCall {
 public:
  enum class Interface { kEasy, kMulti };

  // Null if this is no call to a service: it is to be made as if we were not there. Otherwise the
  // handle is set for the call, until Finish() or the destructor.
  static std::unique_ptr<CurlCall> Begin(CurlHandle& handle, Interface interface);
  ~CurlCall();
  CurlCall(const CurlCall&) = delete;
  CurlCall& operator=(const CurlCall&) = delete;

  Interface interface() const { return interface_; }
  // The transfer under way is the call itself, which is to fail only when it has been made. Who
  // sees it end calls GoOn(), and has the failing one made.
  bool calls_first() const { return calls_first_; }
  void GoOn();
  // The body is kept back until it can be transformed. Who sees the transfer end so calls this, and
  // has the one made that passes the body on: null if there is nothing to pass on. Its end is the
  // call's, unless `result` is an error already.
  bool transforms() const { return transforms_; }
  CURL* BeginPassingOn(CURLcode* result);
  CURL* passing_on() const { return kept_ == nullptr ? nullptr : kept_->transfer(); }
  // How the transfer ended => how the caller is to see that it ended, which stands there also if
  // this throws.
  void Finish(CURLcode* result);

 private:
  CurlCall(CurlHandle& handle, Interface interface, const OutgoingCall& call);
  void PlanFault(bool ssl);
  void AddHeaders();
  bool AddHeader(const char* line);
  void KeepBody();
  void SetForCallFirst();
  void Provoke();
  void LeaveOutTls();
  bool TimesOutConnecting() const;
  CurlHandle::Value TooSlowMs() const;
  void ProvokeTimeout();
  void Pretend();
  bool KeepBack(std::string_view part);
  int Status() const;

  static size_t Write(char* data, size_t size, size_t count, void* call);
  static curl_socket_t OpenSocket(void* call, curlsocktype purpose,
                                  curl_sockaddr* address) noexcept;
  static int Trace(CURL* easy, curl_infotype type, char* data, size_t size, void* call);

  CurlHandle& handle_;
  const Interface interface_;
  Injection injection_;
  CURLcode planned_ = CURLE_OK;  // of a fault that is an error
  std::unique_ptr<FailingPeer> peer_;
  struct FreeList {
    void operator()(curl_slist* list) const { RealLibcurl().slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::string body_;                    // as the service has got it
  std::unique_ptr<CurlKeptBody> kept_;  // if the fault is a transformation of the body
  bool transforms_ = false;             // it is, and is still to be done
  bool calls_first_ = false;
  CurlHandle::Value port_without_tls_ = 0;  // of an https URL, if its failure needs no TLS
};

}  // namespace filibuster
