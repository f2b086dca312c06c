#include <httplib.h>

#include <stdexcept>
#include <string>

struct TransportError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Timeout : TransportError {
  using TransportError::TransportError;
};

std::string Found(const std::string& path) {
  httplib::Client client("localhost", 9000);
  client.set_read_timeout(1);
  const auto result = client.Get(path);  // finds: unhandled-fault
  if (result.error() == httplib::Error::Read) throw Timeout("slow");
  if (!result || result->status != 200) throw TransportError("down");
  return result->body;
}

std::string Fixed(const std::string& path) {
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
      response.set_content(Found("/bar"), "text/plain");
    } catch (const Timeout&) {  // but TransportError is thrown, too
      response.status = 503;
    }
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.set_content(Fixed("/bar"), "text/plain");
    } catch (const TransportError&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8001);
}
