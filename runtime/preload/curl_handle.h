// curl_easy_setopt's calls => what the service has set, so that a call can set it otherwise and
// put it back.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#undef curl_easy_setopt
#undef curl_easy_getinfo

namespace filibuster {

class CurlCall;

// libcurl's own functions.
struct Libcurl {
  decltype(&::curl_easy_setopt) setopt;
  decltype(&::curl_easy_getinfo) getinfo;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_perform) perform;
  decltype(&::curl_easy_pause) pause;
  decltype(&::curl_easy_strerror) strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_multi_add_handle) multi_add;
  decltype(&::curl_multi_remove_handle) multi_remove;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_free) free;
  decltype(&::curl_easy_reset) reset;
  decltype(&::curl_easy_duphandle) duphandle;
  decltype(&::curl_easy_cleanup) cleanup;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_socket_action) multi_socket_action;
  decltype(&::curl_multi_cleanup) multi_cleanup;
};
const Libcurl& RealLibcurl();

// One easy handle. As libcurl has it, one thread uses it at a time.
class CurlHandle {
 public:
  explicit CurlHandle(CURL* easy);
  ~CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  // Every argument of curl_easy_setopt is as wide as a pointer where we run.
  using Value = std::intptr_t;

  // As the service has set it, or libcurl's default.
  Value Get(CURLoption option) const;
  template <typename Pointer>
  Pointer GetPointer(CURLoption option) const {
    return reinterpret_cast<Pointer>(Get(option));
  }
  std::string Url() const;  // "" if none

  // A part of the body to the service's own callback, and whether it has one that is told how far
  // the transfer is.
  size_t PassOn(char* data, size_t size, size_t count) const;
  bool ReportsProgress() const;
  // To that callback; what it says of it.
  int TellProgress() const;

  void Remember(CURLoption option, Value value);
  void ForgetAll();
  void CopyTo(CurlHandle* other) const;

  // Sets an option for the call that is being made.
  void Override(CURLoption option, Value value);
  template <typename Pointer>
  void Override(CURLoption option, Pointer* pointer) {
    Override(option, reinterpret_cast<Value>(pointer));
  }
  // Sets what Override() has set as the service has it, here or in a duplicate.
  void Restore();
  void RestoreIn(CURL* duplicate) const;

  CURL* easy() const { return easy_; }

  // What the last call is said to have been, where that is not so. Empty or 0: as it was.
  struct Pretence {
    double seconds = 0;
    std::string ip;
    long port = 0;
    std::string https_url;  // the URL of a call that was made without TLS
  };

  std::unique_ptr<CurlCall> call;  // the call that is being made
  bool preparing = false;          // the call, which may itself use the handle
  Pretence pretence;

 private:
  CURL* const easy_;
  std::map<CURLoption, Value> set_;
  std::map<CURLoption, Value> overridden_;
  // Texts that libcurl copies: the service may have freed its own.
  std::map<CURLoption, std::string> texts_;
};

// The handle's, which is made if need be.
CurlHandle& HandleOf(CURL* easy);
// Null if nothing was ever set.
CurlHandle* FindHandle(CURL* easy);
// Null if it makes none.
CurlCall* CallOf(CURL* easy);
void DropHandle(CURL* easy);

}  // namespace filibuster
