#include <httplib.h>

httplib::Client To(int port) {
  httplib::Client client("localhost", port);
  client.set_read_timeout(1);
  return client;
}

int main() {
  httplib::Server server;
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    auto client = To(9000);
    while (true) {
      const auto result = client.Get("/bar");  // finds: retry-without-bound
      if (result && result->status == 200) return response.set_content(result->body, "text/plain");
    }
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    auto client = To(9000);
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto result = client.Get("/bar");
      if (result && result->status == 200) return response.set_content(result->body, "text/plain");
    }
    response.status = 503;
  });
  server.listen("0.0.0.0", 8009);
}
