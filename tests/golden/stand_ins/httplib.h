// Stands in for cpp-httplib in golden tests: the declarations that services use, without the
// system headers that make the real one slow to read. What stands behind them when the goldens are
// run is in tests/analyzer/truth/.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace httplib {

using Headers = std::multimap<std::string, std::string>;

enum class Error {
  Success = 0,
  Unknown,
  Connection,
  BindIPAddress,
  Read,
  Write,
  ExceedRedirectCount,
  Canceled,
  SSLConnection,
  SSLLoadingCerts,
  SSLServerVerification,
  UnsupportedMultipartBoundaryChars,
  Compression,
  ConnectionTimeout,
};

std::string to_string(const Error error);

struct Request {
  std::string method;
  std::string path;
  std::string body;
  bool has_param(const std::string& key) const;
  std::string get_param_value(const std::string& key) const;
  std::string get_header_value(const std::string& key) const;
};

struct Response {
  int status = -1;
  std::string reason;
  Headers headers;
  std::string body;
  void set_header(const std::string& key, const std::string& value);
  void set_redirect(const std::string& url, int status = 302);
  void set_content(const std::string& content, const std::string& type);
};

class Result {
 public:
  Result() = default;
  Result(std::unique_ptr<Response>&& response, Error error);
  operator bool() const;
  bool operator==(std::nullptr_t) const;
  bool operator!=(std::nullptr_t) const;
  const Response& value() const;
  Response& value();
  const Response& operator*() const;
  Response& operator*();
  const Response* operator->() const;
  Response* operator->();
  Error error() const;

 private:
  std::unique_ptr<Response> response_;
  Error error_ = Error::Unknown;
};

using ResponseHandler = std::function<bool(const Response& response)>;

class Client {
 public:
  explicit Client(const std::string& scheme_host_port);
  explicit Client(const std::string& host, int port);
  Result Get(const std::string& path);
  Result Get(const std::string& path, const Headers& headers);
  Result Get(const std::string& path, ResponseHandler response_handler);
  Result Post(const std::string& path, const std::string& body, const std::string& type);
  Result Put(const std::string& path, const std::string& body, const std::string& type);
  Result Delete(const std::string& path);
  void set_connection_timeout(time_t seconds, time_t microseconds = 0);
  void set_read_timeout(time_t seconds, time_t microseconds = 0);
  template <class Rep, class Period>
  void set_read_timeout(const std::chrono::duration<Rep, Period>& duration) {}

 private:
  std::string base_;
};

class Server {
 public:
  using Handler = std::function<void(const Request&, Response&)>;
  using ExceptionHandler = std::function<void(const Request&, Response&, std::exception_ptr)>;
  enum class HandlerResponse { Handled, Unhandled };

  Server& Get(const std::string& pattern, Handler handler);
  Server& Post(const std::string& pattern, Handler handler);
  Server& Put(const std::string& pattern, Handler handler);
  Server& Delete(const std::string& pattern, Handler handler);
  Server& set_exception_handler(ExceptionHandler handler);
  Server& set_error_handler(Handler handler);
  Server& set_pre_routing_handler(
      std::function<HandlerResponse(const Request&, Response&)> handler);
  bool bind_to_port(const std::string& host, int port);
  bool listen_after_bind();
  bool listen(const std::string& host, int port);
  void stop();

 private:
  struct Routes;
  std::shared_ptr<Routes> routes_;
};

}  // namespace httplib
