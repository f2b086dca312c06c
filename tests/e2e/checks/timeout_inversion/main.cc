#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client bookings("localhost", 8020);
    bookings.set_read_timeout(2);
    const auto order = bookings.Get("/v2/bookings");  // finds: timeout-inversion
    response.status = order && order->status == 200 ? 200 : 503;
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client bookings("localhost", 8020);
    bookings.set_read_timeout(12);
    const auto order = bookings.Get("/v2/bookings");
    response.status = order && order->status == 200 ? 200 : 503;
  });
  server.listen("0.0.0.0", 8011);
}
