// The second call is made only if the first one succeeds.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const bool both = client.Get("/one") && client.Get("/two");
    bool good = true;
    good = good && static_cast<bool>(client.Get("/three"));
    good &= static_cast<bool>(client.Get("/four"));
    if (!both) response.status = 503;
    if (!good) response.status = 502;
  });
  server.listen("0.0.0.0", 8000);
}
