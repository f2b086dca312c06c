// Stands in for the C++ REST SDK in golden tests: the declarations that services use.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <system_error>

namespace pplx {

template <typename T>
class task {
 public:
  T get() const;
  int wait() const;
  template <typename F>
  auto then(const F& function) const;
};

template <typename T>
struct unwrapped {
  using type = T;
};
template <typename T>
struct unwrapped<task<T>> {
  using type = T;
};

template <typename F, typename T>
auto call(const F& f, const task<T>& t) -> decltype(f(t.get())) {
  return f(t.get());
}
template <typename F, typename T>
auto call(const F& f, task<T> t) -> decltype(f(t)) {
  return f(t);
}

template <typename T>
template <typename F>
auto task<T>::then(const F& function) const {
  return task<typename unwrapped<decltype(call(function, *this))>::type>();
}

}  // namespace pplx

namespace web {

class uri {
 public:
  uri(const char* text);
  uri(const std::string& text);
};

namespace json {
class value {};
}  // namespace json

namespace http {

using status_code = unsigned short;
class status_codes {
 public:
  static const status_code OK = 200;
  static const status_code NotFound = 404;
  static const status_code BadGateway = 502;
  static const status_code ServiceUnavailable = 503;
  static const status_code GatewayTimeout = 504;
};
using method = std::string;
class methods {
 public:
  static const method GET;
};

class http_exception : public std::exception {
 public:
  const std::error_code& error_code() const;
};

class http_response {
 public:
  http_response(status_code code);
  status_code status_code() const;
  pplx::task<json::value> extract_json() const;
};

class http_request {
 public:
  pplx::task<void> reply(http::status_code code) const;
  pplx::task<void> reply(http_response response) const;
  pplx::task<void> reply(http::status_code code, const json::value& body) const;
};

namespace client {

class http_client_config {
 public:
  template <class Rep, class Period>
  void set_timeout(const std::chrono::duration<Rep, Period>& timeout);
};

class http_client {
 public:
  http_client(const uri& base);
  http_client(const uri& base, const http_client_config& config);
  pplx::task<http_response> request(const method& method);
  pplx::task<http_response> request(const method& method, const std::string& path);
};

}  // namespace client

namespace experimental::listener {

class http_listener {
 public:
  http_listener(const uri& address);
  void support(const std::function<void(http_request)>& handler);
  void support(const method& method, const std::function<void(http_request)>& handler);
  pplx::task<void> open();
};

}  // namespace experimental::listener
}  // namespace http
}  // namespace web
