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
  const auto result = client.Get(path);  // finds: swallowed-fault
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
      Found("/charge");
    } catch (const TransportError&) {
    }
    response.status = 201;
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    try {
      Fixed("/charge");
    } catch (const TransportError&) {
      response.status = 503;
      return;
    }
    response.status = 201;
  });
  server.listen("0.0.0.0", 8003);
}
