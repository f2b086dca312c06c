// Whether another service is told, too, depends on the request; how the fault is answered does not.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    httplib::Client audit("localhost", 9001);
    const auto result = client.Get("/one");
    if (request.has_param("audit")) audit.Get("/log");
    if (!result || result->status != 200) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
