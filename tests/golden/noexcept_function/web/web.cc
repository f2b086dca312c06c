// An exception leaves a function that is noexcept: the process ends.
#include <httplib.h>

#include <stdexcept>

std::string Fetch() noexcept {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) throw std::runtime_error("down");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.set_content(Fetch(), "text/plain");
    } catch (...) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
