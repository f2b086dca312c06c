#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/bar");  // finds: missing-timeout
    response.status = result && result->status == 200 ? 200 : 503;
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    client.set_read_timeout(1, 500'000);
    const auto result = client.Get("/bar");
    response.status = result && result->status == 200 ? 200 : 503;
  });
  server.listen("0.0.0.0", 8006);
}
