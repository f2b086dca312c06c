// Called by others here, when bookings fails.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/v1/bookings", [](const httplib::Request&, httplib::Response& response) {
    response.status = 200;
  });
  server.listen("0.0.0.0", 8021);
}
