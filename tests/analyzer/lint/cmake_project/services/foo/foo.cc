#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/foo", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 5001);
    auto result = client.Get("/bar");
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 5000);
}
