// What the services' servers have in common: errors as exceptions, a health check, a clean stop.
#pragma once

#include <filibuster/httplib.h>

#include <stdexcept>
#include <string>

namespace tutorial {

// Thrown by a handler to answer the request with a status of its choice.
class HttpError : public std::runtime_error {
 public:
  HttpError(int status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

struct NotFound : HttpError {
  explicit NotFound(const std::string& message) : HttpError(404, message) {}
};

struct ServiceUnavailable : HttpError {
  explicit ServiceUnavailable(const std::string& message) : HttpError(503, message) {}
};

// Answers /health-check, turns exceptions into answers (an HttpError into its status, anything else
// into a 500), and serves until SIGTERM or SIGINT. Returns what main should: 1 if the port is
// taken.
int Serve(httplib::Server& server, const std::string& name, int port);

}  // namespace tutorial
