#include <httplib.h>

httplib::Client To(int port) {
  httplib::Client client("localhost", port);
  client.set_read_timeout(15);
  return client;
}

int main() {
  httplib::Server server;
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    auto bookings = To(8020);
    auto order = bookings.Get("/v2/bookings");  // finds: fallback-to-same-target
    if (!order) order = bookings.Get("/v1/bookings");
    response.status = order && order->status == 200 ? 200 : 503;
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    auto bookings = To(8020);
    auto order = bookings.Get("/v2/bookings");
    if (!order) order = To(8021).Get("/v1/bookings");
    response.status = order && order->status == 200 ? 200 : 503;
  });
  server.listen("0.0.0.0", 8010);
}
