// The status of the answer becomes the service's own.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) {
      response.status = 504;
      return;
    }
    response.status = result->status;
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
