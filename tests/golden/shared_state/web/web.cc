// What another request may have changed is not known: the outcome depends on it.
#include <httplib.h>

#include <atomic>

int main() {
  httplib::Server server;
  int failures = 0;
  server.Get("/", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (result) return;
    ++failures;
    if (failures > 3) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
