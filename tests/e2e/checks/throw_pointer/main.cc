#include <httplib.h>

#include <stdexcept>
#include <string>

struct TransportError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Timeout : TransportError {
  using TransportError::TransportError;
};

int main() {
  httplib::Server server;
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    try {
      throw new Timeout("bar");  // finds: throw-pointer
    } catch (const TransportError* error) {
      delete error;
      response.status = 503;
    }
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    try {
      throw Timeout("bar");
    } catch (const TransportError&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8005);
}
