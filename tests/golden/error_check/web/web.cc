// A failed result is checked and answered with 503; a status is not looked at.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto result = client.Get("/data");
    if (!result) {
      response.status = 503;
      return;
    }
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
