// Many attempts are still a bound, whether the loop counts them or its body.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    for (int attempt = 0; attempt < 100; ++attempt) {
      if (client.Get("/one")) break;
    }
    int attempts = 0;
    while (true) {
      if (client.Get("/two")) break;
      if (++attempts == 40) {
        response.status = 503;
        return;
      }
    }
  });
  server.listen("0.0.0.0", 8000);
}
