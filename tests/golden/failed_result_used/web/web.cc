// The result of a failed call is dereferenced: the process ends.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
