// Stands in for libcurl in golden tests: the declarations that services use.
#pragma once

#include <cstddef>

extern "C" {

typedef void CURL;
typedef void CURLM;

typedef enum {
  CURLE_OK = 0,
  CURLE_COULDNT_RESOLVE_HOST = 6,
  CURLE_COULDNT_CONNECT = 7,
  CURLE_HTTP_RETURNED_ERROR = 22,
  CURLE_OPERATION_TIMEDOUT = 28,
  CURLE_GOT_NOTHING = 52,
  CURLE_RECV_ERROR = 56
} CURLcode;

typedef enum { CURLM_OK = 0, CURLM_BAD_HANDLE = 1 } CURLMcode;

typedef enum {
  CURLOPT_WRITEDATA = 10001,
  CURLOPT_URL = 10002,
  CURLOPT_ERRORBUFFER = 10010,
  CURLOPT_WRITEFUNCTION = 20011,
  CURLOPT_TIMEOUT = 13,
  CURLOPT_FAILONERROR = 45,
  CURLOPT_CONNECTTIMEOUT = 78,
  CURLOPT_TIMEOUT_MS = 155
} CURLoption;

typedef enum { CURLINFO_RESPONSE_CODE = 0x200002, CURLINFO_TOTAL_TIME = 0x300003 } CURLINFO;

typedef enum { CURLMSG_NONE, CURLMSG_DONE, CURLMSG_LAST } CURLMSG;

struct CURLMsg {
  CURLMSG msg;
  CURL* easy_handle;
  union {
    void* whatever;
    CURLcode result;
  } data;
};

CURL* curl_easy_init(void);
void curl_easy_cleanup(CURL* handle);
void curl_easy_reset(CURL* handle);
CURLcode curl_easy_setopt(CURL* handle, CURLoption option, ...);
CURLcode curl_easy_perform(CURL* handle);
CURLcode curl_easy_getinfo(CURL* handle, CURLINFO info, ...);
const char* curl_easy_strerror(CURLcode code);
CURLM* curl_multi_init(void);
CURLMcode curl_multi_add_handle(CURLM* multi, CURL* handle);
CURLMcode curl_multi_perform(CURLM* multi, int* running);
CURLMcode curl_multi_poll(CURLM* multi, void* fds, unsigned count, int milliseconds, int* ready);
CURLMsg* curl_multi_info_read(CURLM* multi, int* left);
}
