// Stands in for cpr in golden tests: the declarations that services use.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace cpr {

enum class ErrorCode { OK = 0, COULDNT_CONNECT = 7, OPERATION_TIMEDOUT = 28, GOT_NOTHING = 52 };

class Error {
 public:
  ErrorCode code = ErrorCode::OK;
  std::string message{};
  explicit operator bool() const { return code != ErrorCode::OK; }
};

class Response {
 public:
  long status_code{};
  std::string text{};
  std::map<std::string, std::string> header{};
  Error error{};
};

class Url {
 public:
  Url(std::string url);
  Url(const char* url);
};

class Timeout {
 public:
  Timeout(const std::chrono::milliseconds& duration);
  Timeout(const std::int32_t& milliseconds);
};

class Body {
 public:
  Body(std::string body);
};

template <typename... Ts>
Response Get(Ts&&... options) {
  return {};
}
template <typename... Ts>
Response Post(Ts&&... options) {
  return {};
}

class AsyncResponse {};
template <typename T>
class AsyncWrapper {
 public:
  T get();
};
template <typename... Ts>
AsyncWrapper<Response> GetAsync(Ts&&... options) {
  return {};
}

class Session {
 public:
  void SetUrl(const Url& url);
  void SetTimeout(const Timeout& timeout);
  Response Get();
};

}  // namespace cpr
