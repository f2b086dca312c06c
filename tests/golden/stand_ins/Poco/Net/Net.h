// Stands in for POCO in golden tests: the declarations that services use.
#pragma once

#include <exception>
#include <iosfwd>
#include <string>

namespace Poco {

class Exception : public std::exception {
 public:
  Exception(const std::string& message, int code = 0);
  std::string displayText() const;
};
class RuntimeException : public Exception {
 public:
  RuntimeException(const std::string& message, int code = 0);
};
class IOException : public RuntimeException {};
class TimeoutException : public RuntimeException {};

class Timespan {
 public:
  Timespan(long seconds, long microseconds);
  Timespan(int days, int hours, int minutes, int seconds, int microseconds);
};

namespace Net {

class NetException : public IOException {};
class ConnectionRefusedException : public NetException {};
class NoMessageException : public NetException {};

class HTTPRequest {
 public:
  HTTPRequest(const std::string& method, const std::string& uri);
  static const std::string HTTP_GET;
};

class HTTPResponse {
 public:
  enum HTTPStatus {
    HTTP_OK = 200,
    HTTP_NOT_FOUND = 404,
    HTTP_INTERNAL_SERVER_ERROR = 500,
    HTTP_BAD_GATEWAY = 502,
    HTTP_SERVICE_UNAVAILABLE = 503,
    HTTP_GATEWAY_TIMEOUT = 504
  };
  HTTPResponse();
  HTTPStatus getStatus() const;
  void setStatus(HTTPStatus status);
  void setStatusAndReason(HTTPStatus status);
};

class HTTPClientSession {
 public:
  HTTPClientSession(const std::string& host, unsigned short port);
  void setTimeout(const Timespan& timeout);
  virtual std::ostream& sendRequest(HTTPRequest& request);
  virtual std::istream& receiveResponse(HTTPResponse& response);
};

class HTTPServerRequest : public HTTPRequest {};
class HTTPServerResponse : public HTTPResponse {
 public:
  virtual std::ostream& send();
};

class HTTPRequestHandler {
 public:
  virtual ~HTTPRequestHandler();
  virtual void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) = 0;
};
class HTTPRequestHandlerFactory {
 public:
  virtual ~HTTPRequestHandlerFactory();
  virtual HTTPRequestHandler* createRequestHandler(const HTTPServerRequest& request) = 0;
};

class ServerSocket {
 public:
  explicit ServerSocket(unsigned short port);
};
class HTTPServerParams {};
class HTTPServer {
 public:
  HTTPServer(HTTPRequestHandlerFactory* factory, const ServerSocket& socket,
             HTTPServerParams* params);
  void start();
};

}  // namespace Net
}  // namespace Poco
