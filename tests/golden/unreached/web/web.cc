// What nothing calls is listed, and is no error of the service.
#include <httplib.h>

#include <stdexcept>

void Forgotten(httplib::Response& response) { response.status = 418; }

std::string NeverAsked() {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) throw std::runtime_error("down");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("x", "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
