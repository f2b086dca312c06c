// A condition that is open without a fault, and decided by one: it is where the fault is taken.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result || result->body.empty()) {
      response.status = 503;
      return;
    }
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
