// Stands in for oatpp in golden tests: the declarations that services use, and functions as its
// macros write them.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

namespace oatpp::web {

namespace protocol::http {
class Status {
 public:
  static const Status CODE_200;
  static const Status CODE_404;
  static const Status CODE_502;
  static const Status CODE_503;
};
class HttpError : public std::runtime_error {
 public:
  HttpError(const Status& status, const std::string& message);
};
namespace incoming {
class Response {
 public:
  int getStatusCode() const;
  std::string readBodyToString() const;
};
}  // namespace incoming
namespace outgoing {
class Response {};
}  // namespace outgoing
}  // namespace protocol::http

namespace client {
class RequestExecutor {
 public:
  class RequestExecutionError : public std::runtime_error {
   public:
    static constexpr int ERROR_CODE_CANT_CONNECT = 1;
    static constexpr int ERROR_CODE_NO_RESPONSE = 5;
    int getErrorCode() const;
  };
};
class ApiClient {};
}  // namespace client

namespace server::api {
class ApiController {
 public:
  using OutgoingResponse = protocol::http::outgoing::Response;
  using Status = protocol::http::Status;
  std::shared_ptr<OutgoingResponse> createResponse(const Status& status,
                                                   const std::string& text) const;
};
}  // namespace server::api
}  // namespace oatpp::web

#define API_CALL(name) std::shared_ptr<oatpp::web::protocol::http::incoming::Response> name();
#define ENDPOINT(name, ...) std::shared_ptr<OutgoingResponse> name(__VA_ARGS__)
#define OATPP_ASSERT_HTTP(condition, status, message) \
  if (!(condition)) throw oatpp::web::protocol::http::HttpError(status, message)
