// A call that a constant keeps from being made, and one after a loop that never ends: they are in
// the code, and nothing is known of their faults.
#include <httplib.h>

constexpr bool kWarmUp = false;

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (kWarmUp) {
      if (!client.Get("/warm-up")) response.status = 502;
    }
    if (!client.Get("/data")) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
  while (true) {
  }
  httplib::Client client("localhost", 9001);
  if (!client.Delete("/bye")) return 1;
}
