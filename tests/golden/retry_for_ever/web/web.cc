// Only a success ends these loops.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    while (true) {
      const auto result = client.Get("/one");
      if (result) break;
    }
    auto other = client.Get("/two");
    while (!other) other = client.Get("/two again");
    do {
      other = client.Post("/three", "x", "text/plain");
    } while (!other);
  });
  server.listen("0.0.0.0", 8000);
}
