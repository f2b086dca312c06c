#include <httplib.h>

#include <stdexcept>
#include <string>

struct TransportError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Timeout : TransportError {
  using TransportError::TransportError;
};

std::string GetOrThrow(const std::string& path) {
  httplib::Client client("localhost", 9000);
  client.set_read_timeout(1);
  const auto result = client.Get(path);
  if (result.error() == httplib::Error::Read) throw Timeout("slow");
  if (!result || result->status != 200) throw TransportError("down");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        response.set_content(GetOrThrow("/bar"), "text/plain");
      } catch (TransportError& error) {
        response.set_header("X-Cause", error.what());
        throw error;  // finds: sliced-exception
      }
    } catch (const TransportError&) {
      response.status = 503;
    }
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        response.set_content(GetOrThrow("/bar"), "text/plain");
      } catch (const TransportError& error) {
        response.set_header("X-Cause", error.what());
        throw;
      }
    } catch (const TransportError&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8004);
}
