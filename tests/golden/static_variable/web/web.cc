// A static variable keeps what earlier requests left; a static client keeps its target.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    static httplib::Client client("http://store:7000");
    static int failures = 0;
    const auto result = client.Get("/data");
    if (result) return;
    ++failures;
    if (failures > 3) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
