// Stands in for userver in golden tests: the declarations that services use.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace userver {

namespace clients::http {
class BaseException : public std::runtime_error {};
class NetworkProblemException : public BaseException {};
class TimeoutException : public BaseException {};
class HttpException : public BaseException {};
class HttpServerException : public HttpException {};
class HttpClientException : public HttpException {};

class Response {
 public:
  int status_code() const;
  std::string body() const;
  void raise_for_status() const;
};
class Request {
 public:
  Request& get(const std::string& url);
  Request& timeout(std::chrono::milliseconds timeout);
  Request& retry(int retries);
  std::shared_ptr<Response> perform();
};
class Client {
 public:
  Request CreateRequest();
};
}  // namespace clients::http

namespace server {
namespace http {
enum class HttpStatus { kOk = 200, kNotFound = 404, kBadGateway = 502 };
class HttpResponse {
 public:
  void SetStatus(HttpStatus status);
};
class HttpRequest {
 public:
  HttpResponse& GetHttpResponse() const;
  const std::string& GetArg(const std::string& name) const;
};
}  // namespace http
namespace request {
class RequestContext {};
}  // namespace request
namespace handlers {
class CustomHandlerException : public std::runtime_error {
 public:
  CustomHandlerException();
};
class ClientError : public CustomHandlerException {};
class ResourceNotFound : public CustomHandlerException {};
class HttpHandlerBase {
 public:
  virtual ~HttpHandlerBase();
  virtual std::string HandleRequestThrow(const http::HttpRequest& request,
                                         request::RequestContext& context) const;
};
}  // namespace handlers
}  // namespace server
}  // namespace userver
