// A jump back to the call, three times.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    int attempts = 0;
  again:
    const auto result = client.Get("/data");
    if (!result) {
      if (++attempts < 3) goto again;
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
