// A transfer by libcurl => all that its caller can see of it.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace filibuster {

// Everything of one transfer that may be compared with another: durations and local ports differ.
struct SeenTransfer {
  std::string code;
  std::string error;  // of the error buffer; the milliseconds of a duration as N
  std::vector<std::string> headers;
  std::string body;
  std::vector<std::string> infos;  // "RESPONSE_CODE 503"

  friend bool operator==(const SeenTransfer& a, const SeenTransfer& b) {
    return a.code == b.code && a.error == b.error && a.headers == b.headers && a.body == b.body &&
           a.infos == b.infos;
  }
};
std::ostream& operator<<(std::ostream& out, const SeenTransfer& transfer);

enum class CurlInterface { kEasy, kMulti };

// By a handle of its own, which `set` prepares.
SeenTransfer Transfer(CurlInterface interface, const std::string& url,
                      const std::function<void(CURL*)>& set = {});
// By this handle, which is prepared.
CURLcode Perform(CurlInterface interface, CURL* easy);
// Where Perform() calls libcurl.
extern const int kEasyLine;
extern const int kMultiLine;

// For CURLOPT_WRITEFUNCTION; `body` is a std::string.
size_t AppendBody(char* data, size_t size, size_t count, void* body);

}  // namespace filibuster
