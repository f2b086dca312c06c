// Stands in for Drogon in golden tests: the declarations that services use.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace trantor {
class EventLoop {};
}  // namespace trantor

namespace drogon {

enum class ReqResult { Ok, BadResponse, NetworkFailure, BadServerAddress, Timeout };
enum HttpStatusCode {
  k200OK = 200,
  k404NotFound = 404,
  k502BadGateway = 502,
  k503ServiceUnavailable = 503
};

class HttpRequest;
class HttpResponse;
class HttpClient;
using HttpRequestPtr = std::shared_ptr<HttpRequest>;
using HttpResponsePtr = std::shared_ptr<HttpResponse>;
using HttpClientPtr = std::shared_ptr<HttpClient>;

class HttpRequest {
 public:
  static HttpRequestPtr newHttpRequest();
  void setPath(const std::string& path);
  const std::string& path() const;
};

class HttpResponse {
 public:
  static HttpResponsePtr newHttpResponse();
  static HttpResponsePtr newHttpResponse(HttpStatusCode code, int type);
  static HttpResponsePtr newNotFoundResponse();
  HttpStatusCode getStatusCode() const;
  void setStatusCode(HttpStatusCode code);
  void setBody(std::string body);
};

class HttpClient {
 public:
  static HttpClientPtr newHttpClient(const std::string& host, trantor::EventLoop* loop = nullptr,
                                     bool old_tls = false);
  void sendRequest(const HttpRequestPtr& request,
                   const std::function<void(ReqResult, const HttpResponsePtr&)>& callback,
                   double timeout = 0);
  std::pair<ReqResult, HttpResponsePtr> sendRequest(const HttpRequestPtr& request,
                                                    double timeout = 0);
};

template <typename T>
class HttpController {
 public:
  virtual ~HttpController();
};

class HttpAppFramework {
 public:
  template <typename F>
  HttpAppFramework& registerHandler(const std::string& path, F&& handler) {
    return *this;
  }
  HttpAppFramework& addListener(const std::string& address, unsigned short port);
  void run();
};
HttpAppFramework& app();

}  // namespace drogon
