// Stands in for Pistache in golden tests: the declarations that services use.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

namespace Pistache {

class Error : public std::runtime_error {
 public:
  explicit Error(const char* message);
};

class Port {
 public:
  Port(std::uint16_t port = 0);
};
class Address {
 public:
  Address(const std::string& host, Port port);
};

namespace Async {
template <typename T>
class Promise {
 public:
  template <typename Resolve, typename Reject>
  void then(Resolve&& resolve, Reject&& reject) {}
};
}  // namespace Async

namespace Http {

enum class Code { Ok = 200, Not_Found = 404, Bad_Gateway = 502, Service_Unavailable = 503 };

class HttpError : public std::exception {
 public:
  HttpError(Code code, const std::string& reason);
};
class Request {
 public:
  const std::string& resource() const;
};
class Response {
 public:
  Code code() const;
};
class ResponseWriter {
 public:
  void send(Code code, const std::string& body = "");
};
class Handler {
 public:
  virtual ~Handler();
  virtual void onRequest(const Request& request, ResponseWriter response) = 0;
};
class Endpoint {
 public:
  explicit Endpoint(const Address& address);
  void setHandler(Handler* handler);
  void serve();
};

namespace Experimental {
class RequestBuilder {
 public:
  RequestBuilder& timeout(std::chrono::milliseconds timeout);
  Async::Promise<Response> send();
};
class Client {
 public:
  RequestBuilder get(const std::string& url);
};
}  // namespace Experimental
}  // namespace Http
}  // namespace Pistache
