#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/item", [](const httplib::Request& request, httplib::Response& response) {
    if (request.path.empty()) response.status = 418;
  });
  server.listen("0.0.0.0", 9000);
}
