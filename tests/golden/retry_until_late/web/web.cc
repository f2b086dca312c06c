// A time that is up is a bound, and not known.
#include <httplib.h>

#include <chrono>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (std::chrono::steady_clock::now() < deadline) {
      if (client.Get("/two")) break;
    }
  });
  server.listen("0.0.0.0", 8000);
}
