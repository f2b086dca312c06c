// Called by others here; waits for 10 s itself.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/v2/bookings", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client rooms("localhost", 9000);
    rooms.set_read_timeout(10);
    const auto result = rooms.Get("/rooms");
    response.status = result && result->status == 200 ? 200 : 503;
  });
  server.listen("0.0.0.0", 8020);
}
