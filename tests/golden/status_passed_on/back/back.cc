#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/data", [](const httplib::Request& request, httplib::Response& response) {
    response.status = request.has_param("id") ? 409 : 400;
  });
  server.listen("0.0.0.0", 9000);
}
