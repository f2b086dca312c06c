// A call to another service. Transport failures come as exceptions, any answer as a Response.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace tutorial {

// The service could not be reached, or the connection broke.
struct ConnectionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The service did not answer in time.
struct Timeout : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Response {
  int status = 0;
  std::string body;
};

// GET host + path, where `host` is like "http://127.0.0.1:5001". Throws ConnectionError and
// Timeout.
Response Get(const std::string& host, const std::string& path,
             std::chrono::seconds timeout = std::chrono::seconds(10));

}  // namespace tutorial
